"""What people and files tell about a new constituent: frozen records, checked as a whole before anything is written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NewType, TypeVar

from donors.constituents import check
from donors.constituents.decide import sort_name, spaced
from donors.constituents.models import HOUSEHOLD, KINDS, PERSON
from donors.core.errors import Invalid
from donors.core.search_text import search_text

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Email:
    """An e-mail address with its label (home, work)."""

    address: str
    label: str = ""


@dataclass(frozen=True)
class PhoneNumber:
    """A telephone number with its label (mobile, work)."""

    number: str
    label: str = ""


@dataclass(frozen=True)
class Address:
    """A postal address. `country` is an ISO 3166 code, or an English name before it is checked."""

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    label: str = ""


@dataclass(frozen=True)
class NewConstituent:
    """A constituent to be created. A person has name parts, or only a whole `name` (from a file); others have `name`.

    The first of the e-mails, phones and addresses becomes the primary one. `external_ids` are (source, value).
    """

    kind: str = PERSON
    name: str = ""
    title: str = ""
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    suffix: str = ""
    nickname: str = ""
    formal_salutation: str = ""
    informal_salutation: str = ""
    addressee: str = ""
    born_on: date | None = None
    is_deceased: bool = False
    deceased_on: date | None = None
    is_anonymous: bool = False
    named_by_key: bool = False
    do_not_contact: bool = False
    confidential: bool = False
    note: str = ""
    emails: tuple[Email, ...] = ()
    phones: tuple[PhoneNumber, ...] = ()
    addresses: tuple[Address, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()


Sound = NewType("Sound", NewConstituent)
"""A record that `checked` has let through."""

LINES = (
    "title",
    "given_name",
    "middle_name",
    "family_name",
    "suffix",
    "nickname",
    "formal_salutation",
    "informal_salutation",
    "addressee",
)


def checked(given: NewConstituent) -> Sound:
    """The record as it is stored: clean text, composed name, no contact point twice. Raises Invalid."""
    check.one_of("kind", given.kind, KINDS)
    told = ((field, getattr(given, field)) for field in LINES)
    lines: dict[str, Any] = {field: check.line(field.replace("_", " "), text) for field, text in told if text}
    clean = _with(
        given,
        **lines,
        name=check.line("name", given.name),
        note=check.note("note", given.note),
        is_deceased=given.is_deceased or given.deceased_on is not None,
        emails=_once(map(checked_email, given.emails), key=lambda one: check.folded_email(one.address)),
        phones=_once(map(checked_phone, given.phones), key=lambda one: check.phone_digits(one.number)),
        addresses=tuple(dict.fromkeys(map(checked_address, given.addresses))),
        external_ids=tuple(dict.fromkeys(checked_external_id(*one) for one in given.external_ids)),
    )
    check_dates(clean.born_on, clean.deceased_on)
    return Sound(_with(clean, name=composed_name(clean)))


def _with(given: NewConstituent, **values: Any) -> NewConstituent:
    """The record with these values; itself where it has them already, as most have."""
    other = {name: value for name, value in values.items() if value != getattr(given, name)}
    return replace(given, **other) if other else given


def composed_name(given: NewConstituent) -> str:
    """The name that pages show: a person's parts when there are any. Raises Invalid when there is none at all.

    A suffix alone is no name: it never stands in for one that is known whole.
    """
    parts = spaced(given.given_name, given.family_name, given.suffix) if given.kind == PERSON else ""
    whole = given.name if not (given.given_name or given.family_name) else ""
    name = whole or parts or given.name or (given.nickname if given.kind == PERSON else "")
    if not name and given.kind == HOUSEHOLD:
        return "Household"
    if not name:
        wanted = "Give a given name, a family name or both." if given.kind == PERSON else "Give its name."
        raise Invalid("name", "", "is missing", wanted)
    return name


def derived_names(given: NewConstituent) -> dict[str, str]:
    """The columns that follow from the name: `sort_name` and `search_text`."""
    return {
        "sort_name": sort_name(
            family=given.family_name if given.kind == PERSON else "",
            given=given.given_name,
            middle=given.middle_name,
            whole=given.name,
        ),
        "search_text": search_text(given.name),
    }


def checked_email(given: Email) -> Email:
    """A sound e-mail. Raises Invalid."""
    return Email(check.email(given.address), check.line("label", given.label))


def checked_phone(given: PhoneNumber) -> PhoneNumber:
    """A sound telephone number. Raises Invalid."""
    return PhoneNumber(check.phone(given.number), check.line("label", given.label))


def checked_address(given: Address) -> Address:
    """A sound postal address: at least one line of it. Raises Invalid."""
    clean = Address(
        street=check.line("street", given.street),
        city=check.line("city", given.city),
        region=check.line("region", given.region),
        postal_code=check.line("postal code", given.postal_code, longest=20).upper(),
        country=check.country(given.country),
        label=check.line("label", given.label),
    )
    if not spaced(clean.street, clean.city, clean.region, clean.postal_code, clean.country):
        raise Invalid("address", "", "is empty", "Give a street or a city, or leave the address out.")
    return clean


def checked_external_id(source: str, value: str) -> tuple[str, str]:
    """A sound external id: both parts are needed. Raises Invalid."""
    clean = check.line("source", source), check.line("external id", value)
    if not all(clean):
        raise Invalid("external id", value, "needs a source and a value", "Name the system that the id comes from.")
    return clean


def check_dates(born_on: date | None, deceased_on: date | None) -> None:
    """Raises Invalid when somebody died before being born."""
    if born_on is not None and deceased_on is not None and deceased_on < born_on:
        raise Invalid("deceased on", deceased_on.isoformat(), "is before the day of birth", "Check both dates.")


def _once(items: Iterable[Kept], *, key: Callable[[Kept], str]) -> tuple[Kept, ...]:
    first: dict[str, Kept] = {}
    for item in items:
        first.setdefault(key(item), item)
    return tuple(first.values())
