"""What an undo would do, and what stands in its way. Writes nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Select, Table, exists, func, not_, select
from sqlalchemy.orm import Session, aliased

from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.images import is_recorded
from donors.core.undo_reach import CHANGED, Reach, pointers_at, reach_of, standing, tables_changed, tables_made

SHOWN = 100
"""How many obstacles of a kind are listed."""


@dataclass(frozen=True)
class Obstacle:
    """A row that somebody has built upon since. `change_set_id` is the change set that did."""

    table: str
    row_id: int
    change_set_id: int
    what: str

    def __str__(self) -> str:
        return (
            f"{self.table.replace('_', ' ').capitalize()} {self.row_id} {self.what} (change set {self.change_set_id})."
        )


@dataclass(frozen=True)
class UndoPlan:
    """Rows by table that an undo deletes, sets back and brings back, and what stands in its way."""

    created: Mapping[str, int]
    changed: Mapping[str, int]
    obstacles: tuple[Obstacle, ...]

    @property
    def rows(self) -> int:
        """How many rows the undo touches."""
        return sum(self.created.values()) + sum(self.changed.values())

    @property
    def reasons(self) -> tuple[str, ...]:
        """The obstacles as sentences."""
        return tuple(str(obstacle) for obstacle in self.obstacles)


def plan_undo(
    session: Session, change_set: ChangeSet, *, along: Collection[str] = (), tables: MetaData = Base.metadata
) -> UndoPlan:
    """What an undo of the change set would do now.

    `along` names tables of recorded rows that may go with what they point at, though others wrote them.
    """
    reach = reach_of(change_set, tables=tables, along=frozenset(along))
    counts = {
        table: _count(session, select(table.c.id).where(reach.made(table))) for table in tables_made(session, reach)
    }
    made = [table for table, count in counts.items() if count]
    again = tables_changed(session, reach)
    changed = {table.name: _count(session, reach.changed(table).distinct()) for table in again}
    found = [obstacle for table in again for obstacle in _changed_again(session, reach, table)]
    found += [obstacle for table in made for obstacle in _built_upon(session, reach, table)]
    created = {table.name: counts[table] for table in made}
    return UndoPlan(created, {name: count for name, count in changed.items() if count}, tuple(found))


def _count(session: Session, ids: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0


def _built_upon(session: Session, reach: Reach, table: Table) -> Iterator[Obstacle]:
    yield from _amended_since(session, reach, table)
    for pointer in pointers_at(table, reach.tables):
        if is_recorded(pointer.table):
            yield from _pointed_at(session, reach, table, pointer)


def _amended_since(session: Session, reach: Reach, table: Table) -> Iterator[Obstacle]:
    for row_id, by in session.execute(amended_since(reach, table, counts=standing()).limit(SHOWN)):
        yield Obstacle(table.name, row_id, by, "was changed since it was made")


def amended_since(reach: Reach, table: Table, *, counts: ColumnElement[bool]) -> Select[int, int]:
    """The ids of rows that the change set made and others changed since, each with the first change set that did.

    `counts` says of which change sets."""
    own = select(table.c.id).where(reach.made(table), table.c.created_in == reach.change_set_id)
    later = (
        select(JournalEntry.row_id, func.min(JournalEntry.change_set_id))
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == table.name, JournalEntry.act == "update", JournalEntry.row_id.in_(own))
        .where(JournalEntry.change_set_id > reach.change_set_id, counts)
    )
    return later.group_by(JournalEntry.row_id)


def _changed_again(session: Session, reach: Reach, table: Table) -> Iterator[Obstacle]:
    later = aliased(JournalEntry)
    pairs = (
        select(later.row_id, later.change_set_id, later.act, JournalEntry.before, later.before)
        .join(JournalEntry, (JournalEntry.table_name == later.table_name) & (JournalEntry.row_id == later.row_id))
        .join(ChangeSet, ChangeSet.id == later.change_set_id)
        .where(JournalEntry.change_set_id == reach.change_set_id, JournalEntry.table_name == table.name)
        .where(JournalEntry.act == "update", JournalEntry.row_id.in_(reach.changed(table)))
        .where(later.change_set_id > reach.change_set_id, later.act.in_(CHANGED), standing())
        .order_by(later.row_id)
    )
    seen: set[int] = set()
    for row_id, by, act, ours, theirs in session.execute(pairs):
        if row_id not in seen and (act == "delete" or ours.keys() & theirs.keys()):
            seen.add(row_id)
            yield Obstacle(
                table.name, row_id, by, "was removed since" if act == "delete" else "was changed again since"
            )
        if len(seen) == SHOWN:
            return


def _pointed_at(session: Session, reach: Reach, table: Table, pointer: Column[Any]) -> Iterator[Obstacle]:
    for row_id, target, by in session.execute(pointing_at(reach, table, pointer).limit(SHOWN)):
        yield Obstacle(table.name, target, by, f"is used by {pointer.table.name.replace('_', ' ')} {row_id}")


def pointing_at(reach: Reach, table: Table, pointer: Column[Any]) -> Select[Any]:
    """Rows of others that point at rows which the change set made: id, at which one, and the change set they are of."""
    child = pointer.table
    gone = select(table.c.id).where(reach.made(table))
    ours = exists().where(
        JournalEntry.change_set_id == reach.change_set_id,
        JournalEntry.table_name == child.name,
        JournalEntry.row_id == child.c.id,
        JournalEntry.act == "update",
    )
    return select(child.c.id, pointer, child.c.created_in).where(pointer.in_(gone), not_(reach.made(child)), not_(ours))
