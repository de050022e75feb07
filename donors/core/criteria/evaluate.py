"""Criteria answered in plain Python, with the same answer that SQL gives."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.periods import Period, Span, span
from donors.core.criteria.tree import All, AnyOf, Compare, Criteria, Not, Operator
from donors.core.fields import FieldSet, Kind
from donors.core.folding import fold


def holds(criteria: Criteria, values: Mapping[str, Any], fields: FieldSet, *, on: date, fiscal: FiscalCalendar) -> bool:
    """Whether a row with these values meets the criteria. Values by field name; a missing name is empty.

    Money and minutes are integers as in the database, a set is a collection of its members. Raises Invalid when the
    tree names a field that there is not.
    """
    match criteria:
        case All(parts):
            return all(holds(part, values, fields, on=on, fiscal=fiscal) for part in parts)
        case AnyOf(parts):
            return any(holds(part, values, fields, on=on, fiscal=fiscal) for part in parts)
        case Not(part):
            return not holds(part, values, fields, on=on, fiscal=fiscal)
        case Compare(name, operator, wanted):
            kind = fields.named(name).kind
            if kind is Kind.DATE:
                wanted = _each(wanted, lambda each: span(cast(date | Period, each), on=on, fiscal=fiscal))
            return _compare(kind, operator, values.get(name), wanted)


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(change(item) for item in value)
    return None if value is None else change(value)


def _compare(kind: Kind, operator: Operator, value: Any, wanted: Any) -> bool:
    if kind is Kind.BOOLEAN:
        return (bool(value) == bool(wanted)) is (operator is Operator.EQUALS)
    empty = value is None or (kind in (Kind.TEXT, Kind.SET) and not value)
    if operator in ON_EMPTY and (empty or operator in (Operator.IS_EMPTY, Operator.IS_NOT_EMPTY)):
        return ON_EMPTY[operator] is empty
    if empty:
        return False
    if kind is Kind.SET:
        return SETS[operator](set(value), set(wanted))
    if kind is Kind.TEXT:
        return TEXTS[operator](fold(value), _each(wanted, lambda item: fold(str(item))))
    return ORDERS[operator](value, wanted if kind is Kind.DATE else _each(wanted, lambda item: Span(item, item)))


ON_EMPTY: Mapping[Operator, bool] = {
    Operator.IS_EMPTY: True,
    Operator.IS_NOT_EMPTY: False,
    Operator.NOT_EQUALS: True,
    Operator.DOES_NOT_CONTAIN: True,
    Operator.NONE_OF: True,
}
"""What the operators that say something about empty values answer there; all others answer no."""

SETS: Mapping[Operator, Callable[[set[Any], set[Any]], bool]] = {
    Operator.ANY_OF: lambda members, wanted: not members.isdisjoint(wanted),
    Operator.ALL_OF: lambda members, wanted: members >= wanted,
    Operator.NONE_OF: lambda members, wanted: members.isdisjoint(wanted),
}

TEXTS: Mapping[Operator, Callable[[str, Any], bool]] = {
    Operator.EQUALS: lambda value, wanted: value == wanted,
    Operator.NOT_EQUALS: lambda value, wanted: value != wanted,
    Operator.ANY_OF: lambda value, wanted: value in wanted,
    Operator.NONE_OF: lambda value, wanted: value not in wanted,
    Operator.CONTAINS: lambda value, wanted: wanted in value,
    Operator.DOES_NOT_CONTAIN: lambda value, wanted: wanted not in value,
    Operator.STARTS_WITH: lambda value, wanted: value.startswith(wanted),
}


def _within(value: Any, period: Any) -> bool:
    return bool(period.first <= value <= period.last)


ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUALS: _within,
    Operator.NOT_EQUALS: lambda value, wanted: not _within(value, wanted),
    Operator.ANY_OF: lambda value, wanted: any(_within(value, each) for each in wanted),
    Operator.NONE_OF: lambda value, wanted: not any(_within(value, each) for each in wanted),
    Operator.LESS: lambda value, wanted: bool(value < wanted.first),
    Operator.AT_MOST: lambda value, wanted: bool(value <= wanted.last),
    Operator.GREATER: lambda value, wanted: bool(value > wanted.last),
    Operator.AT_LEAST: lambda value, wanted: bool(value >= wanted.first),
    Operator.BETWEEN: lambda value, wanted: bool(wanted[0].first <= value <= wanted[1].last),
}
