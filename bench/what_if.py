"""What changing a definition would do, with the levels and plans that would follow, before it is kept."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from bench.line import Here, Line
from bench.named import conditional
from bench.refresh import GROUPED_SUM, SUM, query, refresh
from bench.world import ACT, TODAY, fill, vacuum
from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, transaction
from donors.levels.effects.decide import RISE, START
from donors.levels.models import Level
from donors.levels.set_effects import EffectDraft, add_effect
from donors.levels.standard import GIVING
from donors.levels.track import LevelDraft, TrackDraft, create_track
from donors.plans.decide import Draft
from donors.plans.template import TemplateDraft, create
from donors.reports.rollup_effects import effects
from donors.rollups.definition import Definition
from donors.rollups.frame import Frame, Span
from donors.rollups.rehearse import rehearse
from donors.rollups.standard import standard
from donors.workflows.levels import assign_all

MEASURE = "last_365_days_total"


def measure(here: Here) -> Iterator[Line]:
    """A track by a figure that is changed: to a longer frame, and to criteria on columns outside the index."""
    fill(here.size, standard())
    refresh(here)
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        _levels(session, change)
        assign_all(session, within=change, on=TODAY, cause="rules")
    vacuum("rollup_value", "standing")
    base = query(here, GROUPED_SUM)
    yield here.line(SUM, base)
    for what, one in _changed():
        with here.meter.measured() as cost, transaction() as session:
            rehearse(session, one, on=TODAY)
            effects(session, one, on=TODAY)
        work = f"what-if of {what}, with levels and plans"
        yield here.line(work, cost, beside=SUM, base=base, held="5 s")


def _changed() -> Iterator[tuple[str, Definition]]:
    one = next(one for one in standard() if one.key == MEASURE)
    yield "a longer time frame", replace(one, frame=Frame(Span.LAST_DAYS, 730))
    yield "criteria on columns outside the index", replace(one, criteria=conditional()[0].criteria)


def _levels(session: Session, change: ChangeSet) -> None:
    template = create(session, TemplateDraft("Welcome", (Draft("Call"), Draft("Write", 30, 1))), within=change)
    ends = [*(minimum for _, minimum in GIVING[1:]), None]
    levels = tuple(
        LevelDraft(name, minimum * 100, None if end is None else end * 100)
        for (name, minimum), end in zip(GIVING, ends, strict=True)
    )
    track = create_track(session, TrackDraft("Giving", MEASURE, levels), within=change)
    for level in session.scalars(select(Level).where(Level.track_id == track.id, Level.minimum >= 100_000)).all():
        add_effect(session, track.id, EffectDraft(RISE, START, level.id, template.id), within=change)
