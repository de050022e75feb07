"""Formulas as SQL, for SQLite and PostgreSQL: double precision in the order in which the formula is written."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Double,
    Integer,
    and_,
    case,
    cast,
    false,
    func,
    label,
    literal,
    not_,
    or_,
    true,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement, coalesce

from donors.core.days_since import DaysSince
from donors.core.db import Day, day_number
from donors.core.fields import Field, FieldSet, Join, Kind, joins_of
from donors.core.formula.evaluate import MILLIONTHS, unit
from donors.core.formula.tree import (
    Call,
    Comparison,
    Constant,
    Expression,
    Figure,
    Formula,
    Logic,
    Reckoning,
    Today,
    figures_used,
)
from donors.core.rounding import EXACT, HalfAway

BEYOND = 1.5e308
"""Greater than whatever a formula can yield."""


class Extreme(FunctionElement[float]):
    """The least or the greatest of some numbers, passing over what is empty."""

    type = Double()
    inherit_cache = True


class Least(Extreme):
    """`min` of a formula."""

    name = "least"
    inherit_cache = True


class Greatest(Extreme):
    """`max` of a formula."""

    name = "greatest"
    inherit_cache = True


@compiles(Least)
@compiles(Greatest)
def _extreme(element: Extreme, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite's min and max of several are empty as soon as one is.
    name, bound = ("min", f"{BEYOND}") if isinstance(element, Least) else ("max", f"-{BEYOND}")
    values = ", ".join(f"coalesce({compiler.process(each, **options)}, {bound})" for each in element.clauses)
    return f"nullif({name}({values}), {bound})"


@compiles(Least, "postgresql")
@compiles(Greatest, "postgresql")
def _extreme_postgresql(element: Extreme, compiler: SQLCompiler, **options: Any) -> str:
    return f"{element.name}({compiler.process(element.clauses, **options)})"


def to_sql(
    formula: Formula, fields: FieldSet, *, on: date | ColumnElement[int], currency: str
) -> tuple[ColumnElement[Any], tuple[Join, ...]]:
    """The expression, and the joins that it needs from the subject's root.

    `on` is today, or a parameter that holds its day number. Raises Invalid when a field is no longer there.
    """
    used = [fields.named(name) for name in figures_used(formula)]
    day = literal(day_number(on), Integer) if isinstance(on, date) else on
    return _Compiler(fields, day, currency).sql(formula.root), joins_of(used)


def kept(expression: ColumnElement[float], kind: Kind, *, digits: int = 0, currency: str) -> ColumnElement[int]:
    """The SQL side of `evaluate.kept`."""
    whole = HalfAway(_reckoned("*", expression, _double(unit(kind, digits=digits, currency=currency))))
    return cast(case((func.abs(whole) < _double(EXACT), whole)), BigInteger)


def _double(value: float) -> ColumnElement[float]:
    return literal(value, Double)


class _Compiler:
    def __init__(self, fields: FieldSet, on: ColumnElement[int], currency: str) -> None:
        self._fields = fields
        self._on = on
        self._currency = currency

    def sql(self, expression: Expression) -> ColumnElement[Any]:
        match expression:
            case Constant() | Today() | Figure():
                return self._leaf(expression)
            case Reckoning(operator, left, right):
                return RECKONED[operator](self.sql(left), self.sql(right))
            case Comparison(operator, left, right):
                apart = _reckoned("-", self.sql(left), self.sql(right))
                difference = HalfAway(_reckoned("*", apart, _double(MILLIONTHS)))
                return coalesce(difference.op(operator, return_type=Boolean())(_double(0.0)), false())
            case Logic(word, parts):
                return LOGIC[word](*(self.sql(part) for part in parts))
            case Call(function, arguments):
                return CALLED[function](*(self.sql(each) for each in arguments))

    def _leaf(self, leaf: Constant | Today | Figure) -> ColumnElement[Any]:
        if isinstance(leaf, Figure):
            return self._figure(self._fields.named(leaf.name))
        if isinstance(leaf, Today):
            return cast(self._on, Double)
        return _double(float(day_number(leaf.value)) if isinstance(leaf.value, date) else leaf.value)

    def _figure(self, field: Field) -> ColumnElement[Any]:
        if field.kind is Kind.BOOLEAN:
            return coalesce(field.column, false()).is_(true())
        if field.kind is Kind.DATE:
            return cast(_days(field), Double)
        scale = unit(field.kind, digits=field.digits, currency=self._currency)
        return _reckoned("/", cast(field.column, Double), _double(scale))


def _days(field: Field) -> ColumnElement[Any]:
    """A date column as its day number."""
    column = label("day", field.column)
    return type_coerce(field.column, Integer) if isinstance(column.type, Day) else DaysSince(field.column)


def _nothing(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return coalesce(value, _double(0.0))


def _rounded(value: ColumnElement[Any], digits: BindParameter[float] | None = None) -> ColumnElement[Any]:
    if digits is None or digits.value is None:
        return HalfAway(value)
    scale = _double(10.0**digits.value)
    return _reckoned("/", HalfAway(_reckoned("*", value, scale)), scale)


def _reckoned(operator: str, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[Any]:
    """As `left.op` writes it: with all brackets, and no casts. SQLAlchemy's own operators would drop or add some."""
    return left.op(operator, return_type=Double())(right)


RECKONED: Mapping[str, Callable[[Any, Any], ColumnElement[Any]]] = {
    "+": lambda left, right: _reckoned("+", _nothing(left), _nothing(right)),
    "-": lambda left, right: _reckoned("-", _nothing(left), _nothing(right)),
    "*": lambda left, right: _reckoned("*", left, right),
    "/": lambda left, right: _reckoned("/", left, func.nullif(right, _double(0.0), type_=Double)),
}
LOGIC: Mapping[str, Callable[..., ColumnElement[Any]]] = {
    "and": and_,
    "or": or_,
    "not": lambda part: not_(part.self_group()),
}
CALLED: Mapping[str, Callable[..., ColumnElement[Any]]] = {
    "if": lambda condition, then, otherwise: case((condition, then), else_=otherwise),
    "min": Least,
    "max": Greatest,
    "round": _rounded,
    "abs": func.abs,
    "days": lambda start, end: _reckoned("-", end, start),
    "or_else": coalesce,
    "is_empty": lambda value: value.is_(None),
}
