"""Any definition in plain Python, row by row: what the engine must agree with."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from donors.core.calendar import FiscalCalendar
from donors.rollups.definition import Definition, Operation, Returns
from donors.rollups.frame import Frame, Span
from tests.rollups.oracle import half_up

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Row:
    """One row of a source: what it counts for, and what else is known of it."""

    on: date
    id: int
    amount: int
    facts: dict[str, Any]


def within(frame: Frame, day: date, on: date, fiscal: FiscalCalendar, *, before: bool = False) -> bool:
    """Whether a day lies in a frame, or in the one before it."""
    match frame.span:
        case Span.ALL_TIME:
            return True
        case Span.YEAR | Span.LAST_YEARS:
            years = _calendar(frame.years.name, frame.years.month, fiscal)
            back = years.year_of(on) - years.year_of(day)
            if frame.span is Span.YEAR:
                near = far = frame.number + before
            else:
                near, far = 1 + frame.number * before, frame.number * (1 + before)
            return near <= back <= far
        case Span.LAST_DAYS:
            back = (on - day).days
            return frame.number < back <= 2 * frame.number + 1 if before else 0 <= back <= frame.number
        case Span.LAST_MONTHS:
            back = (on.year - day.year) * 12 + on.month - day.month
            return frame.number * before < back <= frame.number * (1 + before)
        case Span.SINCE:
            return day >= _there(frame.first)
        case Span.BETWEEN:
            first, last = _there(frame.first), _there(frame.last)
            long = (last - first).days + 1
            return first - timedelta(long * before) <= day <= last - timedelta(long * before)


def _there(day: date | None) -> date:
    assert day is not None
    return day


def _calendar(name: str, month: int, fiscal: FiscalCalendar) -> FiscalCalendar:
    if name == "fiscal":
        return fiscal
    return FiscalCalendar(1 if name == "calendar" else month, named_for_end=fiscal.named_for_end)


def figure(
    one: Definition,
    rows: Sequence[Row],
    *,
    meets: Callable[[Row], bool],
    on: date,
    fiscal: FiscalCalendar,
) -> int | None:
    """The stored integer of a definition; None where it is empty. `rows` are all of its source."""
    here = [row for row in rows if within(one.frame, row.on, on, fiscal) and meets(row)]
    earlier = [row for row in rows if one.frame.has_before and within(one.frame, row.on, on, fiscal, before=True)]
    if one.operation is Operation.CHANGE:
        return _change(one, here, [row for row in earlier if meets(row)], any_row=bool(rows))
    if one.operation in ZEROS:
        return ZEROS[one.operation](one, here, on, fiscal) if rows else None
    return CHOSEN[one.operation](one, here, on, fiscal) if here else None


def _change(one: Definition, here: list[Row], earlier: list[Row], *, any_row: bool) -> int | None:
    now, before = sum(row.amount for row in here), sum(row.amount for row in earlier)
    if one.returns is Returns.PERCENT:
        return half_up(1000 * (now - before), before) if before > 0 else None
    return now - before if any_row else None


def _years(one: Definition, rows: list[Row], fiscal: FiscalCalendar) -> dict[int, int]:
    calendar = _calendar(one.years.name, one.years.month, fiscal)
    found: dict[int, int] = defaultdict(int)
    for row in rows:
        found[calendar.year_of(row.on)] += row.amount
    return found


def _streak(one: Definition, rows: list[Row], on: date, fiscal: FiscalCalendar) -> int:
    years, this = _years(one, rows, fiscal), _calendar(one.years.name, one.years.month, fiscal).year_of(on)
    year = this if this in years else this - 1
    length = 0
    while year - length in years:
        length += 1
    return length


def _longest(one: Definition, rows: list[Row], _on: date, fiscal: FiscalCalendar) -> int:
    years = _years(one, rows, fiscal)
    best = 0
    for year in years:
        length = 0
        while year + length in years:
            length += 1
        best = max(best, length)
    return best


def _year_count(one: Definition, rows: list[Row], _on: date, fiscal: FiscalCalendar) -> int:
    years = _years(one, rows, fiscal)
    return sum(1 << (year - 1980) for year in years) if one.returns is Returns.YEARS else len(years)


def _best(one: Definition, rows: list[Row], _on: date, fiscal: FiscalCalendar) -> int | None:
    years = {year: total for year, total in _years(one, rows, fiscal).items() if total > 0}
    if not years:
        return None if one.returns is Returns.YEAR else 0
    best = max(years, key=lambda year: (years[year], -year))
    return best if one.returns is Returns.YEAR else years[best]


def _distinct(one: Definition, rows: list[Row], _on: date, _fiscal: FiscalCalendar) -> int:
    return len({row.facts[one.field] for row in rows} - {None, ""})


ZEROS: dict[Operation, Callable[[Definition, list[Row], date, FiscalCalendar], int | None]] = {
    Operation.TOTAL: lambda _one, rows, _on, _fiscal: sum(row.amount for row in rows),
    Operation.COUNT: lambda _one, rows, _on, _fiscal: len(rows),
    Operation.STREAK: _streak,
    Operation.LONGEST_STREAK: _longest,
    Operation.YEARS: _year_count,
    Operation.BEST_YEAR: _best,
    Operation.DISTINCT: _distinct,
}
"""Zero where the source has rows, but none of them here."""


def _part(one: Definition, row: Row) -> int:
    return {Returns.AMOUNT: row.amount, Returns.DATE: (row.on - EPOCH).days, Returns.ROW: row.id}[one.returns]


def _nth(one: Definition, rows: list[Row], _on: date, _fiscal: FiscalCalendar) -> int | None:
    ordered = sorted(rows, key=lambda row: (row.on, row.id))
    return _part(one, ordered[one.number - 1]) if one.number <= len(ordered) else None


def _percentile(one: Definition, rows: list[Row], _on: date, _fiscal: FiscalCalendar) -> int:
    ordered = sorted(row.amount for row in rows)
    return ordered[-(-one.number * len(ordered) // 100) - 1]


def _median(_one: Definition, rows: list[Row], _on: date, _fiscal: FiscalCalendar) -> int:
    ordered = sorted(row.amount for row in rows)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else half_up(ordered[middle - 1] + ordered[middle], 2)


CHOSEN: dict[Operation, Callable[[Definition, list[Row], date, FiscalCalendar], int | None]] = {
    Operation.AVERAGE: lambda _one, rows, _on, _fiscal: half_up(sum(row.amount for row in rows), len(rows)),
    Operation.MEDIAN: _median,
    Operation.PERCENTILE: _percentile,
    Operation.LARGEST: lambda one, rows, _on, _f: _part(one, max(rows, key=lambda row: (row.amount, row.id))),
    Operation.SMALLEST: lambda one, rows, _on, _f: _part(one, min(rows, key=lambda row: (row.amount, row.id))),
    Operation.FIRST: lambda one, rows, _on, _f: _part(one, min(rows, key=lambda row: (row.on, row.id))),
    Operation.LAST: lambda one, rows, _on, _f: _part(one, max(rows, key=lambda row: (row.on, row.id))),
    Operation.NTH: _nth,
    Operation.DAYS_SINCE: lambda _one, rows, on, _f: (on - max(row.on for row in rows)).days,
}
"""Empty where there is no row."""
