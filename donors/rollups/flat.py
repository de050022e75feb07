"""The main pass: the rows of an owner by fiscal years, then the years by owner. Both follow the order of the index.

Rows are read once, and looked at without regard to their kind; what is asked of a kind or of a fiscal year is asked of
the years.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.sql.functions import FunctionElement

from donors.core.whole_sum import WholeSum
from donors.rollups.choice import packed, parts, pick
from donors.rollups.definition import FIRST_LISTED_YEAR, LAST_LISTED_YEAR, Operation
from donors.rollups.extent import Expression, number, word
from donors.rollups.frame import ALL_TIME, FISCAL, Frame, Span
from donors.rollups.pools import Pool, flagged, slug, this_year, within
from donors.rollups.stages import LAST_LABEL, MASK_YEARS, YEAR_BITS, Task, bit, labeled, year_part, years_key

PARTS: dict[Operation, tuple[str, ...]] = {
    Operation.TOTAL: ("total",),
    Operation.COUNT: ("count",),
    Operation.AVERAGE: ("total", "count"),
    Operation.CHANGE: ("total",),
}
"""What an operation needs of the pass; those that are not here need nothing but the count."""


def flat(tasks: list[Task], rows: Subquery, *, seeks: bool) -> Select[tuple[int]]:
    """One row for each owner, with every part that the tasks need."""
    if not any(goes_by_years(task) for task in tasks):
        return _in_one_step(tasks, rows, seeks=seeks)
    inner: dict[str, Expression] = {}
    outer: dict[str, tuple[Pool, str]] = {}
    for task in tasks:
        for pool, part in _needed(task, seeks=seeks):
            outer.setdefault(pool.named(part), (pool, part))
            inner.setdefault(_inner_name(pool, part), _inner(pool, part, rows))
    whose = (rows.c.owner_id, rows.c.kind, rows.c.fiscal_year)
    inner |= {_is_of(pool): rows.c.kind == word(pool.source) for pool, _ in outer.values()}
    by_year = select(*whose, *labeled(inner)).group_by(*whose).subquery()
    columns = {name: _outer(pool, part, by_year) for name, (pool, part) in outer.items()}
    for task in tasks:
        if by_fiscal_years(task):
            columns.setdefault(years_key(task).named(task, year_part(task.one)), _yearly(task, by_year))
    return select(by_year.c.owner_id, *labeled(columns)).group_by(by_year.c.owner_id)


def goes_by_years(task: Task) -> bool:
    """Whether a task asks for the label of a row's fiscal year."""
    return by_fiscal_years(task) or _by_label(task.pool)


def _in_one_step(tasks: list[Task], rows: Subquery, *, seeks: bool) -> Select[tuple[int]]:
    """The same where nothing is asked of fiscal years."""
    columns: dict[str, Expression] = {}
    for task in tasks:
        for pool, part in _needed(task, seeks=seeks):
            columns.setdefault(pool.named(part), _made(part, rows).filter(pool.holds(rows)))
    return select(rows.c.owner_id, *labeled(columns)).group_by(rows.c.owner_id)


def counts(tasks: Iterable[Task], rows: Subquery) -> Select[tuple[int]]:
    """One row for each owner, with the number of rows of each source of the tasks, whatever their frames and flags."""
    pools = {Pool(task.pool.source) for task in tasks}
    columns = {pool.named("count"): func.count().filter(pool.holds(rows)) for pool in sorted(pools, key=str)}
    return select(rows.c.owner_id, *labeled(columns)).group_by(rows.c.owner_id)


def by_fiscal_years(task: Task) -> bool:
    """Whether a yearly task goes by the labels that rows carry: then it needs no pass of its own."""
    yearly = task.one.operation in (Operation.BEST_YEAR, Operation.YEARS, Operation.STREAK)
    return yearly and task.one.years == FISCAL


def _needed(task: Task, *, seeks: bool) -> Iterable[tuple[Pool, str]]:
    one, pool = task.one, task.pool
    yield Pool(pool.source), "count"
    for part in (*PARTS.get(one.operation, ()), *parts(task, seeks=seeks)):
        yield pool, part
    if by_fiscal_years(task):
        yield pool, "count"
        yield pool, "total"
    if one.operation is Operation.CHANGE:
        yield Pool(pool.source, pool.frame, pool.flag, before=True), "total"


def _by_label(pool: Pool) -> bool:
    return pool.frame.span is Span.YEAR and pool.frame.years == FISCAL and not pool.before


def _read_frame(pool: Pool) -> Frame:
    """The frame that rows are held to: fiscal years are told by their label later on."""
    return ALL_TIME if _by_label(pool) else pool.frame


def _inner_name(pool: Pool, part: str) -> str:
    words = (str(_read_frame(pool)), "before" if pool.before else "", pool.flag, part)
    return slug(" ".join(one for one in words if one))


def _inner(pool: Pool, part: str, rows: Subquery) -> Expression:
    conditions = (*within(rows, _read_frame(pool), before=pool.before), *flagged(rows, pool.flag))
    made = _made(part, rows)
    return made.filter(*conditions) if conditions else made


def _is_of(pool: Pool) -> str:
    return f"is_{pool.source}"


def _made(part: str, rows: Subquery) -> FunctionElement[int]:
    if part == "count":
        return func.count()
    if part == "total":
        return WholeSum(rows.c.amount)
    return packed(part, rows)


def _outer(pool: Pool, part: str, by_year: Subquery) -> Expression:
    found = by_year.c[_inner_name(pool, part)]
    picked = WholeSum(found) if part in ("count", "total") else pick(part)(found)
    labeled_so: tuple[ColumnElement[bool], ...] = ()
    if _by_label(pool):
        labeled_so = (by_year.c.fiscal_year == this_year(FISCAL) - number(pool.frame.number),)
    return picked.filter(by_year.c[_is_of(pool)], *labeled_so)


def _yearly(task: Task, by_year: Subquery) -> Expression:
    """The best year, the number of years, or the years as bits."""
    year, pool = by_year.c.fiscal_year, task.pool
    total, count = (by_year.c[_inner_name(pool, part)] for part in ("total", "count"))
    ago, listed = this_year(FISCAL) - year, year - number(FIRST_LISTED_YEAR)
    here: list[ColumnElement[bool]] = [by_year.c[_is_of(pool)]]
    if _by_label(pool):
        here.append(year == this_year(FISCAL) - number(pool.frame.number))
    if _read_frame(pool) != ALL_TIME or pool.flag:
        here.append(count > number(0))
    match year_part(task.one):
        case "best":
            packed = total * number(2**YEAR_BITS) + (number(LAST_LABEL) - year)
            return func.max(packed).filter(*here, total > number(0))
        case "years":
            return func.count().filter(*here)
        case "mask":
            return WholeSum(bit(ago)).filter(*here, ago >= number(0), ago <= number(MASK_YEARS))
        case _:
            between = year.between(number(FIRST_LISTED_YEAR), number(LAST_LISTED_YEAR))
            return WholeSum(bit(listed)).filter(*here, between)
