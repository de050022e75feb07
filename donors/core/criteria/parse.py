"""The stored form of criteria, as JSON holds it, read and written.

    {"all": [{"field": "lifetime_total", "operator": "at least", "value": "1000.00"},
             {"any": [{"field": "last_gift_on", "operator": "equals", "value": "last fiscal year"},
                      {"not": {"field": "city", "operator": "is empty"}}]}]}

Values are written as CSV writes them (`Field.plain`: decimal money and hours, ISO dates), relative dates in words,
`between` and the lists as arrays. Read is also what people type: "1,000", "yes", a number where text is meant.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from donors.core.criteria.periods import Period, read_period
from donors.core.criteria.tree import (
    OPERATORS,
    WITH_LIST,
    WITHOUT_VALUE,
    All,
    AnyOf,
    Compare,
    Criteria,
    Not,
    Operator,
    Scalar,
    Value,
    comparisons,
)
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet, Kind
from donors.core.settings import Organization
from donors.core.values import read_value

DEEPEST = 10
LARGEST_TREE = 200
LONGEST_LIST = 500
MOST_VALUES = 5000
"""Bounds that keep every tree within what both databases compile."""


def from_json(data: object, fields: FieldSet, organization: Organization) -> Criteria:
    """The tree of a stored or posted form. Nothing at all ({} or None) means everything.

    Raises Invalid, naming the field, the operator, the value and the remedy.
    """
    found = All() if data is None or data == {} else _read(data, fields, organization, depth=0)
    all_of_it = list(comparisons(found))
    values = sum(len(each.value) if isinstance(each.value, tuple) else 1 for each in all_of_it)
    if len(all_of_it) > LARGEST_TREE or values > MOST_VALUES:
        raise Invalid("criteria", "", "has too many conditions", f"Use at most {LARGEST_TREE}, with shorter lists.")
    return found


def _read(data: object, fields: FieldSet, organization: Organization, *, depth: int) -> Criteria:
    if depth > DEEPEST:
        raise Invalid("criteria", "", f"is nested deeper than {DEEPEST} groups", "Flatten it.")
    match data:
        case {"all": list(parts), **rest} if not rest:
            return All(tuple(_read(part, fields, organization, depth=depth + 1) for part in parts))
        case {"any": [_, *_] as parts, **rest} if not rest:
            return AnyOf(tuple(_read(part, fields, organization, depth=depth + 1) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(_read(part, fields, organization, depth=depth + 1))
        case {"field": name, "operator": operator, **rest} if not rest.keys() - {"value"}:
            return compare(fields.named(name), operator, rest.get("value"), organization)
    remedy = "Use all, any (with at least one part), not, or field with operator and value."
    raise Invalid("criteria", str(data)[:80], "is not a condition", remedy)


def compare(field: Field, operator: object, raw: object, organization: Organization) -> Compare:
    """One comparison out of what a form or a file gives. Raises Invalid."""
    known = OPERATORS[field.kind]
    chosen = next((each for each in known if each == operator), None)
    if chosen is None:
        shown = ", ".join(known)
        raise Invalid(field.label, operator, "is not an operator for this field", f"Use one of: {shown}.")
    try:
        return Compare(field.name, chosen, _value(field, chosen, raw, organization))
    except Invalid as fault:
        raise Invalid(f"{field.label} {chosen}", fault.value, fault.problem, fault.remedy) from fault


def _value(field: Field, operator: Operator, raw: object, organization: Organization) -> Value:
    if operator in WITHOUT_VALUE:
        return None
    if operator in WITH_LIST:
        return _several(field, raw, organization)
    if operator is not Operator.BETWEEN:
        return _scalar(field, raw, organization)
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Invalid(field.label, str(raw)[:80], "is not a pair", "Give the lowest and the highest value.")
    return (_scalar(field, raw[0], organization), _scalar(field, raw[1], organization))


def _several(field: Field, raw: object, organization: Organization) -> tuple[Scalar, ...]:
    items = raw.split(";") if isinstance(raw, str) else raw
    if not isinstance(items, Iterable) or isinstance(items, dict):
        raise Invalid(field.label, str(raw)[:80], "is not a list", "Separate the values with semicolons.")
    given = [item.strip() if isinstance(item, str) else item for item in items]
    found = tuple(dict.fromkeys(_scalar(field, item, organization) for item in given if item != ""))
    if not 1 <= len(found) <= LONGEST_LIST:
        raise Invalid(field.label, "", f"has {len(found)} values", f"Give 1 to {LONGEST_LIST}.")
    return found


def _scalar(field: Field, raw: object, organization: Organization) -> Scalar:
    if field.kind is Kind.DATE and isinstance(raw, str):
        period = read_period(raw)
        if period is not None:
            return period
    value: Scalar = read_value(field, raw, currency=organization.currency)
    return value


def to_json(criteria: Criteria, fields: FieldSet, organization: Organization) -> dict[str, Any]:
    """The stored form of a tree: `from_json` of it is the tree again. Raises Invalid for unknown fields."""
    match criteria:
        case All(parts):
            return {"all": [to_json(part, fields, organization) for part in parts]}
        case AnyOf(parts):
            return {"any": [to_json(part, fields, organization) for part in parts]}
        case Not(part):
            return {"not": to_json(part, fields, organization)}
        case Compare(name, operator, value):
            written = {"field": name, "operator": str(operator)}
            if operator in WITHOUT_VALUE:
                return written
            return {**written, "value": _written(fields.named(name), value, organization)}


def _written(field: Field, value: Value, organization: Organization) -> Any:
    if isinstance(value, tuple):
        return [_written(field, item, organization) for item in value]
    if isinstance(value, Period):
        return str(value)
    if isinstance(value, date) or field.kind in (Kind.MONEY, Kind.MINUTES) or field.digits:
        return field.plain(value, organization)
    return value
