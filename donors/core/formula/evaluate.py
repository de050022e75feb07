"""Formulas answered in plain Python, with the same answer that SQL gives, bit by bit."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from donors.core.db import day_number
from donors.core.fields import FieldSet, Kind
from donors.core.formula.tree import Call, Comparison, Constant, Expression, Figure, Formula, Logic, Reckoning, Today
from donors.core.money import exponent
from donors.core.rounding import EXACT, half_away

MILLIONTHS = 1e6


def value_of(
    formula: Formula, values: Mapping[str, Any], fields: FieldSet, *, on: date, currency: str
) -> float | bool | None:
    """What a formula yields for one row; a date as its day number, None where the result is empty.

    `values` by field name as the database keeps them: money in minor units of the currency, time in minutes. A missing
    name is empty.
    """
    found: float | bool | None = _Reckoner(values, fields, on, currency).value(formula.root)
    return found


def unit(kind: Kind, *, digits: int, currency: str) -> float:
    """How many stored units make one of those that a formula reckons in: 100 cents, 60 minutes."""
    if kind is Kind.MONEY:
        return 10.0 ** exponent(currency)
    return 60.0 if kind is Kind.MINUTES else 10.0**digits


def kept(value: float | None, kind: Kind, *, digits: int = 0, currency: str) -> int | None:
    """A result as a figure of this kind is stored: minor units, minutes, day numbers. Beyond 2^52 nothing is kept."""
    if value is None:
        return None
    whole = half_away(value * unit(kind, digits=digits, currency=currency))
    return int(whole) if abs(whole) < EXACT else None


class _Reckoner:
    def __init__(self, values: Mapping[str, Any], fields: FieldSet, on: date, currency: str) -> None:
        self._values = values
        self._fields = fields
        self._on = on
        self._currency = currency

    def value(self, expression: Expression) -> Any:
        match expression:
            case Constant() | Today() | Figure():
                return self._leaf(expression)
            case Reckoning(operator, left, right):
                return RECKONED[operator](self.value(left), self.value(right))
            case Comparison(operator, left, right):
                return _compared(operator, self.value(left), self.value(right))
            case Logic(word, parts):
                return LOGIC[word](bool(self.value(part)) for part in parts)
            case Call(function, arguments):
                return self._called(function, arguments)

    def _leaf(self, leaf: Constant | Today | Figure) -> float | bool | None:
        if isinstance(leaf, Figure):
            return self._figure(leaf.name)
        value = self._on if isinstance(leaf, Today) else leaf.value
        return float(day_number(value)) if isinstance(value, date) else value

    def _called(self, function: str, arguments: tuple[Expression, ...]) -> Any:
        if function == "if":
            condition, then, otherwise = arguments
            return self.value(then if self.value(condition) else otherwise)
        return CALLED[function](*(self.value(each) for each in arguments))

    def _figure(self, name: str) -> float | bool | None:
        field, value = self._fields.named(name), self._values.get(name)
        if field.kind is Kind.BOOLEAN:
            return bool(value)
        if value is None:
            return None
        if isinstance(value, date):
            return float(day_number(value))
        return float(value) / unit(field.kind, digits=field.digits, currency=self._currency)


def _quotient(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None or right == 0 else left / right


def _product(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left * right


RECKONED: Mapping[str, Callable[[float | None, float | None], float | None]] = {
    "+": lambda left, right: (left or 0.0) + (right or 0.0),
    "-": lambda left, right: (left or 0.0) - (right or 0.0),
    "*": _product,
    "/": _quotient,
}
LOGIC: Mapping[str, Callable[[Any], bool]] = {
    "and": all,
    "or": any,
    "not": lambda parts: not next(parts),
}
SIGNS: Mapping[str, Callable[[float], bool]] = {
    "=": lambda difference: difference == 0,
    "<>": lambda difference: difference != 0,
    "<": lambda difference: difference < 0,
    "<=": lambda difference: difference <= 0,
    ">": lambda difference: difference > 0,
    ">=": lambda difference: difference >= 0,
}


def _compared(operator: str, left: float | None, right: float | None) -> bool:
    return left is not None and right is not None and SIGNS[operator](half_away((left - right) * MILLIONTHS))


def _there(values: tuple[float | None, ...]) -> list[float]:
    return [value for value in values if value is not None]


def _rounded(value: float | None, digits: float = 0) -> float | None:
    scale = 10.0**digits
    return None if value is None else half_away(value * scale) / scale


CALLED: Mapping[str, Callable[..., Any]] = {
    "min": lambda *values: min(_there(values), default=None),
    "max": lambda *values: max(_there(values), default=None),
    "round": _rounded,
    "abs": lambda value: None if value is None else abs(value),
    "days": lambda start, end: None if start is None or end is None else end - start,
    "or_else": lambda value, other: other if value is None else value,
    "is_empty": lambda value: value is None,
}
