"""What an undo has to do: which rows a change set made, changed or removed, as conditions that SQL answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    Table,
    TextClause,
    and_,
    cast,
    exists,
    false,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from donors.core.changes import ChangeSet, JournalEntry
from donors.core.images import is_recorded, recorded_tables

CHANGED = ("update", "delete")


Row = tuple[str, int]
"""A row: its table and its id."""


@dataclass(frozen=True)
class Spared:
    """What an undo leaves as it is: whole rows by table, and columns of single rows.

    `partly`: more of the change set is to be undone on another day, and until then it stands.
    """

    rows: Mapping[str, frozenset[int]] = field(default_factory=dict)
    columns: Mapping[Row, frozenset[str]] = field(default_factory=dict)
    partly: bool = False


NOTHING = Spared()


@dataclass(frozen=True)
class Reach:
    """The rows within reach of the undo of one change set.

    `along` names tables whose rows go when what they point at goes, whoever wrote them (standings, queue entries).
    Conditions are put together once: an undo asks the same ones over and over.
    """

    change_set_id: int
    is_undo: bool
    tables: MetaData
    along: frozenset[str] = field(default_factory=frozenset)
    spared: Spared = NOTHING
    _made: dict[str, ColumnElement[bool]] = field(default_factory=dict, repr=False, compare=False)
    _left: dict[tuple[str, int], Select[Any]] = field(default_factory=dict, repr=False, compare=False)

    def made(self, table: Table) -> ColumnElement[bool]:
        """Which rows of a table the change set brought into being: these an undo deletes."""
        if table.name not in self._made:
            self._made[table.name] = self._made_of(table) if is_recorded(table) else false()
        return self._made[table.name]

    def _made_of(self, table: Table) -> ColumnElement[bool]:
        ways: list[ColumnElement[bool]] = [table.c.created_in == self.change_set_id]
        if self.is_undo:
            ways.append(table.c.id.in_(self.entries(table, "restore")))
        if table.name in self.along:
            ways += [own.in_(select(theirs).where(self.made(theirs.table))) for own, theirs in pointers(table)]
        spared = self.spared.rows.get(table.name)
        return and_(or_(*ways), table.c.id.not_in(spared)) if spared else or_(*ways)

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
        found = self.entries(table, *CHANGED).where(
            JournalEntry.row_id.not_in(select(table.c.id).where(self.made(table))),
            JournalEntry.row_id.not_in(passing),
        )
        spared = self.spared.rows.get(table.name)
        return found.where(JournalEntry.row_id.not_in(spared)) if spared else found

    def left(self, table: Table, undoing: ChangeSet) -> Select[Any]:
        """The ids of `changed` that the undo has not come to yet."""
        key = (table.name, undoing.id)
        if key not in self._left:
            self._left[key] = self._left_of(table, undoing)
        return self._left[key]

    def _left_of(self, table: Table, undoing: ChangeSet) -> Select[Any]:
        come_to = aliased(JournalEntry)
        done = exists().where(
            come_to.change_set_id == undoing.id,
            come_to.table_name == table.name,
            come_to.row_id == JournalEntry.row_id,
        )
        return self.changed(table).where(not_(done)).distinct().order_by(JournalEntry.row_id)


def reach_of(
    change_set: ChangeSet, *, tables: MetaData, along: frozenset[str] = frozenset(), spared: Spared = NOTHING
) -> Reach:
    """The reach of a change set's undo."""
    return Reach(change_set.id, change_set.undoes_id is not None, tables, along, spared)


def tables_changed(session: Session, reach: Reach) -> list[Table]:
    """The tables of which the change set changed or removed rows."""
    named = select(JournalEntry.table_name).where(JournalEntry.change_set_id == reach.change_set_id).distinct()
    found = set(session.scalars(named))
    return [table for table in recorded_tables(reach.tables) if table.name in found]


def tables_made(session: Session, reach: Reach) -> list[Table]:
    """The tables that may hold rows which the change set brought into being, those that are pointed at first."""
    names = {*reach.along, *session.scalars(_asking(reach.tables), {"change_set_id": reach.change_set_id})}
    if reach.is_undo:
        names |= {table.name for table in tables_changed(session, reach)}
    return [table for table in recorded_tables(reach.tables) if table.name in names]


@lru_cache(maxsize=8)
def _asking(tables: MetaData) -> TextClause:
    """Which tables hold rows of a change set, in one statement: written out, for it would take long to put together."""
    each = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM {0} WHERE created_in = :change_set_id)"
    return text(" UNION ALL ".join(each.format(table.name) for table in recorded_tables(tables)))


def pointers(table: Table) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """The columns of a table that point at other recorded rows, each with the id that it points at."""
    for key in table.foreign_keys:
        target = key.column
        if is_recorded(target.table) and target.table is not table and isinstance(target.type, Integer | BigInteger):
            yield key.parent, target


@lru_cache(maxsize=512)
def pointers_at(table: Table, tables: MetaData) -> tuple[Column[Any], ...]:
    """The columns of all tables that point at a table's rows, those too that the database does not check."""
    return tuple(_pointing(table, tables))


def _pointing(table: Table, tables: MetaData) -> Iterator[Column[Any]]:
    for other in tables.sorted_tables:
        yield from (column for column in other.c if column.info.get("points_at") == table.name)
        for key in other.foreign_keys:
            if key.column.table is table:
                yield key.parent


def standing(change_set: type[ChangeSet] = ChangeSet) -> ColumnElement[bool]:
    """Whether what a change set wrote still stands: it was not undone, and it is not the undo that took it back."""
    return and_(change_set.state != "undone", or_(change_set.undoes_id.is_(None), change_set.kind != "undo"))


def in_force(change_set: type[ChangeSet] = ChangeSet) -> ColumnElement[bool]:
    """Whether what a change set wrote is so, be it an undo: it was not undone in its turn."""
    return change_set.state != "undone"
