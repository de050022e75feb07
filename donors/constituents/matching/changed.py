"""Who was changed since a change set: what an order to look around those needs to know."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Table, cast, func, or_, select, union
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress, ExternalId, Phone, PostalAddress
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet, JournalEntry

Later = Callable[[Any], ColumnElement[bool]]
"""Whether the change set in a column wrote since."""

AROUND = tuple(map(table_of, (EmailAddress, Phone, PostalAddress, ExternalId)))


def last_change(session: Session) -> int:
    """The id of the newest change set."""
    return session.scalar(select(func.max(ChangeSet.id))) or 0


def under_way(session: Session) -> list[int]:
    """The change sets that go on writing in later transactions, as those of imports do."""
    return list(session.scalars(select(ChangeSet.id).where(ChangeSet.state == "open").order_by(ChangeSet.id)))


def changed_since(session: Session, change_set_id: int, *, besides: Collection[int] = ()) -> set[int]:
    """Constituents whose own rows, or those of their e-mails, phones, addresses and ids, were written since.

    `besides` are earlier change sets that were under way then.
    """

    def later(column: Any) -> ColumnElement[bool]:
        return or_(column > change_set_id, column.in_(besides)) if besides else column > change_set_id

    return set(session.scalars(union(*_selects(later))))


def _selects(later: Later) -> Iterator[Select[Any]]:
    yield from _touched(table_of(Constituent), "id", later)
    for table in AROUND:
        yield from _touched(table, "constituent_id", later)
        gone = JournalEntry.before["constituent_id"].as_string()
        yield select(cast(gone, BigInteger)).where(*_noted(table, later), gone.is_not(None))


def _touched(table: Table, column: str, later: Later) -> Iterator[Select[Any]]:
    yield select(table.c[column]).where(later(table.c.created_in))
    yield select(table.c[column]).where(table.c.id.in_(select(JournalEntry.row_id).where(*_noted(table, later))))


def _noted(table: Table, later: Later) -> tuple[Any, ...]:
    return later(JournalEntry.change_set_id), JournalEntry.table_name == table.name
