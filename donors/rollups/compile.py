"""Many definitions as one statement, the same text for SQLite and PostgreSQL.

Three passes over the rows of an owner, each made only when a definition needs it: `flat` adds up and finds the first,
last, largest and smallest; `years` goes by fiscal year; `chosen` returns to the rows that were found. First and last
are packed (day and row id in one integer), so that ties fall by order of creation without a sort.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.sql.functions import FunctionElement, coalesce

from donors.constituents.models import Constituent
from donors.rollups.definition import YEARLY, Definition, Frame, Operation, Returns, Source, Span
from donors.rollups.models import rollup_value
from donors.rollups.rows import ON, THIS_YEAR, Extent, Scope, big, credit_rows, number, of_form, shift_rows, word

ID_BITS = 46
DAY_BITS = 17
EPOCH_OFFSET = 2 ** (DAY_BITS - 1)
YEAR_BITS = 12
LAST_LABEL = 2**YEAR_BITS - 1
MASK_YEARS = 61

Expression = ColumnElement[Any]
Found = dict[str, Expression]


@dataclass(frozen=True)
class _Group:
    """The definitions of one kind of rows, over the stages that they need."""

    flat: CTE
    years: Subquery | None
    chosen: Subquery | None

    def figure(self, one: Definition) -> Expression:
        """The expression of a definition. Without any row of its source it is empty; zero means rows, but none here."""
        stages = [stage for stage in (self.flat, self.years, self.chosen) if stage is not None]
        found: Found = {name: column for stage in stages for name, column in stage.c.items()}
        given = coalesce(found[_name(one.source, Frame(), "count")], number(0)) > number(0)
        return _FIGURES[one.operation](one, found, given)

    def joined_to(self, base: FromClause) -> FromClause:
        """The base with these stages joined to it."""
        for stage in (self.flat, self.years, self.chosen):
            if stage is not None:
                base = base.outerjoin(stage, stage.c.owner_id == Constituent.id)
        return base


def figures(definitions: Sequence[Definition], extent: Extent) -> Any:
    """A select of `constituent_id` and one column for each definition, named by its key.

    Binds: `on`, `year`, and those of the extent. Covers constituents with any row, or with stored figures.
    """
    groups = _groups(definitions, extent)
    base: FromClause = Constituent.__table__
    columns: dict[str, Expression] = {}
    for sources, group in groups:
        base = group.joined_to(base)
        columns |= {one.key: group.figure(one) for one in definitions if one.source in sources}
    stored = select(rollup_value.c.constituent_id).where(rollup_value.c.constituent_id == Constituent.id).exists()
    known = or_(*(group.flat.c.owner_id.is_not(None) for _, group in groups), stored)
    return (
        select(Constituent.id.label("constituent_id"), *(columns[one.key].label(one.key) for one in definitions))
        .select_from(base)
        .where(extent.holds(Constituent.id), of_form(extent), known)
    )


def _groups(definitions: Sequence[Definition], extent: Extent) -> list[tuple[set[Source], _Group]]:
    kinds = (("gift", {Source.HARD, Source.SOFT}, credit_rows), ("shift", {Source.SHIFTS}, shift_rows))
    groups = []
    for name, sources, rows in kinds:
        own = [one for one in definitions if one.source in sources]
        if own:
            everybody = rows(replace(extent, scope=Scope.ALL)) if extent.seeks else None
            groups.append((sources, _group(own, rows(extent), everybody, f"{name}{extent.tag}")))
    return groups


def _group(definitions: list[Definition], rows: Subquery, everybody: Subquery | None, name: str) -> _Group:
    flat = _flat(definitions, rows).cte(f"{name}_flat")
    yearly = [one for one in definitions if one.operation in YEARLY]
    chosen = [one for one in definitions if _needs_row(one)]
    return _Group(
        flat=flat,
        years=_years({one.source for one in yearly}, rows).subquery(f"{name}_years") if yearly else None,
        chosen=_chosen(chosen, rows, everybody, flat).subquery(f"{name}_chosen") if chosen else None,
    )


def _needs_row(one: Definition) -> bool:
    if one.operation in (Operation.LARGEST, Operation.SMALLEST):
        return one.returns is not Returns.AMOUNT
    return one.operation in (Operation.FIRST, Operation.LAST) and one.returns is Returns.AMOUNT


def _name(source: Source, frame: Frame, what: str) -> str:
    return f"{source} {frame} {what}".replace(" ", "_").replace("-", "")


def _counts(rows: Subquery, source: Source, frame: Frame) -> ColumnElement[bool]:
    mine = rows.c.kind == word(source)
    match frame.span:
        case Span.ALL_TIME:
            return mine
        case Span.FISCAL_YEAR:
            return and_(mine, rows.c.fiscal_year == THIS_YEAR - number(frame.number))
        case Span.LAST_DAYS:
            return and_(mine, rows.c.given_on >= ON - number(frame.number), rows.c.given_on <= ON)


def _flat(definitions: Iterable[Definition], rows: Subquery) -> Select[Any]:
    packed = big(rows.c.given_on) * number(2**ID_BITS) + rows.c.row_id
    makers = {
        "count": func.count(),
        "total": func.sum(rows.c.amount),
        "largest": func.max(rows.c.amount),
        "smallest": func.min(rows.c.amount),
        "first": func.min(packed),
        "last": func.max(packed),
    }
    columns: dict[str, Expression] = {}
    for one in definitions:
        wanted = [(Frame(), "count"), *((one.frame, part) for part in _PARTS[one.operation])]
        for frame, part in wanted:
            made = makers[part].filter(_counts(rows, one.source, frame))
            columns.setdefault(_name(one.source, frame, part), big(made) if part == "total" else made)
    return select(rows.c.owner_id, *(made.label(name) for name, made in columns.items())).group_by(rows.c.owner_id)


def _years(sources: set[Source], rows: Subquery) -> Select[Any]:
    by_year = (
        select(rows.c.owner_id, rows.c.kind, rows.c.fiscal_year, big(func.sum(rows.c.amount)).label("total"))
        .group_by(rows.c.owner_id, rows.c.kind, rows.c.fiscal_year)
        .subquery()
    )
    ago = THIS_YEAR - by_year.c.fiscal_year
    bit = big(number(1)).bitwise_lshift(cast(ago, Integer))
    within = and_(ago >= number(0), ago <= number(MASK_YEARS))
    packed = by_year.c.total * number(2**YEAR_BITS) + (number(LAST_LABEL) - by_year.c.fiscal_year)
    columns: list[Expression] = []
    for source in sorted(sources):
        mine = by_year.c.kind == word(source)
        columns += [
            func.max(packed).filter(mine, by_year.c.total > number(0)).label(f"{source}_best"),
            func.count().filter(mine).label(f"{source}_years"),
            big(func.sum(bit).filter(mine, within)).label(f"{source}_mask"),
        ]
    return select(by_year.c.owner_id, *columns).group_by(by_year.c.owner_id)


def _chosen(definitions: Iterable[Definition], rows: Subquery, everybody: Subquery | None, flat: CTE) -> Select[Any]:
    """The rows that were found, by a join with all rows of the owners, or one owner at a time among everybody's."""
    among = rows if everybody is None else everybody
    columns: dict[str, Expression] = {}
    for one in definitions:
        name = _name(one.source, one.frame, f"{one.operation} row")
        if name not in columns:
            made, here = _pick(one, among, flat)
            columns[name] = made.filter(here) if everybody is None else _sought(made, here, among, flat)
    picked = select(flat.c.owner_id, *(big(made).label(name) for name, made in columns.items()))
    if everybody is not None:
        return picked
    return picked.select_from(flat.outerjoin(rows, rows.c.owner_id == flat.c.owner_id)).group_by(flat.c.owner_id)


def _pick(one: Definition, rows: Subquery, flat: CTE) -> tuple[FunctionElement[Any], ColumnElement[bool]]:
    """What to take of the rows of an owner, and of which: id and day of the largest, the amount of the first."""
    found = flat.c[_name(one.source, one.frame, one.operation.value)]
    here = _counts(rows, one.source, one.frame)
    if one.operation in (Operation.FIRST, Operation.LAST):
        return func.sum(rows.c.amount), and_(here, rows.c.row_id == _row_of_day(found))
    packed = big(rows.c.row_id) * number(2**DAY_BITS) + (rows.c.given_on + number(EPOCH_OFFSET))
    pick = func.max if one.operation is Operation.LARGEST else func.min
    return pick(packed), and_(here, rows.c.amount == found)


def _sought(made: Expression, here: ColumnElement[bool], rows: Subquery, flat: CTE) -> Expression:
    own = select(made).select_from(rows).where(rows.c.owner_id == flat.c.owner_id, here)
    return own.correlate(flat).scalar_subquery()


def _row_of_day(packed: Expression) -> Expression:
    return packed.bitwise_and(number(2**ID_BITS - 1))


def _total(one: Definition, found: Found, given: Expression) -> Expression:
    kept = coalesce(found[_name(one.source, one.frame, one.operation.value)], number(0))
    return case((given, kept), else_=null())


def _average(one: Definition, found: Found, _given: Expression) -> Expression:
    total, count = (found[_name(one.source, one.frame, part)] for part in ("total", "count"))
    up = (number(2) * total + count) // (number(2) * count)
    down = -((count - number(2) * total) // (number(2) * count))
    return case((count > number(0), case((total >= number(0), up), else_=down)), else_=null())


def _extreme(one: Definition, found: Found, _given: Expression) -> Expression:
    if one.returns is Returns.AMOUNT:
        return found[_name(one.source, one.frame, one.operation.value)]
    packed = found[_name(one.source, one.frame, f"{one.operation} row")]
    if one.returns is Returns.DATE:
        return packed.bitwise_and(number(2**DAY_BITS - 1)) - number(EPOCH_OFFSET)
    return packed.bitwise_rshift(cast(number(DAY_BITS), Integer))


def _by_day(one: Definition, found: Found, _given: Expression) -> Expression:
    if one.returns is Returns.AMOUNT:
        return found[_name(one.source, one.frame, f"{one.operation} row")]
    packed = found[_name(one.source, one.frame, one.operation.value)]
    return packed.bitwise_rshift(cast(number(ID_BITS), Integer)) if one.returns is Returns.DATE else _row_of_day(packed)


def _best_year(one: Definition, found: Found, given: Expression) -> Expression:
    best = found[f"{one.source}_best"]
    if one.returns is Returns.YEAR:
        return number(LAST_LABEL) - best.bitwise_and(number(LAST_LABEL))
    kept = coalesce(best.bitwise_rshift(cast(number(YEAR_BITS), Integer)), number(0))
    return case((given, kept), else_=null())


def _year_count(one: Definition, found: Found, given: Expression) -> Expression:
    return case((given, found[f"{one.source}_years"]), else_=null())


def _streak(one: Definition, found: Found, given: Expression) -> Expression:
    """Trailing ones of the years' mask, after a year of grace: the lowest zero is two to the power of the streak."""
    mask = coalesce(found[f"{one.source}_mask"], number(0))
    one_bit = cast(number(1), Integer)
    graced = case((mask.bitwise_and(number(1)) == number(1), mask), else_=mask.bitwise_rshift(one_bit))
    lowest_zero = (number(-1) - graced).bitwise_and(graced + number(1))
    lengths = {number(2**length): number(length) for length in range(MASK_YEARS + 1)}
    length = case(lengths, value=lowest_zero, else_=number(MASK_YEARS + 1))
    return case((given, length), else_=null())


_PARTS: dict[Operation, tuple[str, ...]] = {
    Operation.TOTAL: ("total",),
    Operation.COUNT: ("count",),
    Operation.AVERAGE: ("total", "count"),
    Operation.LARGEST: ("largest",),
    Operation.SMALLEST: ("smallest",),
    Operation.FIRST: ("first",),
    Operation.LAST: ("last",),
    Operation.BEST_YEAR: (),
    Operation.YEARS: (),
    Operation.STREAK: (),
}
_FIGURES = {
    Operation.TOTAL: _total,
    Operation.COUNT: _total,
    Operation.AVERAGE: _average,
    Operation.LARGEST: _extreme,
    Operation.SMALLEST: _extreme,
    Operation.FIRST: _by_day,
    Operation.LAST: _by_day,
    Operation.BEST_YEAR: _best_year,
    Operation.YEARS: _year_count,
    Operation.STREAK: _streak,
}
