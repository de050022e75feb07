"""What changing a definition would do, with the levels and plans that would follow, before it is kept."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from bench.line import Here, Line
from bench.named import conditional
from bench.refresh import GROUPED_SUM, SUM, query, refresh
from bench.world import ACT, TODAY, fill, vacuum
from donors.accounts.visible import EVERYTHING
from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, transaction
from donors.core.paging import Paging, Sort
from donors.levels.drafted import ladder_of
from donors.levels.effects.decide import RISE, START
from donors.levels.ladders import ladder
from donors.levels.models import Level, Track
from donors.levels.set_effects import EffectDraft, add_effect
from donors.levels.standard import GIVING
from donors.levels.suppose import changes_of, suppose_track
from donors.levels.track import LevelDraft, TrackDraft, create_track, draft_of, track_by_id
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.reports.rollup_effects import effects
from donors.reports.what_if import Whom, movers
from donors.reports.what_if import outcome as track_outcome
from donors.rollups.definition import Definition
from donors.rollups.frame import Frame, Span
from donors.rollups.rehearse import rehearse
from donors.rollups.standard import standard
from donors.workflows.effects import effects_of
from donors.workflows.levels import assign_all
from donors.workflows.what_if import mark_of

MEASURE = "last_365_days_total"
ASSIGNED = "assignment of levels to everybody, from none"


def measure(here: Here) -> Iterator[Line]:
    """A track by a figure that is changed: to a longer frame, and to criteria on columns outside the index."""
    fill(here.size, standard())
    refresh(here)
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        track = _levels(session, change).id
        with here.meter.measured() as assigned:
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
    yield here.line(ASSIGNED, assigned)
    for what, falls in (("of bands", "at once"), ("of bands and grace", "after days")):
        with here.meter.measured() as cost, transaction() as session:
            _rehearse_track(session, track, falls)
        work = f"what-if {what} of a track: counts, a page of people, effects, mark"
        yield here.line(work, cost, beside=ASSIGNED, base=assigned, held="5 s")


def _rehearse_track(session: Session, track: int, falls: str) -> None:
    """A quarter more is asked for each level."""
    row, before = track_by_id(session, track), ladder(session, track)
    draft = draft_of(session, row)
    levels = [
        replace(one, minimum=_more(one.minimum), maximum=None if one.maximum is None else _more(one.maximum))
        for one in draft.levels
    ]
    drafted = replace(draft, levels=tuple(levels), falls=falls, grace_days=30 if falls == "after days" else 0)
    supposed = suppose_track(session, ladder_of(session, drafted, row), before, on=TODAY)
    for one in supposed:
        found = track_outcome(session, one)
        assert found.moved or found.waiting
        movers(session, one, Whom(), Paging(sort=(Sort("figure", descending=True),)), sees=EVERYTHING)
        effects_of(session, changes_of(session, one), on=TODAY)
    mark_of(session, supposed, on=TODAY)


def _more(bound: int | None) -> int:
    return (bound or 0) * 5 // 4


def _changed() -> Iterator[tuple[str, Definition]]:
    one = next(one for one in standard() if one.key == MEASURE)
    yield "a longer time frame", replace(one, frame=Frame(Span.LAST_DAYS, 730))
    yield "criteria on columns outside the index", replace(one, criteria=conditional()[0].criteria)


def _levels(session: Session, change: ChangeSet) -> Track:
    template = create(session, TemplateDraft("Welcome", (Draft("Call"), Draft("Write", 30, (Link(1),)))), within=change)
    ends = [*(minimum for _, minimum in GIVING[1:]), None]
    levels = tuple(
        LevelDraft(name, minimum * 100, None if end is None else end * 100)
        for (name, minimum), end in zip(GIVING, ends, strict=True)
    )
    track = create_track(session, TrackDraft("Giving", MEASURE, levels), within=change)
    for level in session.scalars(select(Level).where(Level.track_id == track.id, Level.minimum >= 100_000)).all():
        add_effect(session, track.id, EffectDraft(RISE, START, level.id, template.id), within=change)
    return track
