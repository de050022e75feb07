"""The queue of constituents whose figures wait: many changes at once, and those whom time alone has moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.bulk import among, table_of
from donors.core.calendar import FiscalCalendar
from donors.core.claims import changed
from donors.core.db import day_number, is_sqlite
from donors.core.settings import organization
from donors.rollups.compile import owners_moved
from donors.rollups.definition import Definition, Operation
from donors.rollups.everybody import everybody_waiting
from donors.rollups.families import sources_in_time
from donors.rollups.formulas import asks_for_today
from donors.rollups.frame import days_between, days_that_moved
from donors.rollups.models import Dirty
from donors.rollups.queries import definitions, wanted_on
from donors.rollups.refresh import IDS_IN_A_STATEMENT


@dataclass(frozen=True)
class Reach:
    """Whose figures a change touches: `now` to be refreshed at once, `later` by the queue (the unknown giver)."""

    now: frozenset[int]
    later: frozenset[int]


def reach(session: Session, ids: Iterable[int]) -> Reach:
    """These constituents with every household that one of them belongs or has belonged to."""
    found, later = set(ids), set[int]()
    wanted = sorted(found)
    for start in range(0, len(wanted), IDS_IN_A_STATEMENT):
        part = wanted[start : start + IDS_IN_A_STATEMENT]
        for id_, unknown in session.execute(_REACHED, {"ids": part}):
            (later if unknown else found).add(id_)
    return Reach(frozenset(found - later), frozenset(later))


_SOME: BindParameter[Any] = bindparam("ids", expanding=True)
_STAY, _PERSON = table_of(HouseholdMembership).c, table_of(Constituent).c
_REACHED: CompoundSelect[Any] = union_all(
    select(_STAY.household_id, literal_column("0")).where(_STAY.constituent_id.in_(_SOME)),
    select(_PERSON.id, literal_column("1")).where(_PERSON.is_unknown_giver, _PERSON.id.in_(_SOME)),
)


def mark_dirty(session: Session, ids: Iterable[int], *, reason: str, at: datetime, change_set_id: int | None) -> int:
    """Puts constituents into the queue and returns how many they are. Who waits already keeps the earlier reason."""
    rows = [
        {"constituent_id": i, "since": at, "reason": reason, "change_set_id": change_set_id} for i in sorted(set(ids))
    ]
    if rows:
        session.execute(_waiting(_into(session)), rows)
    return len(rows)


def _into(session: Session) -> Any:
    table = table_of(Dirty)
    return sqlite.insert(table) if is_sqlite(session) else postgresql.insert(table)


def _waiting(insert: Any) -> Any:
    """Also takes hold of those who wait already: a worker must not take them before this change can be seen."""
    return insert.on_conflict_do_update(index_elements=[Dirty.constituent_id], set_={"since": Dirty.since})


def take(session: Session, *, limit: int) -> dict[tuple[str, int | None], list[int]]:
    """Takes the longest waiting out of the queue: ids by the reason and the change set for which they wait.

    They come back by themselves when the transaction does not end well.
    """
    columns = (Dirty.constituent_id, Dirty.reason, Dirty.change_set_id)
    waiting = select(*columns).order_by(Dirty.since, Dirty.constituent_id).limit(limit)
    taken: dict[tuple[str, int | None], list[int]] = {}
    for row in session.execute(waiting.with_for_update(skip_locked=True)):
        taken.setdefault((row.reason, row.change_set_id), []).append(row.constituent_id)
    ids = [one for some in taken.values() for one in some]
    session.execute(delete(Dirty).where(among(session, Dirty.constituent_id, ids)))
    return taken


def count_dirty(session: Session) -> int:
    """How many wait, one by one or as everybody: pages say “being refreshed” when there are any."""
    one_by_one = session.scalar(select(func.count()).select_from(Dirty)) or 0
    return one_by_one + everybody_waiting(session)


def needs_everybody(session: Session, *, on: date, since: date | None) -> bool:
    """Whether all figures must be computed anew.

    For the first time, because a fiscal year has begun, or because a figure changes with every day (days since).
    """
    known = definitions(session)
    fiscal = organization(session).fiscal
    return (
        since is None
        or fiscal.year_of(since) != fiscal.year_of(on)
        or (since != on and any(one.operation is Operation.DAYS_SINCE or asks_for_today(one, known) for one in known))
    )


def mark_movers(session: Session, *, on: date, since: date, at: datetime) -> int:
    """Puts into the queue whose rows have crossed the edge of a time frame after `since`, up to `on`."""
    known = definitions(session)
    moved_over = edges(known, on=on, since=since, fiscal=organization(session).fiscal)
    marked = 0
    for dated in sources_in_time():
        crossed = or_(*(type_coerce(dated.day, Integer).between(first, last) for first, last in moved_over))
        marked += _mark_owners(session, select(dated.owner).where(crossed), at)
    for moved in owners_moved(wanted_on(session, on=since, known=known), wanted_on(session, on=on, known=known)):
        marked += _mark_owners(session, moved, at)
    return marked


def _mark_owners(session: Session, moved: Any, at: datetime) -> int:
    homes = select(HouseholdMembership.household_id).where(HouseholdMembership.constituent_id.in_(moved))
    return _insert(session, union(moved, homes).subquery(), at)


def edges(known: Iterable[Definition], *, on: date, since: date, fiscal: FiscalCalendar) -> list[tuple[int, int]]:
    """Spans of days whose rows leave a frame (their last day is past) or enter one (they were in the future)."""
    spans = {(day_number(since) + 1, day_number(on))}
    for one in known:
        spans.update(days_that_moved(one.frame, was=since, on=on, fiscal=fiscal))
        if one.operation is Operation.CHANGE:
            spans.update(days_between(*(one.frame.days_before(day, fiscal) for day in (since, on))))
        years = one.years.calendar(fiscal)
        if one.operation is Operation.STREAK and years.year_of(since) != years.year_of(on):
            year = years.year_of(since)
            spans.add((day_number(years.first_day(year - 1)), day_number(years.last_day(year))))
    return sorted(spans)


def _insert(
    session: Session, moved: Any, at: datetime, *, reason: str = "time", change_set_id: int | None = None
) -> int:
    since, cause = literal(at, Dirty.since.type), literal(reason)
    moving = select(moved.c.constituent_id, since, cause, literal(change_set_id, Dirty.change_set_id.type))
    return _insert_all(session, moving, moved.c.constituent_id)


def _insert_all(session: Session, rows: Any, key: Any) -> int:
    """Inserts in order of id, so that no two wait for each other. (SQLite asks for the WHERE.)"""
    names = ["constituent_id", "since", "reason", "change_set_id"]
    return changed(session, _waiting(_into(session).from_select(names, rows.where(true()).order_by(key))))
