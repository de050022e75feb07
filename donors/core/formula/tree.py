"""The tree of a formula. All of it is frozen and compares by value.

A formula reckons in the units that people read: money in the currency's main unit (12.50), time in hours, dates as
days. What empty means, in SQL and in Python alike:

- in `+` and `-` an empty figure counts as nothing, so that a sum is never empty;
- in `*` and `/` an empty figure makes the result empty; so does dividing by zero;
- `min` and `max` pass over what is empty, `or_else(a, b)` takes b where a is empty;
- a comparison with what is empty does not hold; `is_empty(a)` asks.

Numbers are double precision. Two numbers that differ by less than half a millionth compare as equal, and `round` goes
half away from zero, so that sums of cents behave as on paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Type(StrEnum):
    """What an expression yields."""

    NUMBER = "number"
    DATE = "date"
    TRUTH = "yes or no"


@dataclass(frozen=True)
class Constant:
    """A number or a date that stands in the text."""

    value: float | date

    @property
    def type(self) -> Type:
        """A date or a number."""
        return Type.DATE if isinstance(self.value, date) else Type.NUMBER


@dataclass(frozen=True)
class Today:
    """The day on which the figures are computed."""

    type: Type = Type.DATE


@dataclass(frozen=True)
class Figure:
    """A field by its name."""

    name: str
    type: Type


@dataclass(frozen=True)
class Reckoning:
    """`+`, `-`, `*` or `/` of two numbers."""

    operator: str
    left: "Expression"
    right: "Expression"
    type: Type = Type.NUMBER


@dataclass(frozen=True)
class Comparison:
    """`=`, `<>`, `<`, `<=`, `>` or `>=` of two numbers or two dates."""

    operator: str
    left: "Expression"
    right: "Expression"
    type: Type = Type.TRUTH


@dataclass(frozen=True)
class Logic:
    """`and`, `or` (of two and more) or `not` (of one)."""

    word: str
    parts: tuple["Expression", ...]
    type: Type = Type.TRUTH


@dataclass(frozen=True)
class Call:
    """A function of the list in `parse`."""

    function: str
    arguments: tuple["Expression", ...]
    type: Type


Expression = Constant | Today | Figure | Reckoning | Comparison | Logic | Call


@dataclass(frozen=True)
class Formula:
    """An expression with the text that it was read from."""

    text: str
    root: Expression

    @property
    def type(self) -> Type:
        """What the whole yields."""
        return self.root.type


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """What an expression is made of, from left to right."""
    match expression:
        case Reckoning(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Logic(_, parts) | Call(_, parts, _):
            return parts
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all that it is made of."""
    yield expression
    for part in parts_of(expression):
        yield from walk(part)


def figures_used(formula: Formula) -> tuple[str, ...]:
    """The names of the fields that a formula asks for, each once."""
    return tuple(dict.fromkeys(part.name for part in walk(formula.root) if isinstance(part, Figure)))
