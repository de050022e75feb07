"""After any change: figures, then levels, then what levels start. At once for a few, by the queue for many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.levels.assign import Because, Change
from donors.levels.rules import Rules, rules
from donors.rollups.dirty import mark_dirty, mark_movers, needs_everybody, reach, take
from donors.rollups.refresh import CHUNK, refresh, refresh_all
from donors.workflows.levels import assign_between, assign_levels

AT_ONCE = 500
"""More constituents than this are left to the queue."""


@dataclass(frozen=True)
class Refreshed:
    """What a change led to: changes of level, and how many constituents wait in the queue."""

    changes: tuple[Change, ...] = ()
    waiting: int = 0


def refresh_constituents(
    session: Session,
    ids: Iterable[int],
    *,
    within: ChangeSet,
    on: date,
    cause: str = "merge",
    gift_id: int | None = None,
) -> Refreshed:
    """Brings figures, levels and their plans in line for these constituents and their households."""
    return refresh_because(session, ids, because=Because(cause, on, gift_id), within=within)


def refresh_because(
    session: Session,
    ids: Iterable[int],
    *,
    because: Because,
    within: ChangeSet,
    by: Rules | None = None,
) -> Refreshed:
    """As `refresh_constituents`, for callers who hold the reason, and the rules of now, already."""
    touched = reach(session, ids)
    if len(touched.now) > AT_ONCE:
        waiting = mark(session, touched.now | touched.later, cause=because.cause, within=within)
        return Refreshed(waiting=waiting)
    waiting = mark(session, touched.later, cause=because.cause, within=within) if touched.later else 0
    by = by or rules(session)
    refresh(session, touched.now, on=because.on, settings=by.organization, known=by.definitions)
    changes = assign_levels(session, touched.now, because=because, within=within, tracks=by.tracks)
    return Refreshed(tuple(changes), waiting)


def mark(session: Session, ids: Iterable[int], *, cause: str, within: ChangeSet) -> int:
    """Leaves constituents to the queue; returns how many they are."""
    return mark_dirty(session, ids, reason=cause, at=within.at, change_set_id=within.id)


def drain(session: Session, *, at: datetime, on: date, limit: int = 5_000) -> int:
    """Refreshes those who have waited longest; returns how many. To be called in a transaction of its own."""
    taken = take(session, limit=limit)
    if not taken:
        return 0
    act = Act(by=None, at=at, through="job", why="the queue of changed figures")
    change = open_change(session, "rollups.drain", act=act)
    refresh(session, (one for some in taken.values() for one in some), on=on)
    for cause, ids in taken.items():
        assign_levels(session, ids, because=Because(cause, on), within=change)
    return sum(len(ids) for ids in taken.values())


def refresh_figures(session: Session, *, on: date) -> None:
    """Computes the figures of everybody in one transaction and empties the queue: for commands, small databases.

    Levels are to be assigned afterwards.
    """
    after: int | None = 0
    while after is not None:
        after = refresh_all(session, on=on, after=after)
    while take(session, limit=CHUNK):
        pass


@dataclass(frozen=True)
class Night:
    """One part of the nightly refresh: where to go on (none: done), and how many were refreshed or put in line."""

    next_after: int | None
    count: int


def refresh_night(
    session: Session, *, on: date, since: date | None, act: Act, after: int = 0, limit: int = CHUNK
) -> Night:
    """What time alone has changed after `since`: everybody on the first day of a fiscal year, else by the queue.

    The queue then refreshes those who crossed the edge of a time frame.
    """
    if since is not None and not needs_everybody(session, on=on, since=since):
        return Night(None, mark_movers(session, on=on, since=since, at=act.at))
    high = refresh_all(session, on=on, after=after, limit=limit)
    if high is None:
        return Night(None, 0)
    change = open_change(session, "rollups.refresh", act=act)
    assign_between(session, low=after, high=high, because=Because("time", on), within=change)
    return Night(high, limit)
