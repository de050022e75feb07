"""Who was changed since a change set: what an order to look around those needs to know."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Select, Table, cast, func, select, union
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress, ExternalId, Phone, PostalAddress
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet, JournalEntry

AROUND = tuple(map(table_of, (EmailAddress, Phone, PostalAddress, ExternalId)))


def last_change(session: Session) -> int:
    """The id of the newest change set."""
    return session.scalar(select(func.max(ChangeSet.id))) or 0


def changed_since(session: Session, change_set_id: int) -> set[int]:
    """Constituents whose own rows, or those of their e-mails, phones, addresses and ids, were written since."""
    return set(session.scalars(union(*_selects(change_set_id))))


def _selects(since: int) -> Iterator[Select[Any]]:
    yield from _touched(table_of(Constituent), "id", since)
    for table in AROUND:
        yield from _touched(table, "constituent_id", since)
        gone = JournalEntry.before["constituent_id"].as_string()
        yield select(cast(gone, BigInteger)).where(*_noted(table, since), gone.is_not(None))


def _touched(table: Table, column: str, since: int) -> Iterator[Select[Any]]:
    yield select(table.c[column]).where(table.c.created_in > since)
    yield select(table.c[column]).where(table.c.id.in_(select(JournalEntry.row_id).where(*_noted(table, since))))


def _noted(table: Table, since: int) -> tuple[Any, ...]:
    return JournalEntry.change_set_id > since, JournalEntry.table_name == table.name
