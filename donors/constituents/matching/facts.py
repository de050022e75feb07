"""What matching knows of one constituent: comparable values, made from what is stored or from what somebody typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from donors.constituents.matching.normalize import (
    TAX_LIKE,
    Dialled,
    city_key,
    day_key,
    domain_key,
    email_key,
    family_key,
    generation_of,
    given_key,
    organization_key,
    postal_key,
    street_parts,
)
from donors.constituents.models import PERSON
from donors.constituents.records import Address, NewConstituent

EMAILS, PHONES, IDS, ADDRESSES = 3, 3, 2, 3
"""How many of each are compared; the primary ones come first."""


class Place(NamedTuple):
    """An address as it is compared; empty text is not known."""

    number: str = ""
    street: str = ""
    postal: str = ""
    city: str = ""


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Facts:
    """A constituent as it is compared; `id` is 0 for somebody who is not stored yet.

    `name` is that of an organization or a household, `domain` the host of its own addresses; a person has neither.
    `born` is a day as eight digits; `generation` 1 for senior, 2 for junior; 0 is not known. `tax_ids` carry their
    source. `places` are told apart, and say something.
    """

    id: int
    kind: str
    given: str = ""
    family: str = ""
    born: int = 0
    generation: int = 0
    name: str = ""
    domain: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    tax_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A constituent as it is stored or typed, before anything is made comparable."""

    id: int
    kind: str
    name: str
    given_name: str = ""
    family_name: str = ""
    suffix: str = ""
    born_on: date | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()


def facts_of(told: Told, dialled: Dialled) -> Facts:
    """The comparable values of a constituent."""
    emails = tuple(filter(None, map(email_key, told.emails[:EMAILS])))
    phones = tuple(filter(None, map(dialled.key, told.phones[:PHONES])))
    places = dict.fromkeys(map(_place, told.addresses[:ADDRESSES]))
    given, family = _person(told) if told.kind == PERSON else ("", "")
    return Facts(
        id=told.id,
        kind=told.kind,
        given=given,
        family=family,
        born=day_key(told.born_on),
        generation=generation_of(told.suffix) if told.suffix else 0,
        name="" if told.kind == PERSON else organization_key(told.name),
        domain="" if told.kind == PERSON else next(filter(None, map(domain_key, emails)), ""),
        emails=emails,
        phones=phones,
        places=tuple(one for one in places if one != NOWHERE),
        tax_ids=tax_ids(told.external_ids),
    )


def _place(address: Address) -> Place:
    number, street = street_parts(address.street) if address.street else ("", "")
    postal = postal_key(address.postal_code, address.country) if address.postal_code else ""
    return Place(number, street, postal, city_key(address.city))


def _person(told: Told) -> tuple[str, str]:
    """Given and family name; of a name in one piece, its first and its last word."""
    if told.given_name or told.family_name:
        return given_key(told.given_name), family_key(told.family_name)
    first, _, last = told.name.strip().rpartition(" ")
    return given_key(first), family_key(last)


def tax_ids(external_ids: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Ids that a state gives once, with their source."""
    found = (
        f"{source.lower()}:{value.strip().lower()}" for source, value in external_ids if TAX_LIKE.search(source.lower())
    )
    return tuple(found)[:IDS]


def told_of(newcomer: NewConstituent, id_: int = 0) -> Told:
    """A record that somebody typed or a file brought."""
    return Told(
        id=id_,
        kind=newcomer.kind,
        name=newcomer.name,
        given_name=newcomer.given_name,
        family_name=newcomer.family_name,
        suffix=newcomer.suffix,
        born_on=newcomer.born_on,
        emails=tuple(one.address for one in newcomer.emails),
        phones=tuple(one.number for one in newcomer.phones),
        addresses=newcomer.addresses,
        external_ids=newcomer.external_ids,
    )
