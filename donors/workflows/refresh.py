"""After any change: figures, then levels, then what levels start. At once for a few, by the queue for many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import is_sqlite
from donors.core.labels import last_id
from donors.core.parallel import side_by_side
from donors.core.settings import settled
from donors.giving.fiscal import CREDIT, relabel_credits
from donors.levels.assign import Because
from donors.levels.decide import Change
from donors.levels.rules import Rules, rules
from donors.rollups.definition import Source
from donors.rollups.dirty import mark_dirty, mark_movers, needs_everybody, reach, take
from donors.rollups.everybody import FIGURES, LABELS, everybody_waiting, mark_all, next_order
from donors.rollups.formulas import made_of, reckoned_from
from donors.rollups.keep import refresh_owners
from donors.rollups.marks import mark_all_owners, mark_change
from donors.rollups.movers import mark_owner_movers
from donors.rollups.queries import definitions
from donors.rollups.refresh import CHUNK, parts, refresh, refresh_all, refresh_between
from donors.rollups.targets import OF_MANY
from donors.volunteering.fiscal import SHIFT, relabel_shifts
from donors.workflows.levels import assign_between, assign_levels
from donors.workflows.starts import ACTS, run_starts

AT_ONCE = 500
"""More constituents than this are left to the queue."""
EVERY = frozenset(Source)
RULES = "rules"
LABELED = 20_000
"""So many credits and shifts are labeled anew in one part."""


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
    of: frozenset[Source] = EVERY,
) -> Refreshed:
    """As `refresh_constituents`, for callers who hold the reason, and the rules of now, already.

    `of`: the only rows that have changed; figures of others are not looked at. The funds, campaigns and portfolios that
    the change set has touched are left to the queue.
    """
    mark_change(session, within)
    return refresh_people(session, ids, because=because, within=within, by=by, of=of)


def refresh_people(
    session: Session,
    ids: Iterable[int],
    *,
    because: Because,
    within: ChangeSet,
    by: Rules | None = None,
    of: frozenset[Source] = EVERY,
) -> Refreshed:
    """The same without funds, campaigns and portfolios, for callers who leave them to the queue at their end."""
    touched = reach(session, ids)
    if len(touched.now) > AT_ONCE:
        waiting = mark(session, touched.now | touched.later, cause=because.cause, within=within)
        return Refreshed(waiting=waiting)
    waiting = mark(session, touched.later, cause=because.cause, within=within) if touched.later else 0
    by = by or rules(session)
    known = by.definitions if of == EVERY else made_of(by.definitions, of)
    refresh(session, touched.now, on=because.on, settings=by.organization, known=known)
    changes = assign_levels(session, touched.now, because=because, within=within, tracks=by.tracks)
    _start(session, touched.now, because=because, within=within)
    return Refreshed(tuple(changes), waiting)


def _start(session: Session, ids: Iterable[int], *, because: Because, within: ChangeSet) -> None:
    """Starts the plans that rules ask for. An undo starts none."""
    if because.cause in ACTS and within.undoes_id is None:
        run_starts(session, ids, on=because.on, within=within)


def mark(session: Session, ids: Iterable[int], *, cause: str, within: ChangeSet) -> int:
    """Leaves constituents to the queue; returns how many they are."""
    return mark_dirty(session, ids, reason=cause, at=within.at, change_set_id=within.id)


def drain(session: Session, *, at: datetime, on: date, limit: int = 5_000, workers: int = 1) -> int:
    """Refreshes those who have waited longest; returns how many. To be called in a transaction of its own.

    Where nobody waits alone, it takes the next part of everybody.
    """
    taken = take(session, limit=limit)
    if not taken:
        return drain_everybody(session, at=at, on=on, workers=1 if is_sqlite(session) else workers)
    change = _open(session, at=at)
    refresh(session, (one for some in taken.values() for one in some), on=on)
    for (cause, change_set_id), ids in taken.items():
        because = Because(cause, on, gifts_of=change_set_id)
        assign_levels(session, ids, because=because, within=change)
        _start(session, ids, because=because, within=_act_behind(session, change_set_id) or change)
    return sum(len(ids) for ids in taken.values())


def _act_behind(session: Session, change_set_id: int | None) -> ChangeSet | None:
    """The act for which they waited: undoing it takes back what it starts now. None when that has been done."""
    if change_set_id is None:
        return None
    shared: dict[str, Any] = {"read": True, "key_share": True}  # held against an undo, not against who writes under it
    found = session.get_one(ChangeSet, change_set_id, with_for_update=shared, populate_existing=True)
    return None if found.state in ("undoing", "undone") else found


def drain_everybody(session: Session, *, at: datetime, on: date, workers: int = 1) -> int:
    """One part of the oldest order for everybody; returns how many ids it went over, 0 when nothing is left to do.

    The order's cursor moves in the same transaction: who is killed goes on from the last part. More than one worker
    (PostgreSQL only) do as many parts side by side, in transactions of their own: done twice, a part is the same.
    """
    order = next_order(session)
    if order is None:
        return 0
    if order.phase == LABELS:
        order.after = _relabel(session, after=order.after)
        if order.after >= last_id(session, CREDIT, SHIFT):
            order.phase, order.after = FIGURES, 0
        session.flush()
        return LABELED
    ranges = list(islice(parts(session, after=order.after), workers))
    if not ranges:
        session.delete(order)
        session.flush()
        if not order.key:
            mark_all_owners(session, OF_MANY, at=at)
        return 1
    task = Task(Because(order.reason, on, gifts_of=order.change_set_id, effects=order.effects), at, order.key)
    if workers == 1:
        refresh_range(session, ranges[0], task=task)
    else:
        side_by_side(partial(refresh_range, task=task), ranges, workers=workers)
    order.after = ranges[-1][1]
    session.flush()
    return len(ranges) * CHUNK


@dataclass(frozen=True)
class Task:
    """Why everybody is brought in line, and when; with a key, only this figure and those reckoned from it."""

    because: Because
    at: datetime
    key: str = ""


def refresh_range(session: Session, ids: tuple[int, int], *, task: Task) -> None:
    """Brings figures and levels of everybody above the first id, up to the second, in line."""
    low, high = ids
    some = reckoned_from(definitions(session), task.key) if task.key else None
    refresh_between(session, low=low, high=high, on=task.because.on, known=some)
    assign_between(session, low=low, high=high, because=task.because, within=_within(session, task))


def _within(session: Session, task: Task) -> ChangeSet:
    """The change set of the rules, where it is they that move everybody: undoing it takes the levels back too."""
    ordered = task.because.gifts_of if task.because.cause == RULES else None
    return _open(session, at=task.at) if ordered is None else session.get_one(ChangeSet, ordered)


def _relabel(session: Session, *, after: int, many: int = LABELED) -> int:
    """Labels the next credits and shifts above an id, both by their own ids: who gets them meanwhile is no matter."""
    fiscal, high = settled(session).fiscal, after + many
    relabel_credits(session, fiscal, which=CREDIT.c.id.between(after + 1, high))
    relabel_shifts(session, fiscal, which=SHIFT.c.id.between(after + 1, high))
    return high


def _open(session: Session, *, at: datetime) -> ChangeSet:
    return open_change(session, "rollups.drain", act=Act(by=None, at=at, through="job", why="figures that waited"))


def refresh_figures(session: Session, *, on: date) -> None:
    """Computes the figures of everybody in one transaction and empties the queues: for commands, small databases.

    Levels are to be assigned afterwards.
    """
    while (order := next_order(session)) is not None:
        if order.phase == LABELS:
            _relabel(session, after=0, many=last_id(session, CREDIT, SHIFT))
        session.delete(order)
        session.flush()
    after: int | None = 0
    while after is not None:
        after = refresh_all(session, on=on, after=after)
    while take(session, limit=CHUNK):
        pass
    refresh_owners(session, on=on)


def refresh_night(session: Session, *, on: date, since: date | None, act: Act) -> int:
    """Puts into the queue whom time alone has changed after `since`; returns how many they are.

    On the first day of a fiscal year, and in the first night of all, these are everybody.
    """
    if since is not None and not needs_everybody(session, on=on, since=since):
        mark_owner_movers(session, on=on, since=since, at=act.at)
        return mark_movers(session, on=on, since=since, at=act.at)
    mark_all(session, reason="time", at=act.at, change_set_id=None)
    return everybody_waiting(session)
