"""Reads constituents as matching needs them: in streams, in order of id, whatever the size of the database.

Whoever was erased, or whose record is restricted, is compared with nobody.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from donors.constituents.matching.facts import Told
from donors.constituents.models import Constituent, EmailAddress, ExternalId, Phone, PostalAddress
from donors.constituents.records import Address
from donors.core.bulk import among, table_of
from donors.core.settings import Organization

AT_A_TIME = 10_000
Narrowed = Callable[[Any], ColumnElement[bool] | None]
"""What limits a table, by its column of constituents' ids; None: nothing does."""


def country_of(here: Organization) -> str:
    """Where telephone numbers without a country code are dialled: an ISO 3166 code, or empty."""
    return here.holiday_country or here.locale.partition("_")[2][:2].upper()


def everybody(session: Session, kind: str) -> Iterator[Told]:
    """All of a kind that are not deleted, in order of id."""
    return _told(session, _listed(kind), lambda _column: None)


def some(session: Session, ids: Iterable[int], *conditions: ColumnElement[bool]) -> list[Told]:
    """Those of some ids that are listed and meet the conditions, in order of id."""
    wanted = sorted(set(ids))
    statement = _listed(None).where(among(session, Constituent.id, wanted), *conditions)
    return list(_told(session, statement, lambda column: among(session, column, wanted))) if wanted else []


def _listed(kind: str | None) -> Select[Any]:
    one = Constituent
    columns: tuple[Any, ...] = (
        one.id,
        one.kind,
        one.name,
        one.given_name,
        one.family_name,
        one.suffix,
        one.born_on,
    )
    free = (one.restricted_on.is_(None), one.erased_on.is_(None), one.is_unknown_giver.is_(False))
    statement = select(*columns).where(one.deleted_at.is_(None), *free).order_by(one.id)
    return statement if kind is None else statement.where(one.kind == kind)


def _told(session: Session, people: Select[Any], narrowed: Narrowed) -> Iterator[Told]:
    """The rows of the constituents with what stands around them: streams in one order, read side by side."""
    emails = _beside(session, EmailAddress, ("address",), narrowed)
    phones = _beside(session, Phone, ("number",), narrowed)
    places = _beside(session, PostalAddress, ("street", "city", "postal_code", "country"), narrowed)
    others = _beside(session, ExternalId, ("source", "value"), narrowed)
    for id_, kind, name, given, family, suffix, born_on in _stream(session, people):
        yield Told(
            id=id_,
            kind=kind,
            name=name,
            given_name=given,
            family_name=family,
            suffix=suffix,
            born_on=born_on,
            emails=tuple(one for (one,) in emails.of(id_)),
            phones=tuple(one for (one,) in phones.of(id_)),
            addresses=tuple(
                Address(street=at[0], city=at[1], postal_code=at[2], country=at[3]) for at in places.of(id_)
            ),
            external_ids=tuple(others.of(id_)),
        )


def _beside(session: Session, model: Any, columns: Sequence[str], narrowed: Narrowed) -> "_Beside":
    """The rows of a table around constituents: those in use first, the primary one before others."""
    usual = ("is_active", "is_primary") if "is_active" in table_of(model).c else ()
    order = (model.constituent_id, *(getattr(model, name).desc() for name in usual), model.id)
    statement = select(model.constituent_id, *(getattr(model, name) for name in columns)).order_by(*order)
    condition = narrowed(model.constituent_id)
    return _Beside(_stream(session, statement if condition is None else statement.where(condition)))


def _stream(session: Session, statement: Select[Any]) -> Iterator[Sequence[Any]]:
    found = session.execute(statement.execution_options(yield_per=AT_A_TIME))
    for part in found.partitions():
        yield from map(tuple, part)


class _Beside:
    """Rows that begin with a constituent's id, in order of it, handed out constituent by constituent."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self._rows = rows
        self._next: Sequence[Any] | None = next(rows, None)

    def of(self, constituent_id: int) -> list[Any]:
        """The rest of the rows of a constituent; rows of others before are passed over."""
        found = []
        while self._next is not None and self._next[0] <= constituent_id:
            if self._next[0] == constituent_id:
                found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found
