"""Edits of a track, or of the figure below it, drawn at random: rehearsed, kept, compared and taken back."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.levels.drafted import ladder_of
from donors.levels.ladders import ladder
from donors.levels.models import Standing, Track, TrackVersion
from donors.levels.suppose import Supposed, suppose_figure, suppose_track
from donors.levels.track import LevelDraft, TrackDraft, draft_of, track_by_id
from donors.rollups.define import definition_of, row_of
from donors.rollups.define import draft_of as figure_draft
from donors.rollups.models import rollup_value
from donors.workflows.refresh import drain
from donors.workflows.rollups import redefine_rollup
from donors.workflows.tracks import Following, change_track
from donors.workflows.undo import undo_change

MEASURES = ("last_365_days_total", "lifetime_total", "largest_gift", "gift_count")
BELOW = "last_365_days_total"
FRAMES = ("last 365 days", "last 730 days", "last 2 fiscal years", "all time")
TREES: tuple[Any, ...] = (
    None,
    None,
    {"field": "gift_count", "operator": "at least", "value": 2},
    {"not": {"field": "last_365_days_total", "operator": "at least", "value": "500"}},
    {"field": "is_anonymous", "operator": "equals", "value": "no"},
)


@dataclass(frozen=True)
class Played:
    """One edit: how many it moved, and whether what was rehearsed came about and was taken back."""

    moved: int
    as_rehearsed: bool
    restored: bool


def drawn_track(drawn: Random, known: TrackDraft | None) -> TrackDraft:
    """A track of some levels over some measure; levels of one that there is keep their ids, mostly."""
    measure = drawn.choice(MEASURES)
    top = 8 if measure == "gift_count" else 2_000_000
    edges = sorted({int(top ** drawn.random()) for _ in range(drawn.randint(2, 5))} | {1})
    ids = [level.id for level in known.levels] if known else []
    names = [level.name for level in known.levels] if known else []
    levels = []
    for place, (low, high) in enumerate(pairwise([*edges, None])):
        old = place < len(ids) and drawn.random() < 0.8
        name = names[place] if old else f"New {place} {drawn.randrange(10**6)}"
        levels.append(LevelDraft(name, low, high, id=ids[place] if old else None, criteria=drawn.choice(TREES)))
    falls = drawn.choice(["at once", "at once", "after days", "fiscal year", "never"])
    return TrackDraft(
        known.name if known else "Drawn",
        measure,
        tuple(levels),
        target=drawn.choice(["all", "all", "person", "household"]),
        criteria=drawn.choice(TREES),
        deceased=drawn.choice(["stand", "keep", "leave"]),
        anonymous=drawn.choice(["stand", "leave"]),
        falls=falls,
        grace_days=drawn.randint(1, 90) if falls == "after days" else 0,
    )


class Edit:
    """One edit that is drawn: of a track, or one time in four of the figure below it."""

    def __init__(self, session: Session, track: int, drawn: Random) -> None:
        self.session, self.track, self.drawn = session, track, drawn
        self.figure = drawn.random() < 0.25
        known = draft_of(session, track_by_id(session, track))
        self.draft = drawn_track(drawn, known)
        self.frame = drawn.choice(FRAMES)

    def supposed(self, on: date) -> list[Supposed]:
        """What is rehearsed."""
        if self.figure:
            draft = replace(figure_draft(row_of(self.session, BELOW)), frame=self.frame)
            return suppose_figure(self.session, definition_of(self.session, draft, but=BELOW), on=on)
        row = track_by_id(self.session, self.track)
        return suppose_track(
            self.session, ladder_of(self.session, self.draft, row), ladder(self.session, row.id), on=on
        )

    def keep(self, on: date, act: Act) -> ChangeSet:
        """Keeps it; returns the change set."""
        if self.figure:
            draft = replace(figure_draft(row_of(self.session, BELOW)), frame=self.frame)
            redefine_rollup(self.session, BELOW, draft, act=act, on=on)
            return self.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
        within = open_change(self.session, "track.change", act=act)
        version = track_by_id(self.session, self.track).version
        change_track(self.session, self.track, self.draft, Following(on), within=within, expect=version)
        return within


def play(session: Session, edit: Edit, *, on: date, act: Act, keep: bool) -> Played:
    """Rehearses, keeps, compares; then takes back, or not."""
    before = everything(session)
    supposed = edit.supposed(on)
    wanted, moved = {one.after.id: would_stand(session, one) for one in supposed}, count_moved(session, supposed)
    within = edit.keep(on, act)
    let_queue_finish(session, on, act)
    came = {track: stands(session, track) for track in wanted}
    if keep:
        return Played(moved, came == wanted, restored=True)
    undo_change(session, within, act=act, on=on)
    let_queue_finish(session, on, act)
    return Played(moved, came == wanted, everything(session) == before)


def let_queue_finish(session: Session, on: date, act: Act) -> None:
    """Lets the refresh queue do what a change of many has left to it."""
    while drain(session, at=act.at, on=on):
        pass
    session.expire_all()


def would_stand(session: Session, one: Supposed) -> dict[int, Any]:
    """Person → place of the level to be, first day on a lower one, place of that."""
    places = {band.id: band.position for band in one.after.bands}
    table = one.table.c
    columns = (table.constituent_id, table.new_level, table.falls_on, table.falls_to)
    rows = session.execute(select(*columns).where(table.new_level.is_not(None)))
    return {who: (places.get(new, "gone"), day, places.get(to)) for who, new, day, to in rows}


def stands(session: Session, track: int) -> dict[int, Any]:
    """The same, as it is."""
    places = {band.id: band.position for band in ladder(session, track).bands}
    columns = (Standing.constituent_id, Standing.level_id, Standing.falls_on, Standing.falls_to_id)
    rows = session.execute(select(*columns).where(Standing.track_id == track, Standing.to_on.is_(None)))
    return {who: (places.get(level, "gone"), day, places.get(to)) for who, level, day, to in rows}


def count_moved(session: Session, supposed: list[Supposed]) -> int:
    """How many would change level, on all tracks."""
    differing = [
        select(one.table).where(one.table.c.old_level.is_distinct_from(one.table.c.new_level)) for one in supposed
    ]
    return sum(len(session.execute(each).all()) for each in differing)


def everything(session: Session) -> list[Any]:
    """All standings, figures, rules and their versions, as an undo should leave them."""
    session.flush()
    kept = [column for column in Standing.__table__.c if column.name != "version"]
    figures = [column for column in rollup_value.c if column.name != "computed_on"]
    rules = (
        Track.id,
        Track.measure_id,
        Track.target,
        Track.falls,
        Track.grace_days,
        Track.rule_version,
        Track.is_active,
    )
    return [
        [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]
        for columns in (kept, rules, (TrackVersion.id, TrackVersion.number), figures)
    ]
