"""Criteria as SQL, for SQLite and PostgreSQL. No part of the result is ever NULL, so NOT and OR are safe around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, and_, exists, false, literal, not_, or_, true
from sqlalchemy.sql.functions import coalesce

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.periods import Period, span
from donors.core.criteria.tree import All, AnyOf, Compare, Criteria, Not, Operator, fields_used
from donors.core.fields import Field, FieldSet, Join, Kind, joins_of
from donors.core.folding import Folded, fold

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class _Today:
    on: date
    fiscal: FiscalCalendar


def to_sql(
    criteria: Criteria, fields: FieldSet, *, on: date, fiscal: FiscalCalendar
) -> tuple[Condition, tuple[Join, ...]]:
    """The condition for WHERE, and the joins that it needs from the subject's root (`fields.joined`).

    `on` is today for relative dates. Raises Invalid when the tree names a field that there is not.
    """
    used = [fields.named(name) for name in fields_used(criteria)]
    return _condition(criteria, fields, _Today(on, fiscal)), joins_of(used)


def _condition(criteria: Criteria, fields: FieldSet, today: _Today) -> Condition:
    match criteria:
        case All(parts):
            return and_(true(), *(_condition(part, fields, today) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(_condition(part, fields, today) for part in parts))
        case Not(part):
            return not_(_condition(part, fields, today).self_group())
        case Compare():
            return _comparison(fields.named(criteria.field), criteria, today)


def _comparison(field: Field, compare: Compare, today: _Today) -> Condition:
    if compare.operator in NEGATIVES:
        positive = Compare(compare.field, NEGATIVES[compare.operator], compare.value)
        return not_(_comparison(field, positive, today).self_group())
    if compare.operator is Operator.IS_EMPTY:
        return _empty(field)
    return _positive(field, compare, today)


def _positive(field: Field, compare: Compare, today: _Today) -> Condition:
    if field.kind is Kind.SET:
        return _in_set(field, compare)
    if field.kind is Kind.BOOLEAN:
        return cast(Condition, coalesce(field.column, false()).is_(true() if compare.value else false()))
    if field.kind is Kind.DATE:
        return and_(field.column.is_not(None), _in_time(field.column, compare, today))
    if field.kind is Kind.TEXT:
        return and_(field.column.is_not(None), field.column != "", _in_text(Folded(field.column), compare))
    return and_(field.column.is_not(None), ORDERS[compare.operator](field.column, _bound(field, compare.value)))


NEGATIVES: Mapping[Operator, Operator] = {
    Operator.NOT_EQUALS: Operator.EQUALS,
    Operator.DOES_NOT_CONTAIN: Operator.CONTAINS,
    Operator.NONE_OF: Operator.ANY_OF,
    Operator.IS_NOT_EMPTY: Operator.IS_EMPTY,
}
"""Each negative is exactly what its positive is not, for empty values too."""


def _empty(field: Field) -> Condition:
    if field.kind is Kind.SET:
        return not_(_has_member(field))
    if field.kind is Kind.TEXT:
        return or_(field.column.is_(None), and_(field.column.is_not(None), field.column == ""))
    return field.column.is_(None)


def _bound(field: Field, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_bound(field, item) for item in value]
    return value if field.kind is Kind.CHOICE else literal(value, BigInteger)


ORDERS: Mapping[Operator, Callable[[SQLColumnExpression[Any], Any], Condition]] = {
    Operator.EQUALS: lambda column, value: column == value,
    Operator.LESS: lambda column, value: column < value,
    Operator.AT_MOST: lambda column, value: column <= value,
    Operator.GREATER: lambda column, value: column > value,
    Operator.AT_LEAST: lambda column, value: column >= value,
    Operator.BETWEEN: lambda column, value: and_(column >= value[0], column <= value[1]),
    Operator.ANY_OF: lambda column, value: column.in_(value),
}


def _in_set(field: Field, compare: Compare) -> Condition:
    wanted = cast(tuple[Any, ...], compare.value)
    if compare.operator is Operator.ALL_OF:
        return and_(true(), *(_has_member(field, field.column == value) for value in wanted))
    return _has_member(field, field.column.in_(wanted))


def _has_member(field: Field, *which: Condition) -> Condition:
    members = cast(Join, field.members)
    return exists().select_from(members.target).where(members.on, *which)


def _in_text(folded: Folded, compare: Compare) -> Condition:
    if isinstance(compare.value, tuple):
        return folded.in_([fold(str(item)) for item in compare.value])
    wanted = fold(str(compare.value))
    if compare.operator is Operator.CONTAINS:
        return folded.contains(wanted, autoescape=True)
    if compare.operator is Operator.STARTS_WITH:
        return folded.startswith(wanted, autoescape=True)
    return folded == wanted


def _in_time(column: SQLColumnExpression[Any], compare: Compare, today: _Today) -> Condition:
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    spans = [span(cast(date | Period, value), on=today.on, fiscal=today.fiscal) for value in values]
    first, last = spans[0].first, spans[-1].last
    match compare.operator:
        case Operator.LESS:
            return column < first
        case Operator.AT_MOST:
            return column <= last
        case Operator.GREATER:
            return column > last
        case Operator.AT_LEAST:
            return column >= first
        case Operator.BETWEEN:
            return and_(column >= first, column <= last)
        case _:
            return or_(*(and_(column >= each.first, column <= each.last) for each in spans))
