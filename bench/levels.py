"""Levels of everybody, beside one UPDATE of as many rows: from none, with nothing new, with many moved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bench.cost import Cost
from bench.line import Here, Line
from bench.refresh import refresh
from bench.world import ACT, TODAY, fill, vacuum
from donors.core.changes import open_change
from donors.core.db import transaction
from donors.levels.assign import Because
from donors.levels.everybody import assign_range
from donors.levels.standard import GIVING
from donors.levels.track import LevelDraft, TrackDraft, create_track, draft_of, edit_track, set_active, track_by_id
from donors.rollups.refresh import parts
from donors.rollups.standard import standard

ASKED = ("lifetime_total", "gift_count")
BESIDE = "one UPDATE of as many rows"
FOUR = {"field": "gift_count", "operator": "at least", "value": 4}
ENDS = [*(minimum for _, minimum in GIVING[1:]), None]
LEVELS = tuple(
    LevelDraft(name, minimum * 100, None if end is None else end * 100)
    for (name, minimum), end in zip(GIVING, ENDS, strict=True)
)
PLAIN = TrackDraft("Bands", "lifetime_total", LEVELS)
TRACKS = (
    PLAIN,
    replace(PLAIN, name="Bands and criteria", levels=tuple(replace(one, criteria=FOUR) for one in LEVELS)),
    replace(PLAIN, name="Bands with grace", falls="after days", grace_days=90),
)


def measure(here: Here) -> Iterator[Line]:
    """Tracks of three sorts, one after the other."""
    fill(here.size, tuple(one for one in standard() if one.key in ASKED))
    refresh(here)
    vacuum("rollup_value")
    for draft in TRACKS:
        with transaction() as session:
            change = open_change(session, "bench", act=ACT)
            track = create_track(session, draft, within=change).id
        begun = _assign(here, 0)
        vacuum("standing")
        base = _update(here)
        yield _line(here, f"{draft.name}: from none", begun, base)
        yield _line(here, f"{draft.name}: nothing new", _assign(here, 1), base)
        _raise(track)
        yield _line(here, f"{draft.name}: a quarter more is asked", _assign(here, 2), base)
        yield _line(here, f"{draft.name}: the night after", _assign(here, 3), base)
        with transaction() as session:
            change = open_change(session, "bench", act=ACT)
            set_active(session, track, active=False, within=change)


def _line(here: Here, work: str, cost: Cost, base: Cost) -> Line:
    return here.line(f"levels of everybody. {work}", cost, beside=BESIDE, base=base)


def _assign(here: Here, days: int) -> Cost:
    """Everybody, part by part, each in a transaction of its own, as the night does it."""
    because = Because("time", TODAY + timedelta(days))
    with transaction() as session:
        ranges = list(parts(session))
        change = open_change(session, "bench", act=ACT)
    with here.meter.measured() as cost:
        for low, high in ranges:
            with transaction() as session:
                assign_range(session, low=low, high=high, because=because, within=session.merge(change))
    return cost


def _update(here: Here) -> Cost:
    def once() -> None:
        with transaction() as session:
            session.execute(text("UPDATE standing SET version = version + 1 WHERE to_on IS NULL"))

    return here.meter.least(once)


def _raise(track_id: int) -> None:
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        draft = draft_of(session, track_by_id(session, track_id))
        levels = tuple(replace(one, minimum=_more(one.minimum), maximum=_more(one.maximum)) for one in draft.levels)
        edit_track(session, track_id, replace(draft, levels=levels), within=change)


def _more(bound: int | None) -> int | None:
    return None if bound is None else bound * 5 // 4
