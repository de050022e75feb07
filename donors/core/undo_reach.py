"""What an undo has to do: which rows a change set made, changed or removed, as conditions that SQL answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    cast,
    exists,
    false,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from donors.core.changes import ChangeSet, JournalEntry
from donors.core.images import is_recorded, recorded_tables

CHANGED = ("update", "delete")


@dataclass(frozen=True)
class Reach:
    """The rows within reach of the undo of one change set.

    `along` names tables whose rows go when what they point at goes, whoever wrote them (standings, queue entries).
    """

    change_set_id: int
    is_undo: bool
    tables: MetaData
    along: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def recorded(self) -> list[Table]:
        """All tables of recorded rows, those that are pointed at first."""
        return recorded_tables(self.tables)

    def made(self, table: Table) -> ColumnElement[bool]:
        """Which rows of a table the change set brought into being: these an undo deletes."""
        if not is_recorded(table):
            return false()
        ways: list[ColumnElement[bool]] = [table.c.created_in == self.change_set_id]
        if self.is_undo:
            ways.append(table.c.id.in_(self.entries(table, "restore")))
        if table.name in self.along:
            ways += [own.in_(select(theirs).where(self.made(theirs.table))) for own, theirs in pointers(table)]
        return or_(*ways)

    def entries(self, table: Table, *acts: str) -> Select[Any]:
        """The ids of a table's rows with such entries of the change set in the journal."""
        return select(JournalEntry.row_id).where(
            JournalEntry.change_set_id == self.change_set_id,
            JournalEntry.table_name == table.name,
            JournalEntry.act.in_(acts),
        )

    def changed(self, table: Table) -> Select[Any]:
        """The ids of rows that the change set changed or removed and did not itself bring into being."""
        made_in = cast(JournalEntry.before["created_in"].as_string(), BigInteger)
        passing = self.entries(table, "delete").where(made_in == self.change_set_id)
        return self.entries(table, *CHANGED).where(
            JournalEntry.row_id.not_in(select(table.c.id).where(self.made(table))),
            JournalEntry.row_id.not_in(passing),
        )

    def left(self, table: Table, undoing: ChangeSet) -> Select[Any]:
        """The ids of `changed` that the undo has not come to yet."""
        come_to = aliased(JournalEntry)
        done = exists().where(
            come_to.change_set_id == undoing.id,
            come_to.table_name == table.name,
            come_to.row_id == JournalEntry.row_id,
        )
        return self.changed(table).where(not_(done)).distinct().order_by(JournalEntry.row_id)


def reach_of(change_set: ChangeSet, *, tables: MetaData, along: frozenset[str] = frozenset()) -> Reach:
    """The reach of a change set's undo."""
    return Reach(change_set.id, change_set.undoes_id is not None, tables, along)


def tables_changed(session: Session, reach: Reach) -> list[Table]:
    """The tables of which the change set changed or removed rows."""
    named = select(JournalEntry.table_name).where(JournalEntry.change_set_id == reach.change_set_id).distinct()
    found = set(session.scalars(named))
    return [table for table in reach.recorded if table.name in found]


def pointers(table: Table) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """The columns of a table that point at other recorded rows, each with the id that it points at."""
    for key in table.foreign_keys:
        target = key.column
        if is_recorded(target.table) and target.table is not table and isinstance(target.type, Integer | BigInteger):
            yield key.parent, target


def pointers_at(table: Table, tables: MetaData) -> Iterator[Column[Any]]:
    """The columns of all tables that point at a table's rows, those too that the database does not check."""
    for other in tables.sorted_tables:
        yield from (column for column in other.c if column.info.get("points_at") == table.name)
        for key in other.foreign_keys:
            if key.column.table is table:
                yield key.parent


def standing(change_set: type[ChangeSet] = ChangeSet) -> ColumnElement[bool]:
    """Whether what a change set wrote still stands: it was not undone, and it is not the undo that took it back."""
    return and_(change_set.state != "undone", or_(change_set.undoes_id.is_(None), change_set.kind != "undo"))
