"""New constituents: one, or many from a file, by the same rules."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.constituents import check
from donors.constituents.decide import sort_name
from donors.constituents.models import (
    ORGANIZATION,
    Constituent,
    EmailAddress,
    ExternalId,
    Phone,
    PostalAddress,
)
from donors.constituents.records import NewConstituent, Sound, checked, derived_names
from donors.constituents.words import Known, add_words, rows_of
from donors.core.bulk import among, load, take_ids
from donors.core.changes import ChangeSet, insert
from donors.core.db import Base
from donors.core.errors import Invalid

OWN = (
    "kind",
    "name",
    "title",
    "given_name",
    "middle_name",
    "family_name",
    "suffix",
    "nickname",
    "formal_salutation",
    "informal_salutation",
    "addressee",
    "born_on",
    "is_deceased",
    "deceased_on",
    "is_anonymous",
    "named_by_key",
    "do_not_contact",
    "confidential",
    "note",
)
"""Columns that are taken from the record as they stand there."""

DERIVED = ("sort_name", "search_text")
CHUNK = 5_000
UNKNOWN = "Anonymous"
Item = TypeVar("Item")


def create(session: Session, newcomer: NewConstituent, *, within: ChangeSet) -> Constituent:
    """A new person, household or organization with contact points and external ids. Raises Invalid."""
    (made,) = create_many(session, [newcomer], within=within)
    return session.get_one(Constituent, made)


def create_many(session: Session, newcomers: Sequence[NewConstituent], *, within: ChangeSet) -> list[int]:
    """New constituents in the order of their records, as ids. Raises Invalid for the first that cannot be taken.

    Nothing is written before all are checked.
    """
    return create_sound(session, [checked(one) for one in newcomers], within=within)


def create_sound(session: Session, clean: Sequence[Sound], *, within: ChangeSet) -> list[int]:
    """The same for records that were checked before. Raises Invalid when an external id is somebody else's."""
    _refuse_taken_ids(session, clean)
    ids: list[int] = []
    for chunk in _chunks(clean):
        try:
            with session.begin_nested():
                ids += _insert(session, chunk, within)
        except IntegrityError:  # somebody else took an external id at this very moment, and now it can be seen
            _refuse_taken_ids(session, chunk)
            raise
    return ids


def unknown_giver(session: Session, *, within: ChangeSet) -> Constituent:
    """The one constituent that stands for all givers who are not known; made when it is first needed."""
    known = session.scalar(select(Constituent).where(Constituent.is_unknown_giver))
    if known is not None:
        return known
    row = Constituent(
        kind=ORGANIZATION,
        name=UNKNOWN,
        sort_name=sort_name(family="", given="", middle="", whole=UNKNOWN),
        search_text="anonymous",
        is_unknown_giver=True,
        is_anonymous=True,
        do_not_contact=True,
    )
    try:
        with session.begin_nested():
            insert(session, row, within=within)
    except IntegrityError:  # somebody else made it at this very moment
        return session.scalars(select(Constituent).where(Constituent.is_unknown_giver)).one()
    add_words(session, rows_of(row.id, Known(names=(UNKNOWN,))))
    return row


def _refuse_taken_ids(session: Session, newcomers: Sequence[NewConstituent]) -> None:
    given: dict[str, set[str]] = {}
    for source, value in (pair for one in newcomers for pair in one.external_ids):
        of_source = given.setdefault(source, set())
        if value in of_source:
            raise _taken(source, value)
        of_source.add(value)
    for source, values in given.items():
        statement = select(ExternalId.value).where(ExternalId.source == source)
        taken = session.scalar(statement.where(among(session, ExternalId.value, sorted(values))).limit(1))
        if taken is not None:
            raise _taken(source, taken)


def _taken(source: str, value: str) -> Invalid:
    return Invalid("external id", value, f"belongs to another constituent of {source}", "Choose that one instead.")


def _insert(session: Session, newcomers: Sequence[NewConstituent], within: ChangeSet) -> list[int]:
    made = _insert_constituents(session, newcomers, within)
    _insert_parts(session, list(zip(made, newcomers, strict=True)), within)
    return made


def _insert_constituents(session: Session, newcomers: Sequence[NewConstituent], within: ChangeSet) -> list[int]:
    ids, own, change = take_ids(session, Constituent, len(newcomers)), attrgetter(*OWN), within.id
    rows = ((key, change, *own(one), *derived_names(one).values()) for key, one in zip(ids, newcomers, strict=True))
    load(session, Constituent, ("id", "created_in", *OWN, *DERIVED), rows)
    return ids


def _insert_parts(session: Session, made: Sequence[tuple[int, NewConstituent]], within: ChangeSet) -> None:
    change = within.id
    for model, columns, parts in PARTS:
        rows = ((key, change, *part) for key, one in made for part in parts(one))
        load(session, model, ("constituent_id", "created_in", *columns), rows)
    add_words(session, (row for key, one in made for row in rows_of(key, known_of(one))))


def known_of(one: NewConstituent) -> Known:
    """What search will know a new constituent by."""
    return Known(
        names=(one.name, one.given_name, one.middle_name, one.family_name),
        given=one.given_name,
        nickname=one.nickname,
        emails=tuple(check.folded_email(each.address) for each in one.emails),
        phones=tuple(check.phone_digits(each.number) for each in one.phones),
        external_ids=tuple(value for _, value in one.external_ids),
    )


def _emails(one: NewConstituent) -> Iterator[tuple[Any, ...]]:
    for place, each in enumerate(one.emails):
        yield each.address, check.folded_email(each.address), each.label, place == 0


def _phones(one: NewConstituent) -> Iterator[tuple[Any, ...]]:
    for place, each in enumerate(one.phones):
        yield each.number, check.phone_digits(each.number), each.label, place == 0


def _addresses(one: NewConstituent) -> Iterator[tuple[Any, ...]]:
    for place, each in enumerate(one.addresses):
        yield each.street, each.city, each.region, each.postal_code, each.country, each.label, place == 0


def _external_ids(one: NewConstituent) -> Iterator[tuple[Any, ...]]:
    yield from one.external_ids


PARTS: tuple[tuple[type[Base], tuple[str, ...], Callable[[NewConstituent], Iterator[tuple[Any, ...]]]], ...] = (
    (EmailAddress, ("address", "folded", "label", "is_primary"), _emails),
    (Phone, ("number", "digits", "label", "is_primary"), _phones),
    (PostalAddress, ("street", "city", "region", "postal_code", "country", "label", "is_primary"), _addresses),
    (ExternalId, ("source", "value"), _external_ids),
)
"""The tables around a constituent, their columns, and what goes into them."""


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
