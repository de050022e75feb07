"""What the fields of a mail template hold for a constituent: facts that parts have registered, written as people do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.models import Constituent
from donors.constituents.queries import salutations_of
from donors.core.fields import REGISTRY, Field, Kind, joined, joins_of
from donors.core.hours import to_hours
from donors.core.money import to_decimal
from donors.core.settings import Organization
from donors.mail.language import UNSUBSCRIBE

SUBJECT = "constituent"
KINDS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.MINUTES, Kind.DATE, Kind.CHOICE})
KEPT_IN_THE_HOUSE = frozenset({"note", "deceased_on", "external_id", "created_on", "kind"})
"""Facts that are nobody's business outside, whatever a template says."""
OF_MOVES = "pipeline.read"
OF_STAFF = frozenset({"officer", "officer_email"})


@dataclass(frozen=True)
class Offered:
    """A field that templates may name: its name, label, and heading; `help` says what it holds."""

    name: str
    label: str
    heading: str
    help: str = ""


OWN = (
    Offered("dear", "Name for a friendly address", "Salutation", "Dear Ann; a household’s members together."),
    Offered("dear_formal", "Name for a formal address", "Salutation", "Dear Mrs. Berg."),
    Offered("organization", "Name of the organization", "Here"),
    Offered("today", "The day of the mail", "Here"),
    Offered(UNSUBSCRIBE, "Unsubscribe link", "Here", "Where somebody says that they want no more mail."),
)
HEADINGS = {"": "Constituent", "giving.read": "Giving", "volunteering.read": "Volunteering", "levels.read": "Levels"}


def offered(session: Session) -> dict[str, Offered]:
    """All fields that templates may name, by name: our own first."""
    known = {one.name: one for one in OWN}
    for field in _fields(session).values():
        heading = field.group or HEADINGS.get(field.permission, "Officer")
        known.setdefault(field.name, Offered(field.name, field.label, heading, field.help))
    return known


def _fields(session: Session) -> dict[str, Field]:
    return {field.name: field for field in REGISTRY.fields(session, SUBJECT).values() if _is_open(field)}


def _is_open(field: Field) -> bool:
    if field.kind not in KINDS or field.name in KEPT_IN_THE_HOUSE or field.members is not None:
        return False
    return field.permission != OF_MOVES or field.name in OF_STAFF


def values_of(
    session: Session, constituent_id: int, names: Iterable[str], *, here: Organization, on: date
) -> dict[str, str]:
    """What these fields hold for a constituent, in the organization's words; an empty one is "". One statement.

    Names that are not offered fall away.
    """
    wanted = set(names)
    found = {"organization": here.name, "today": _day(on, here)}
    if wanted & {"dear", "dear_formal"}:
        spoken = salutations_of(session, session.get_one(Constituent, constituent_id), sees=EVERYTHING)
        found |= {"dear": spoken.informal, "dear_formal": spoken.formal}
    others = wanted - set(found) - {UNSUBSCRIBE}
    fields = [field for name, field in _fields(session).items() if name in others] if others else []
    if fields:
        columns: list[Any] = [field.column.label(f"field_{number}") for number, field in enumerate(fields)]
        statement = joined(select(*columns).select_from(Constituent), joins_of(fields))
        row = session.execute(statement.where(Constituent.id == constituent_id)).first() or [None] * len(fields)
        found |= {field.name: written(field, value, here) for field, value in zip(fields, row, strict=True)}
    return {name: value for name, value in found.items() if name in wanted}


def written(field: Field, value: Any, here: Organization) -> str:
    """A value as a letter says it: $1,200.00, March 6, 2026, 4.5, the word of a choice; "" for none."""
    return "" if value is None else WRITTEN[field.kind](field, value, here)


def _day(value: date, here: Organization) -> str:
    return str(format_date(value, format="long", locale=here.locale))


def _number(field: Field, value: int, here: Organization) -> str:
    return str(format_decimal(Decimal(value).scaleb(-field.digits), locale=here.locale))


WRITTEN: Mapping[Kind, Callable[[Field, Any, Organization], str]] = {
    Kind.TEXT: lambda _field, value, _here: str(value),
    Kind.NUMBER: _number,
    Kind.MONEY: lambda _field, value, here: str(
        format_currency(to_decimal(value, here.currency), here.currency, locale=here.locale)
    ),
    Kind.MINUTES: lambda _field, value, here: str(format_decimal(to_hours(value), locale=here.locale)),
    Kind.DATE: lambda _field, value, here: _day(value, here),
    Kind.CHOICE: lambda field, value, _here: option.label if (option := field.option(value)) else str(value),
}
