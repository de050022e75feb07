"""The product's criteria for a condition of a case: read from the stored form, answered for one row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import literal

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.evaluate import holds
from donors.core.criteria.parse import from_json
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet, Kind, Option
from donors.core.settings import Organization
from donors.core.values import read_value
from tests.peer_cases.cases import REFUSED, Answer, day
from tests.peer_cases.filter_model import Rule, Then, day_or_none, listed, period

KINDS = {
    "text": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "boolean": Kind.BOOLEAN,
    "id": Kind.ID,
    "set": Kind.SET,
}
OPERATORS = {
    "equals": "equals",
    "not_equals": "not equals",
    "greater": "greater",
    "less": "less",
    "greater_or_equal": "at least",
    "less_or_equal": "at most",
    "starts_with": "starts with",
    "contains": "contains",
    "does_not_contain": "does not contain",
    "in_list": "any of",
    "not_in_list": "none of",
    "is_included": "any of",
    "is_not_included": "none of",
}
EMPTY = {"equals": "is empty", "not_equals": "is not empty"}
DIGITS = 6
Conditions = Sequence[tuple[Rule | None, Any]]


class Row:
    """One row with a field for each condition."""

    def __init__(self, rules: Conditions) -> None:
        self._rules = rules
        self._ids: dict[str, int] = {}

    def meets(self, then: Then) -> Answer:
        """Whether it meets all conditions; REFUSED when the criteria cannot be saved."""
        settings = Organization(
            fiscal_start_month=then.fiscal.start_month, fiscal_named_for_end=then.fiscal.named_for_end
        )
        fields = FieldSet("row", [self._field(f"field{place}", rule) for place, (rule, _) in self._known()])
        told = {"all": [self._told(f"field{place}", rule) for place, (rule, _) in enumerate(self._rules)]}
        try:
            tree = from_json(told, fields, settings)
        except Invalid:
            return REFUSED
        values = {f"field{place}": self._value(fields[f"field{place}"], value) for place, (_, value) in self._known()}
        return holds(tree, values, fields, on=then.on, fiscal=FiscalCalendar(*_years(then)))

    def _known(self) -> list[tuple[int, tuple[Rule, Any]]]:
        return [(place, (rule, value)) for place, (rule, value) in enumerate(self._rules) if rule is not None]

    def _field(self, name: str, rule: Rule) -> Field:
        options: tuple[Option, ...] = ()
        if rule.kind == "set":
            options = tuple(Option(word, word) for word in sorted(self._members()))
        digits = DIGITS if rule.kind == "number" else 0
        return Field(name, name, KINDS[rule.kind], "row", literal(None), options=options, digits=digits)

    def _told(self, name: str, rule: Rule | None) -> Mapping[str, Any]:
        """The stored form. Nothing to compare with is the question whether the field is empty."""
        if rule is None:
            return {"field": name, "operator": "equals", "value": "1"}
        if rule.constant in (None, "") and rule.operator in EMPTY and rule.kind != "boolean":
            return {"field": name, "operator": EMPTY[rule.operator]}
        if rule.kind == "set" and rule.operator in EMPTY:
            return self._just(name, rule)
        return {"field": name, "operator": OPERATORS[rule.operator], "value": self._constant(rule)}

    def _members(self) -> set[str]:
        return {word.lower() for rule, value in self._rules if rule for word in (*_words(rule), *listed(value or ""))}

    def _just(self, name: str, rule: Rule) -> Mapping[str, Any]:
        """A set that has these members and no others."""
        parts = [{"field": name, "operator": "all of", "value": _words(rule)}]
        if others := sorted(self._members() - set(_words(rule))):
            parts.append({"field": name, "operator": "none of", "value": others})
        return {"all": parts} if rule.operator == "equals" else {"not": {"all": parts}}

    def _constant(self, rule: Rule) -> Any:
        several = rule.operator in ("in_list", "not_in_list", "is_included", "is_not_included")
        if rule.constant in (None, ""):
            return rule.constant
        if rule.kind == "set":
            return _words(rule)
        made = [self._single(rule, item) for item in (listed(rule.constant) if several else [rule.constant])]
        return made if several else made[0]

    def _single(self, rule: Rule, item: Any) -> Any:
        if rule.kind == "id":
            return self._id(item)
        if rule.kind == "date":
            exact = day_or_none(item)
            return exact.isoformat() if exact else _words_of_period(str(item))
        return item

    def _id(self, word: Any) -> int:
        return self._ids.setdefault(str(word).lower(), len(self._ids) + 1)

    def _value(self, field: Field, value: Any) -> Any:
        if value in (None, ""):
            return None
        match field.kind:
            case Kind.ID:
                return self._id(value)
            case Kind.SET:
                return {word.lower() for word in listed(value)}
            case Kind.DATE:
                return day(value)
        return read_value(field, value, currency="USD")


def _years(then: Then) -> tuple[int, bool]:
    return then.fiscal.start_month, then.fiscal.named_for_end


def _words(rule: Rule) -> list[str]:
    return [word.lower() for word in listed(rule.constant)] if rule.kind == "set" and rule.constant else []


def _words_of_period(constant: str) -> str:
    unit, shift = period(constant)
    if unit == "day":
        return {0: "today", -1: "yesterday", 1: "tomorrow"}.get(shift, f"{-shift} days ago")
    near = {0: f"this {unit}", -1: f"last {unit}", 1: f"next {unit}"}
    return near.get(shift, f"{-shift} {unit}s ago" if shift < 0 else f"in {shift} {unit}s")
