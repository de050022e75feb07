"""Formulas among the definitions: read, put in order, and computed over the figures that they name."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, literal_column, select, true, type_coerce

from donors.core.db import Day
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet, Kind
from donors.core.formula.compile import kept, to_sql
from donors.core.formula.parse import parse
from donors.core.formula.tree import Formula, Today, Type, figures_used, walk
from donors.rollups.definition import Definition, Source, ValueKind
from donors.rollups.wanted import Wanted

KINDS = {
    ValueKind.MONEY: Kind.MONEY,
    ValueKind.COUNT: Kind.NUMBER,
    ValueKind.DATE: Kind.DATE,
    ValueKind.MINUTES: Kind.MINUTES,
    ValueKind.YEAR: Kind.NUMBER,
    ValueKind.GIFT: Kind.ID,
    ValueKind.YEARS: Kind.ID,
    ValueKind.PERCENT: Kind.NUMBER,
    ValueKind.NUMBER: Kind.NUMBER,
}
"""How a figure is compared, written and read as a field."""
FORMULA_KINDS = (ValueKind.MONEY, ValueKind.NUMBER, ValueKind.MINUTES, ValueKind.DATE)
"""What a formula can be kept as."""
DEEPEST = 5
"""Formulas may name formulas, so many steps deep."""


def digits_of(one: Definition) -> int:
    """The decimals of a figure that is a number."""
    return {ValueKind.PERCENT: 1, ValueKind.NUMBER: one.number}.get(one.value_kind, 0)


def figure_field(one: Definition, column: SQLColumnExpression[Any]) -> Field:
    """A figure as a field that formulas can name."""
    typed = type_coerce(column, Day() if one.value_kind is ValueKind.DATE else BigInteger())
    return Field(one.key, one.label, KINDS[one.value_kind], "constituent", typed, digits=digits_of(one))


def figure_fields(known: Iterable[Definition]) -> FieldSet:
    """The figures that a formula can name, without columns to compute them from."""
    return FieldSet("constituent", (figure_field(one, literal_column("NULL")) for one in known))


def read_formula(one: Definition, known: Iterable[Definition]) -> Formula:
    """The formula of a definition over the other figures. Raises Invalid (InvalidFormula, with the place)."""
    formula = parse(one.formula, figure_fields(other for other in known if other.key != one.key))
    wanted = Type.DATE if one.value_kind is ValueKind.DATE else Type.NUMBER
    if formula.type is not wanted:
        raise Invalid("Formula", one.formula, f"yields a {formula.type}, not a {wanted}", "Choose how it is kept.")
    return formula


def asks_for_today(one: Definition, known: Iterable[Definition]) -> bool:
    """Whether a formula yields something else every day."""
    if one.source is not Source.FORMULA:
        return False
    return any(isinstance(part, Today) for part in walk(read_formula(one, known).root))


def with_parts(some: Iterable[Definition], known: Iterable[Definition]) -> tuple[Definition, ...]:
    """These definitions with all figures that their formulas name, in the order of all that are known."""
    everything = tuple(known)
    by_key = {one.key: one for one in everything}
    found: set[str] = set()
    waiting = [one.key for one in some]
    while waiting:
        one = by_key[waiting.pop()]
        if one.key not in found:
            found.add(one.key)
            waiting += figures_used(read_formula(one, everything)) if one.source is Source.FORMULA else ()
    return tuple(one for one in everything if one.key in found)


def reckoned_from(known: Iterable[Definition], key: str) -> tuple[Definition, ...]:
    """The figure with this key and the formulas that name it, however many steps away, with all that they need."""
    everything = tuple(known)
    reached = {key}
    for step in in_order(everything):
        reached |= {one.key for one in step if reached.intersection(figures_used(read_formula(one, everything)))}
    return with_parts((one for one in everything if one.key in reached), everything)


@lru_cache(maxsize=64)
def made_of(known: tuple[Definition, ...], sources: frozenset[Source]) -> tuple[Definition, ...]:
    """The figures of these sources and the formulas that name them, however many steps away, with all they need."""
    reached = {one.key for one in known if one.source in sources}
    for step in in_order(known):
        reached |= {one.key for one in step if reached.intersection(figures_used(read_formula(one, known)))}
    return with_parts((one for one in known if one.key in reached), known)


def in_order(known: Iterable[Definition]) -> list[list[Definition]]:
    """The formulas in steps: each names only figures and formulas of earlier steps. Raises Invalid for circles."""
    chosen = tuple(known)
    done = {one.key for one in chosen if one.source is not Source.FORMULA}
    waiting = {one.key: (one, figures_used(read_formula(one, chosen))) for one in chosen if one.key not in done}
    steps: list[list[Definition]] = []
    while waiting:
        step = [one for one, names in waiting.values() if done.issuperset(names)]
        if not step or len(steps) == DEEPEST:
            names = ", ".join(sorted(waiting))
            raise Invalid(
                "Formula", names, f"name each other in a circle, or more than {DEEPEST} deep", "Take one out."
            )
        steps.append(step)
        done |= {one.key for one in step}
        waiting = {key: value for key, value in waiting.items() if key not in done}
    return steps


def with_formulas(found: Any, wanted: Wanted, *, on: ColumnElement[int], tag: str) -> Select[Any]:
    """The select of figures with the formulas beside them, and all columns in the order of the definitions."""
    steps = in_order(wanted.definitions)
    if not steps:
        return found  # type: ignore[no-any-return]  # a select, of whatever columns
    for place, step in enumerate(steps):
        below = found.subquery(f"figures{tag}_{place}")
        fields = FieldSet(
            "constituent", (figure_field(one, below.c[one.key]) for one in wanted.definitions if one.key in below.c)
        )
        made = (_column(one, fields, wanted, on).label(one.key) for one in step)
        found = select(*below.c, *made)
    whole = found.subquery(f"figures{tag}")
    columns = (whole.c[one.key] for one in wanted.definitions)
    return select(next(iter(whole.c)), *columns).where(true())  # without it SQLite misreads what follows


def _column(one: Definition, fields: FieldSet, wanted: Wanted, on: ColumnElement[int]) -> ColumnElement[int]:
    formula = parse(one.formula, fields)
    expression, _ = to_sql(formula, fields, on=on, currency=wanted.currency)
    return kept(expression, KINDS[one.value_kind], digits=digits_of(one), currency=wanted.currency)
