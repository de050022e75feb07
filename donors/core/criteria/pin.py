"""Criteria with their relative dates pinned to days, so that they mean the same whenever they are asked."""

from dataclasses import replace
from datetime import date
from typing import cast

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.periods import Period, Span, span
from donors.core.criteria.tree import All, AnyOf, Compare, Criteria, Not, Operator, comparisons


def is_relative(criteria: Criteria) -> bool:
    """Whether time alone can change what the criteria hold for."""
    return any(_periods(compare) for compare in comparisons(criteria))


def pin(criteria: Criteria, *, on: date, fiscal: FiscalCalendar) -> Criteria:
    """The same conditions as seen on a day: every period is replaced by the days that it stands for."""
    match criteria:
        case All(parts):
            return All(tuple(pin(part, on=on, fiscal=fiscal) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(pin(part, on=on, fiscal=fiscal) for part in parts))
        case Not(part):
            return Not(pin(part, on=on, fiscal=fiscal))
        case Compare() if _periods(criteria):
            values = criteria.value if isinstance(criteria.value, tuple) else (criteria.value,)
            return _pinned(criteria, [span(cast(date | Period, each), on=on, fiscal=fiscal) for each in values])
    return criteria


def _periods(compare: Compare) -> bool:
    values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
    return any(isinstance(each, Period) for each in values)


def _pinned(compare: Compare, spans: list[Span]) -> Criteria:
    match compare.operator:
        case Operator.LESS | Operator.AT_LEAST:
            return replace(compare, value=spans[0].first)
        case Operator.GREATER | Operator.AT_MOST:
            return replace(compare, value=spans[0].last)
        case Operator.BETWEEN:
            return replace(compare, value=(spans[0].first, spans[1].last))
    within = AnyOf(tuple(Compare(compare.field, Operator.BETWEEN, (each.first, each.last)) for each in spans))
    return Not(within) if compare.operator in (Operator.NOT_EQUALS, Operator.NONE_OF) else within
