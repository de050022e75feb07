"""Fields: what lists, criteria, imports and exports can name, registered by the parts that own them.

A field belongs to a subject (`constituent`, `gift` …), whose root table every query of that subject starts from. It is
a column, or an expression over columns, with the joins that lead there from the root. `app.py` wires the parts' fields;
fields that are rows themselves (rollup definitions, custom fields) come from providers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, SQLColumnExpression
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import AliasedClass

from donors.core.errors import Invalid
from donors.core.folding import Folded
from donors.core.hours import to_hours
from donors.core.money import to_decimal
from donors.core.settings import Organization


class Kind(StrEnum):
    """What sort of value a field holds, and so how it is compared, written and read.

    `number` is an integer in units of ten to the minus `digits`; `money` minor units of the organization's currency;
    `minutes` integer minutes; `choice` a code out of the field's options; `id` the id of a row; `set` some codes out of
    the options, in rows of their own.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MINUTES = "minutes"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    ID = "id"
    SET = "set"


@dataclass(frozen=True)
class Option:
    """One value that a choice may take, with the word that people see. Retired ones stay: stored criteria name them."""

    value: str | int
    label: str
    active: bool = True


@dataclass(frozen=True, eq=False)
class Join:
    """A left outer join from a subject's root, at most one row on the far side (any number for members of a set).

    Name it once (module level) and give the same object to all fields that need it: each is joined once.
    """

    target: FromClause | AliasedClass[Any] | type[Any]
    on: ColumnElement[bool]


@dataclass(frozen=True, eq=False)
class Field:
    """One nameable fact about a subject. `joins` in the order in which they must be made.

    A `set` has its members in rows on the far side of `members`; `column` is their code. Criteria can ask for it, lists
    cannot show or sort by it.

    `order` is what sorts instead of the column (a normalized, indexed name); `permission` is what a viewer needs
    to see the field or to ask by it (empty: nothing beyond the subject itself); `group` is the heading under which
    it is offered (empty: that of all which take the same permission).
    """

    name: str
    label: str
    kind: Kind
    subject: str
    column: SQLColumnExpression[Any]
    joins: tuple[Join, ...] = ()
    help: str = ""
    options: tuple[Option, ...] = ()
    digits: int = 0
    order: SQLColumnExpression[Any] | None = None
    permission: str = ""
    members: Join | None = None
    group: str = ""

    @property
    def sort_key(self) -> SQLColumnExpression[Any]:
        """What a list sorts by."""
        if self.order is not None:
            return self.order
        return Folded(self.column) if self.kind is Kind.TEXT else self.column

    def plain(self, value: Any, organization: Organization) -> str | None:
        """A value as CSV and JSON carry it: decimal money and hours, ISO dates, yes or no, the code of a choice."""
        return None if value is None else PLAIN[self.kind](self, value, organization)

    def option(self, value: object) -> Option | None:
        """The option with this value."""
        return next((option for option in self.options if option.value == value), None)


def _number(field: Field, value: Any, _organization: Organization) -> str:
    if not field.digits:
        return str(value)
    sign, digits = "-" if value < 0 else "", str(abs(value)).rjust(field.digits + 1, "0")
    return f"{sign}{digits[: -field.digits]}.{digits[-field.digits :]}"


PLAIN: Mapping[Kind, Callable[[Field, Any, Organization], str]] = {
    Kind.TEXT: lambda _field, value, _organization: str(value),
    Kind.NUMBER: _number,
    Kind.MONEY: lambda _field, value, organization: f"{to_decimal(value, organization.currency):f}",
    Kind.MINUTES: lambda _field, value, _organization: f"{to_hours(value):f}",
    Kind.DATE: lambda _field, value, _organization: str(value.isoformat()),
    Kind.BOOLEAN: lambda _field, value, _organization: "yes" if value else "no",
    Kind.CHOICE: lambda _field, value, _organization: str(value),
    Kind.ID: lambda _field, value, _organization: str(value),
    Kind.SET: lambda _field, value, _organization: str(value),
}

Provider = Callable[[Session], Iterable[Field]]
"""Reads the fields of one subject that are rows."""


class FieldSet(Mapping[str, Field]):
    """The fields of one subject at one moment, by name, in the order of registration."""

    def __init__(self, subject: str, fields: Iterable[Field]) -> None:
        self.subject = subject
        self._fields = {field.name: field for field in fields}

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def named(self, name: object) -> Field:
        """The field with this name. Raises Invalid."""
        found = self._fields.get(name) if isinstance(name, str) else None
        if found is None:
            raise Invalid("field", name, f"is not a field of a {self.subject}", "Choose one of the listed fields.")
        return found

    def seen_with(self, permissions: Iterable[str]) -> "FieldSet":
        """Those that a viewer with these permissions may see and ask by."""
        held = {"", *permissions}
        return FieldSet(self.subject, (field for field in self._fields.values() if field.permission in held))


class FieldRegistry:
    """Where parts put their fields. One per program (`REGISTRY`), wired by `app.py`; tests make their own."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[str, Field]] = {}
        self._providers: dict[str, list[Provider]] = {}

    def add(self, *fields: Field) -> None:
        """Registers fields. The same object again changes nothing; another one of the same name is a mistake."""
        for field in fields:
            known = self._fields.setdefault(field.subject, {})
            if known.setdefault(field.name, field) is not field:
                raise ValueError(f"two fields of {field.subject} are named {field.name}")

    def provide(self, subject: str, provider: Provider) -> None:
        """Registers a source of fields that are rows; it is asked anew each time. Once is enough."""
        known = self._providers.setdefault(subject, [])
        if provider not in known:
            known.append(provider)

    def fields(self, session: Session, subject: str) -> FieldSet:
        """All fields of a subject: registered ones first, then those of the providers, which cannot replace them."""
        provided = (field for provider in self._providers.get(subject, ()) for field in provider(session))
        fixed = self._fields.get(subject, {})
        return FieldSet(subject, [*fixed.values(), *(field for field in provided if field.name not in fixed)])


REGISTRY = FieldRegistry()
"""The program's registry."""


def joins_of(fields: Iterable[Field]) -> tuple[Join, ...]:
    """The joins that some fields need, each once, in an order in which they can be made."""
    return tuple(dict.fromkeys(join for field in fields for join in field.joins))


def joined(statement: Select[Any], joins: Iterable[Join]) -> Select[Any]:
    """The statement with these joins made, each once. Its FROM must start at the subject's root."""
    for join in dict.fromkeys(joins):
        statement = statement.outerjoin(join.target, join.on)
    return statement
