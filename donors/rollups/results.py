"""What the passes found, as the figure that is kept: one expression for each operation."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Integer, case, cast, null
from sqlalchemy.sql.functions import coalesce

from donors.rollups.choice import choice_name
from donors.rollups.definition import Operation, Returns
from donors.rollups.extent import ON, Expression, number
from donors.rollups.pools import Pool
from donors.rollups.stages import LAST_LABEL, MASK_YEARS, YEAR_BITS, Task, rank_name, year_part, years_key

Found = Mapping[str, Expression]


def figure(task: Task, found: Found) -> Expression:
    """The figure of a task: empty without any row of its source, zero where there are rows, but none here."""
    given = coalesce(found[Pool(task.one.source).named("count")], number(0)) > number(0)
    return _FIGURES[task.one.operation](task, found, given)


def _total(task: Task, found: Found, given: Expression) -> Expression:
    kept = coalesce(found[task.pool.named(task.one.operation.value)], number(0))
    return case((given, kept), else_=null())


def _average(task: Task, found: Found, _given: Expression) -> Expression:
    total, count = (found[task.pool.named(part)] for part in ("total", "count"))
    return case((count > number(0), _quotient(total, count)), else_=null())


def _quotient(top: Expression, bottom: Expression) -> Expression:
    """To the nearest whole number, halves away from zero; the bottom is above zero."""
    up = (number(2) * top + bottom) // (number(2) * bottom)
    down = -((bottom - number(2) * top) // (number(2) * bottom))
    return case((top >= number(0), up), else_=down)


def _median(task: Task, found: Found, _given: Expression) -> Expression:
    return _quotient(found[rank_name(task, "low")] + found[rank_name(task, "high")], number(2))


def _at_rank(task: Task, found: Found, _given: Expression) -> Expression:
    return found[rank_name(task)]


def _chosen(task: Task, found: Found, _given: Expression) -> Expression:
    return found[choice_name(task)]


def _days_since(task: Task, found: Found, _given: Expression) -> Expression:
    return ON - found[choice_name(task)]


def _change(task: Task, found: Found, given: Expression) -> Expression:
    pool = task.pool
    now, before = (coalesce(found[one.named("total")], number(0)) for one in (pool, replace(pool, before=True)))
    if task.one.returns is Returns.NUMBER:
        return case((given, now - before), else_=null())
    return case((before > number(0), _quotient(number(1000) * (now - before), before)), else_=null())


def _best_year(task: Task, found: Found, given: Expression) -> Expression:
    best = found[years_key(task).named(task, "best")]
    if task.one.returns is Returns.YEAR:
        return number(LAST_LABEL) - best.bitwise_and(number(LAST_LABEL))
    kept = coalesce(best.bitwise_rshift(cast(number(YEAR_BITS), Integer)), number(0))
    return case((given, kept), else_=null())


def _year_count(task: Task, found: Found, given: Expression) -> Expression:
    counted = found[years_key(task).named(task, year_part(task.one))]
    return case((given, coalesce(counted, number(0))), else_=null())


def _streak(task: Task, found: Found, given: Expression) -> Expression:
    """Trailing ones of the years' mask, after a year of grace: the lowest zero is two to the power of the streak."""
    mask = coalesce(found[years_key(task).named(task, "mask")], number(0))
    one_bit = cast(number(1), Integer)
    graced = case((mask.bitwise_and(number(1)) == number(1), mask), else_=mask.bitwise_rshift(one_bit))
    lowest_zero = (number(-1) - graced).bitwise_and(graced + number(1))
    lengths = {number(2**length): number(length) for length in range(MASK_YEARS + 1)}
    length = case(lengths, value=lowest_zero, else_=number(MASK_YEARS + 1))
    return case((given, length), else_=null())


_FIGURES: Mapping[Operation, Callable[[Task, Found, Expression], Expression]] = {
    Operation.TOTAL: _total,
    Operation.COUNT: _total,
    Operation.AVERAGE: _average,
    Operation.MEDIAN: _median,
    Operation.PERCENTILE: _at_rank,
    Operation.NTH: _at_rank,
    Operation.LARGEST: _chosen,
    Operation.SMALLEST: _chosen,
    Operation.FIRST: _chosen,
    Operation.LAST: _chosen,
    Operation.DAYS_SINCE: _days_since,
    Operation.CHANGE: _change,
    Operation.DISTINCT: lambda task, found, given: case(
        (given, coalesce(found[task.pool.named(f"distinct {task.one.field}")], number(0))), else_=null()
    ),
    Operation.BEST_YEAR: _best_year,
    Operation.YEARS: _year_count,
    Operation.STREAK: _streak,
    Operation.LONGEST_STREAK: _year_count,
}
