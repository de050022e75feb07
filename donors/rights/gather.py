"""Which rows are about a person: conditions that SQL answers, and the journal's entries about rows that are no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

    `entries` are the entries of the journal that hold something of them.
    """

    there: frozenset[int]
    gone: frozenset[int]
    entries: tuple[int, ...]

    @property
    def every(self) -> frozenset[int]:
        """All of them."""
        return self.there | self.gone


def traces(session: Session, ids: Sequence[int]) -> dict[str, Traces]:
    """Table → what is and was there about persons with these numbers, for all tables whose rows are recorded."""
    found: dict[str, Traces] = {}
    for held in HELD:
        if not is_recorded(held.rows):
            continue
        known = found.get(held.table, Traces(frozenset(), frozenset(), ()))
        parents = ids if held.of == PERSON else sorted(found[held.of].every)
        found[held.table] = _more(session, held, known, parents, ids)
    return found


def _more(session: Session, held: Held, known: Traces, parents: Sequence[int], ids: Sequence[int]) -> Traces:
    table = held.rows
    there = known.there | frozenset(session.scalars(select(table.c.id).where(about(held, ids))))
    named = select(JournalEntry.id, JournalEntry.row_id, JournalEntry.act).where(
        JournalEntry.table_name == held.table, among(session, _held_id(held.column), parents)
    )
    own = select(JournalEntry.id).where(
        JournalEntry.table_name == held.table, among(session, JournalEntry.row_id, sorted(there))
    )
    before = session.execute(named).all()
    gone = known.gone | {row_id for _id, row_id, act in before if act in ("delete", "erase") and row_id not in there}
    theirs = set(known.entries).union(session.scalars(own), (entry_id for entry_id, _row, _act in before))
    of_gone = JournalEntry.table_name == held.table, among(session, JournalEntry.row_id, sorted(gone))
    theirs.update(session.scalars(select(JournalEntry.id).where(*of_gone)))
    return Traces(there, frozenset(gone), tuple(sorted(theirs)))


def _held_id(column: str) -> ColumnElement[int]:
    """The id that a column held, by a before-image."""
    return cast(JournalEntry.before[column].as_string(), BigInteger)


def touched_by(session: Session, found: Mapping[str, Traces]) -> set[int]:
    """The change sets that wrote something about them."""
    changes: set[int] = set()
    for name, one in found.items():
        table = next(held.rows for held in HELD if held.table == name)
        wrote = select(table.c.created_in).where(among(session, table.c.id, sorted(one.there))).distinct()
        changes.update(session.scalars(wrote))
        entries = select(JournalEntry.change_set_id).where(among(session, JournalEntry.id, one.entries)).distinct()
        changes.update(session.scalars(entries))
    return changes
