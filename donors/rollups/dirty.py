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
from donors.core.bulk import table_of
from donors.core.claims import changed
from donors.core.db import day_number, is_sqlite
from donors.core.settings import organization
from donors.giving.models import Credit
from donors.rollups.definition import Definition, Span
from donors.rollups.everybody import everybody_waiting
from donors.rollups.models import Dirty
from donors.rollups.queries import definitions
from donors.rollups.refresh import IDS_IN_A_STATEMENT
from donors.volunteering.models import Shift


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
    for start in range(0, len(ids), IDS_IN_A_STATEMENT):
        session.execute(delete(Dirty).where(Dirty.constituent_id.in_(ids[start : start + IDS_IN_A_STATEMENT])))
    return taken


def count_dirty(session: Session) -> int:
    """How many wait, one by one or as everybody: pages say “being refreshed” when there are any."""
    one_by_one = session.scalar(select(func.count()).select_from(Dirty)) or 0
    return one_by_one + everybody_waiting(session)


def needs_everybody(session: Session, *, on: date, since: date | None) -> bool:
    """Whether all figures must be computed anew: for the first time, or because a fiscal year has begun."""
    fiscal = organization(session).fiscal
    return since is None or fiscal.year_of(since) != fiscal.year_of(on)


def mark_movers(session: Session, *, on: date, since: date, at: datetime) -> int:
    """Puts into the queue whose gifts or shifts have crossed the edge of a time frame after `since`, up to `on`."""
    edges = _edges(definitions(session), on=day_number(on), since=day_number(since))
    marked = 0
    for table, day in ((Credit, Credit.given_on), (Shift, Shift.worked_on)):
        crossed = or_(*(type_coerce(day, Integer).between(first, last) for first, last in edges))
        moved = select(table.constituent_id).where(crossed)
        homes = select(HouseholdMembership.household_id).where(HouseholdMembership.constituent_id.in_(moved))
        marked += _insert(session, union(moved, homes).subquery(), at)
    return marked


def _edges(known: Iterable[Definition], *, on: int, since: int) -> list[tuple[int, int]]:
    """Spans of days whose rows leave a frame (their last day is past) or enter one (they were in the future)."""
    lengths = {one.frame.number for one in known if one.frame.span is Span.LAST_DAYS}
    return [(since + 1, on), *((since - length, on - length - 1) for length in sorted(lengths))]


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
