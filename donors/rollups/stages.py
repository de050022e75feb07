"""The passes over the rows of an owner, each made only when a definition needs it.

`flat` adds up and finds the first, last, largest and smallest; `years` goes by years; `ranks` sorts; `chosen` returns
to the rows that were found. First and last are packed (day and row id in one integer), so that ties fall by order of
creation without a sort.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, Integer, Select, Subquery, and_, case, cast, func, select
from sqlalchemy.sql.functions import FunctionElement

from donors.core.calendar import FiscalCalendar
from donors.rollups.definition import FIRST_LISTED_YEAR, LAST_LISTED_YEAR, Definition, Operation, Returns
from donors.rollups.extent import Expression, big, number, word
from donors.rollups.frame import ALL_TIME, FISCAL, Frame, YearKind
from donors.rollups.pools import Pool, flagged, slug, this_year, within
from donors.rollups.years import year_of_day

ID_BITS = 46
DAY_BITS = 17
EPOCH_OFFSET = 2 ** (DAY_BITS - 1)
YEAR_BITS = 12
LAST_LABEL = 2**YEAR_BITS - 1
MASK_YEARS = 61
RANKED = (Operation.NTH, Operation.MEDIAN, Operation.PERCENTILE)
"""Operations for which rows are sorted."""

PARTS: dict[Operation, tuple[str, ...]] = {
    Operation.TOTAL: ("total",),
    Operation.COUNT: ("count",),
    Operation.AVERAGE: ("total", "count"),
    Operation.LARGEST: ("largest",),
    Operation.SMALLEST: ("smallest",),
    Operation.FIRST: ("first",),
    Operation.LAST: ("last",),
    Operation.DAYS_SINCE: ("last",),
    Operation.CHANGE: ("total",),
}
"""What an operation needs of the first pass; those that are not here need nothing but the count."""


@dataclass(frozen=True)
class Task:
    """A definition with the pool that it looks at."""

    one: Definition
    pool: Pool


def flat(tasks: Iterable[Task], rows: Subquery) -> Select[tuple[int]]:
    """One row for each owner, with every part that the tasks need."""
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
    for task in tasks:
        for pool, part in _needed(task):
            counted = part.removeprefix("distinct ")
            maker = makers[part] if part in makers else func.count(rows.c[counted].distinct())
            made = maker.filter(pool.holds(rows))
            columns.setdefault(pool.named(part), big(made) if part == "total" else made)
    return select(rows.c.owner_id, *_labeled(columns)).group_by(rows.c.owner_id)


def _needed(task: Task) -> Iterable[tuple[Pool, str]]:
    one, pool = task.one, task.pool
    yield Pool(pool.source), "count"
    for part in PARTS.get(one.operation, ()):
        yield pool, part
    if one.operation is Operation.DISTINCT:
        yield pool, f"distinct {one.field}"
    if one.operation is Operation.CHANGE:
        yield Pool(pool.source, pool.frame, pool.flag, before=True), "total"


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
        "mask": (func.sum(_bit(ago)), and_(ago >= number(0), ago <= number(MASK_YEARS))),
        "list": (func.sum(_bit(listed)), listed_years),
    }
    columns: dict[str, Expression] = {}
    for task in tasks:
        if (part := year_part(task.one)) in makers:
            made, here = makers[part]
            found = made.filter(by_year.c.kind == word(task.one.source), here)
            columns.setdefault(key.named(task, part), big(found))
    return select(by_year.c.owner_id, *_labeled(columns)).group_by(by_year.c.owner_id)


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
    return select(lengths.c.owner_id, *_labeled(columns)).group_by(lengths.c.owner_id)


def _by_year(key: YearsKey, rows: Subquery, fiscal: FiscalCalendar) -> Subquery:
    year = rows.c.fiscal_year if key.years == FISCAL else year_of_day(rows.c.given_on, key.years.calendar(fiscal))
    return (
        select(rows.c.owner_id, rows.c.kind, year.label("year"), big(func.sum(rows.c.amount)).label("total"))
        .where(*within(rows, key.frame), *flagged(rows, key.flag))
        .group_by(rows.c.owner_id, rows.c.kind, year)
        .subquery()
    )


def _bit(place: Expression) -> Expression:
    return big(number(1)).bitwise_lshift(cast(place, Integer))


def _labeled(columns: Mapping[str, Expression]) -> tuple[Expression, ...]:
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
    sorted_rows = select(*rows.c, *_labeled(orders)).subquery()
    columns: dict[str, Expression] = {}
    for task in tasks:
        for name, made in _at_ranks(task, sorted_rows):
            columns.setdefault(name, made)
    return select(sorted_rows.c.owner_id, *_labeled(columns)).group_by(sorted_rows.c.owner_id)


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


def needs_row(one: Definition) -> bool:
    """Whether the row that was found must be read again for what the definition keeps of it."""
    if one.operation in (Operation.LARGEST, Operation.SMALLEST):
        return one.returns is not Returns.AMOUNT
    return one.operation in (Operation.FIRST, Operation.LAST) and one.returns is Returns.AMOUNT


def chosen(tasks: list[Task], rows: Subquery, everybody: Subquery | None, found: CTE) -> Select[tuple[int]]:
    """The rows that were found, by a join with all rows of the owners, or one owner at a time among everybody's."""
    among = rows if everybody is None else everybody
    columns: dict[str, Expression] = {}
    for task in tasks:
        name = task.pool.named(f"{task.one.operation} row")
        if name not in columns:
            made, here = _pick(task, among, found)
            columns[name] = big(made.filter(here) if everybody is None else _sought(made, here, among, found))
    picked = select(found.c.owner_id, *_labeled(columns))
    if everybody is not None:
        return picked
    return picked.select_from(found.outerjoin(rows, rows.c.owner_id == found.c.owner_id)).group_by(found.c.owner_id)


def _pick(task: Task, rows: Subquery, flat_: CTE) -> tuple[FunctionElement[int], ColumnElement[bool]]:
    """What to take of the rows of an owner, and of which: id and day of the largest, the amount of the first."""
    found = flat_.c[task.pool.named(task.one.operation.value)]
    here = task.pool.holds(rows)
    if task.one.operation in (Operation.FIRST, Operation.LAST):
        return func.sum(rows.c.amount), and_(here, rows.c.row_id == row_of_day(found))
    packed = big(rows.c.row_id) * number(2**DAY_BITS) + (rows.c.given_on + number(EPOCH_OFFSET))
    pick = func.max if task.one.operation is Operation.LARGEST else func.min
    return pick(packed), and_(here, rows.c.amount == found)


def _sought(made: Expression, here: ColumnElement[bool], rows: Subquery, found: CTE) -> Expression:
    own = select(made).select_from(rows).where(rows.c.owner_id == found.c.owner_id, here)
    return own.correlate(found).scalar_subquery()


def row_of_day(packed: Expression) -> Expression:
    """The row of a day and a row in one number."""
    return packed.bitwise_and(number(2**ID_BITS - 1))
