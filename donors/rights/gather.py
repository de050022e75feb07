"""Which rows are about a person: conditions that SQL answers, and the journal's entries about rows that are no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, false, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Alias
from donors.constituents.queries import current_id
from donors.core.bulk import among
from donors.core.changes import JournalEntry
from donors.core.images import is_recorded
from donors.rights.held import HELD, PERSON, Held


def numbers_of(session: Session, constituent_id: int) -> tuple[int, ...]:
    """The numbers of a person: the one of now, and those of all records that were merged into it."""
    now = current_id(session, constituent_id)
    before = session.scalars(select(Alias.old_id).where(Alias.constituent_id == now).order_by(Alias.old_id))
    return (now, *before)


def about(held: Held, ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition on a table's rows that they are about persons with these numbers, by the column of `held`."""
    column = held.rows.c[held.column]
    if held.of == PERSON:
        return column.in_(ids)
    parents = [one for one in HELD if one.table == held.of and one.owns]
    above = parents[0].rows
    return column.in_(select(above.c.id).where(or_(false(), *(about(one, ids) for one in parents))))


@dataclass(frozen=True)
class Traces:
    """The numbers of the rows of a table that are or were a person's: those that are there, and those that are no more.

    `entries` are the entries of the journal that hold something of them, `changes` the acts that wrote them.
    """

    there: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    entries: frozenset[int] = frozenset()
    changes: frozenset[int] = frozenset()

    @property
    def every(self) -> frozenset[int]:
        """All of them."""
        return self.there | self.gone

    def __or__(self, other: "Traces") -> "Traces":
        return Traces(
            self.there | other.there,
            (self.gone | other.gone) - self.there - other.there,
            self.entries | other.entries,
            self.changes | other.changes,
        )


def traces(session: Session, ids: Sequence[int]) -> dict[str, Traces]:
    """Table → what is and was there about persons with these numbers, for all tables whose rows are recorded."""
    found: dict[str, Traces] = {}
    for held in HELD:
        if is_recorded(held.rows):
            parents = ids if held.of == PERSON else sorted(found[held.of].every)
            found[held.table] = found.get(held.table, Traces()) | _by_column(session, held, parents)
    return found


def _by_column(session: Session, held: Held, parents: Sequence[int]) -> Traces:
    if not parents:
        return Traces()
    columns = held.rows.c
    rows = session.execute(
        select(columns.id, columns.created_in).where(among(session, columns[held.column], parents))
    ).all()
    there = frozenset(row.id for row in rows)
    before = _entries(session, held, among(session, held_id(held.column), parents))
    gone = frozenset(row.row_id for row in before if row.act in TAKEN and row.row_id not in there)
    own = _entries(session, held, among(session, JournalEntry.row_id, sorted(there | gone))) if there or gone else []
    entries = [*before, *own]
    changes = {row.created_in for row in rows} | {row.change_set_id for row in entries}
    return Traces(there, gone, frozenset(row.id for row in entries), frozenset(changes))


TAKEN = ("delete", "erase")


def _entries(session: Session, held: Held, which: ColumnElement[bool]) -> Sequence[Any]:
    columns = (JournalEntry.id, JournalEntry.row_id, JournalEntry.act, JournalEntry.change_set_id)
    return session.execute(select(*columns).where(JournalEntry.table_name == held.table, which)).all()


def held_id(column: str) -> ColumnElement[int]:
    """The id that a column held, by a before-image."""
    return cast(JournalEntry.before[column].as_string(), BigInteger)
