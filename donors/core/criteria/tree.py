"""The condition tree. All of it is frozen and compares by value.

What empty means, in SQL and in Python alike. A value is empty when it is NULL (text also when it is of no length).
Every comparison has a yes or no answer for it, so that NOT always turns one into the other:

- `is empty` holds and `is not empty` does not;
- `equals`, `contains`, `starts with`, `any of`, `between` and the orders do not hold: zero and empty are different;
- the negatives `not equals`, `does not contain`, `none of` hold: what is empty is not that value;
- a yes-or-no field that was never answered counts as no;
- a set is empty when it has no members; `any of`, `all of` and `none of` ask which members it has.

There is no comparison with an empty constant: parsing asks for `is empty` instead. `All` of nothing holds for every
row, `AnyOf` nothing for none. Text compares without regard to case and with its accents (`core/folding.py`); choices
and ids compare exactly. Dates compare with whole periods: see `periods`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from donors.core.criteria.periods import Period
from donors.core.fields import Kind


class Operator(StrEnum):
    """How a field is compared with a value."""

    EQUALS = "equals"
    NOT_EQUALS = "not equals"
    LESS = "less"
    AT_MOST = "at most"
    GREATER = "greater"
    AT_LEAST = "at least"
    BETWEEN = "between"
    IS_EMPTY = "is empty"
    IS_NOT_EMPTY = "is not empty"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does not contain"
    STARTS_WITH = "starts with"
    ANY_OF = "any of"
    ALL_OF = "all of"
    NONE_OF = "none of"


WITHOUT_VALUE = frozenset({Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
WITH_LIST = frozenset({Operator.ANY_OF, Operator.ALL_OF, Operator.NONE_OF})
_SAME = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.ANY_OF, Operator.NONE_OF)
_EMPTY = (Operator.IS_EMPTY, Operator.IS_NOT_EMPTY)
_ORDER = (Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST, Operator.BETWEEN)
_INSIDE = (Operator.CONTAINS, Operator.DOES_NOT_CONTAIN, Operator.STARTS_WITH)

OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (*_SAME, *_INSIDE, *_EMPTY),
    Kind.NUMBER: (*_SAME, *_ORDER, *_EMPTY),
    Kind.MONEY: (*_SAME, *_ORDER, *_EMPTY),
    Kind.MINUTES: (*_SAME, *_ORDER, *_EMPTY),
    Kind.DATE: (*_SAME, *_ORDER, *_EMPTY),
    Kind.BOOLEAN: (Operator.EQUALS, Operator.NOT_EQUALS),
    Kind.CHOICE: (*_SAME, *_EMPTY),
    Kind.ID: (*_SAME, *_EMPTY),
    Kind.SET: (Operator.ANY_OF, Operator.ALL_OF, Operator.NONE_OF, *_EMPTY),
}
"""Which operators a kind of field takes, in the order in which a builder offers them."""

Scalar = str | int | bool | date | Period
Value = Scalar | tuple[Scalar, ...] | None
"""What a field is compared with: nothing for `is empty`, two values for `between`, some for the lists, else one."""


@dataclass(frozen=True)
class All:
    """Holds when all of its parts hold."""

    parts: tuple["Criteria", ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """Holds when at least one of its parts holds."""

    parts: tuple["Criteria", ...]


@dataclass(frozen=True)
class Not:
    """Holds when its part does not."""

    part: "Criteria"


@dataclass(frozen=True)
class Compare:
    """One comparison. `field` is a field's name; money and minutes are compared in minor units and minutes."""

    field: str
    operator: Operator
    value: Value = None


Criteria = All | AnyOf | Not | Compare
EVERYTHING = All()


def comparisons(criteria: Criteria) -> Iterator[Compare]:
    """All comparisons of a tree, from left to right."""
    match criteria:
        case Compare():
            yield criteria
        case Not(part):
            yield from comparisons(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons(part)


def fields_used(criteria: Criteria) -> tuple[str, ...]:
    """The names of the fields that a tree asks about, each once."""
    return tuple(dict.fromkeys(compare.field for compare in comparisons(criteria)))
