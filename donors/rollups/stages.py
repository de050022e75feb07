"""The passes over the rows of an owner, each made only when a definition needs it.

The main pass stands in `flat`. `years` and `runs` go by years that are not labels of the rows, or by their order;
`ranks` sorts; `distinct` counts different values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, case, cast, func, select
from sqlalchemy.sql.functions import FunctionElement

from donors.core.calendar import FiscalCalendar
from donors.rollups.definition import FIRST_LISTED_YEAR, LAST_LISTED_YEAR, Definition, Operation, Returns
from donors.rollups.extent import Expression, big, number, word
from donors.rollups.frame import ALL_TIME, FISCAL, Frame, YearKind
from donors.rollups.pools import Pool, flagged, slug, this_year, within
from donors.rollups.years import year_of_day

YEAR_BITS = 12
LAST_LABEL = 2**YEAR_BITS - 1
MASK_YEARS = 61
RANKED = (Operation.NTH, Operation.MEDIAN, Operation.PERCENTILE)
"""Operations for which rows are sorted."""


@dataclass(frozen=True)
class Task:
    """A definition with the pool that it looks at."""

    one: Definition
    pool: Pool


def distinct(tasks: Iterable[Task], rows: Subquery) -> Select[tuple[int]]:
    """One row for each owner, with the number of different values of a column."""
    columns: dict[str, Expression] = {}
    for task in tasks:
        different = func.count(rows.c[task.one.field].distinct()).filter(task.pool.holds(rows))
        columns.setdefault(task.pool.named(f"distinct {task.one.field}"), different)
    return select(rows.c.owner_id, *labeled(columns)).group_by(rows.c.owner_id)


@dataclass(frozen=True)
class YearsKey:
    """Rows that are taken by years together: of one kind of years, one frame, one flag."""

    years: YearKind = FISCAL
    frame: Frame = ALL_TIME
    flag: str = ""

    def named(self, task: Task, part: str) -> str:
        """The name of the column that holds a part of what is found."""
        return slug(f"{task.one.source} by {self.years} {self.frame} {self.flag} {part}")


def years_key(task: Task) -> YearsKey:
    """The key of a yearly task."""
    return YearsKey(task.one.years, task.pool.frame, task.pool.flag)


def years(key: YearsKey, tasks: list[Task], rows: Subquery, fiscal: FiscalCalendar) -> Select[tuple[int]]:
    """One row for each owner: the best year, the number of years, the years as bits."""
    by_year = _by_year(key, rows, fiscal)
    ago = this_year(key.years) - by_year.c.year
    packed = by_year.c.total * number(2**YEAR_BITS) + (number(LAST_LABEL) - by_year.c.year)
    listed = by_year.c.year - number(FIRST_LISTED_YEAR)
    listed_years = by_year.c.year.between(number(FIRST_LISTED_YEAR), number(LAST_LISTED_YEAR))
    makers: dict[str, tuple[FunctionElement[int], ColumnElement[bool]]] = {
        "best": (func.max(packed), by_year.c.total > number(0)),
        "years": (func.count(), by_year.c.year.is_not(None)),
        "mask": (func.sum(bit(ago)), and_(ago >= number(0), ago <= number(MASK_YEARS))),
        "list": (func.sum(bit(listed)), listed_years),
    }
    columns: dict[str, Expression] = {}
    for task in tasks:
        if (part := year_part(task.one)) in makers:
            made, here = makers[part]
            found = made.filter(by_year.c.kind == word(task.one.source), here)
            columns.setdefault(key.named(task, part), big(found))
    return select(by_year.c.owner_id, *labeled(columns)).group_by(by_year.c.owner_id)


def year_part(one: Definition) -> str:
    """What a yearly definition needs of the pass by years."""
    if one.operation is Operation.YEARS and one.returns is Returns.YEARS:
        return "list"
    return {Operation.BEST_YEAR: "best", Operation.YEARS: "years", Operation.STREAK: "mask"}.get(one.operation, "run")


def runs(key: YearsKey, tasks: list[Task], rows: Subquery, fiscal: FiscalCalendar) -> Select[tuple[int]]:
    """One row for each owner: the length of the longest run of years."""
    by_year = _by_year(key, rows, fiscal)
    place = func.row_number().over(partition_by=(by_year.c.owner_id, by_year.c.kind), order_by=by_year.c.year)
    island = select(by_year.c.owner_id, by_year.c.kind, (by_year.c.year - place).label("island")).subquery()
    lengths = (
        select(island.c.owner_id, island.c.kind, func.count().label("length"))
        .group_by(island.c.owner_id, island.c.kind, island.c.island)
        .subquery()
    )
    columns = {
        key.named(task, "run"): func.max(lengths.c.length).filter(lengths.c.kind == word(task.one.source))
        for task in tasks
        if year_part(task.one) == "run"
    }
    return select(lengths.c.owner_id, *labeled(columns)).group_by(lengths.c.owner_id)


def _by_year(key: YearsKey, rows: Subquery, fiscal: FiscalCalendar) -> Subquery:
    year = rows.c.fiscal_year if key.years == FISCAL else year_of_day(rows.c.given_on, key.years.calendar(fiscal))
    return (
        select(rows.c.owner_id, rows.c.kind, year.label("year"), big(func.sum(rows.c.amount)).label("total"))
        .where(*within(rows, key.frame), *flagged(rows, key.flag))
        .group_by(rows.c.owner_id, rows.c.kind, year)
        .subquery()
    )


def bit(place: Expression) -> Expression:
    """The bit at a place."""
    return big(number(1)).bitwise_lshift(cast(place, Integer))


def labeled(columns: Mapping[str, Expression]) -> tuple[Expression, ...]:
    """Columns under their names."""
    return tuple(made.label(name) for name, made in columns.items())


def ranks(tasks: list[Task], rows: Subquery) -> Select[tuple[int]]:
    """One row for each owner: the n-th row, or the rows in the middle or at a percentage, by a sort of its rows."""
    orders: dict[str, Expression] = {}
    for task in tasks:
        here = case((task.pool.holds(rows), number(1)), else_=number(0))
        by_day = task.one.operation is Operation.NTH
        order = (rows.c.given_on if by_day else rows.c.amount, rows.c.row_id)
        over = func.row_number().over(partition_by=(rows.c.owner_id, here), order_by=order)
        orders.setdefault(_ranked(task, "rank"), over)
        orders.setdefault(_ranked(task, "size"), func.count().over(partition_by=(rows.c.owner_id, here)))
        orders.setdefault(_ranked(task, "here"), here)
    sorted_rows = select(*rows.c, *labeled(orders)).subquery()
    columns: dict[str, Expression] = {}
    for task in tasks:
        for name, made in _at_ranks(task, sorted_rows):
            columns.setdefault(name, made)
    return select(sorted_rows.c.owner_id, *labeled(columns)).group_by(sorted_rows.c.owner_id)


def _ranked(task: Task, part: str) -> str:
    return task.pool.named(f"{'nth' if task.one.operation is Operation.NTH else 'amount'} {part}")


def _at_ranks(task: Task, rows: Subquery) -> Iterable[tuple[str, Expression]]:
    rank, size = rows.c[_ranked(task, "rank")], rows.c[_ranked(task, "size")]
    here = rows.c[_ranked(task, "here")] == number(1)
    one = task.one
    if one.operation is Operation.NTH:
        wanted = {Returns.AMOUNT: rows.c.amount, Returns.DATE: rows.c.given_on, Returns.ROW: rows.c.row_id}
        yield rank_name(task), func.max(wanted[one.returns]).filter(here, rank == number(one.number))
    elif one.operation is Operation.PERCENTILE:
        place = (number(one.number) * size + number(99)) // number(100)
        yield rank_name(task), func.max(rows.c.amount).filter(here, rank == place)
    else:
        for part, beyond in (("low", 1), ("high", 2)):
            place = (size + number(beyond)) // number(2)
            yield rank_name(task, part), func.max(rows.c.amount).filter(here, rank == place)


def rank_name(task: Task, part: str = "") -> str:
    """The name of the column that holds what a sort found."""
    one = task.one
    return task.pool.named(f"{one.operation} {one.number or ''} {one.returns} {part}".strip())
