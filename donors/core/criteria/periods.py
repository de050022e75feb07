"""Relative dates that mean what they say. Each is a span of whole days, seen from a date.

Weeks have seven days and start on Monday; months and years are the calendar's, fiscal years the organization's. The
last N days are today and the N days before it, the next N days today and the N days after. A comparison with a span:
`equals` is inside it, `less` before its first day, `greater` after its last, `at least` from its first day on, `at
most` up to its last, `between` from the first day of the one to the last of the other. A plain date is a span of one
day.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from donors.core.calendar import FiscalCalendar

Unit = Literal["day", "week", "month", "year", "fiscal year"]
UNITS: tuple[Unit, ...] = get_args(Unit)
FARTHEST: Mapping[str, int] = {"day": 36600, "week": 5200, "month": 1200, "year": 100, "fiscal year": 100}
"""How many units away a period may lie, so that no date leaves the calendar."""


@dataclass(frozen=True)
class Period:
    """One unit that lies `shift` units after the one that holds today; with `through` all days from there to today."""

    unit: Unit
    shift: int = 0
    through: bool = False

    def __str__(self) -> str:
        if self.through:
            return f"{'last' if self.shift < 0 else 'next'} {abs(self.shift)} days"
        if self.unit == "day" and abs(self.shift) <= 1:
            return {-1: "yesterday", 0: "today", 1: "tomorrow"}[self.shift]
        if abs(self.shift) <= 1:
            return f"{ {-1: 'last', 0: 'this', 1: 'next'}[self.shift] } {self.unit}"
        count = f"{abs(self.shift)} {self.unit}s"
        return f"{count} ago" if self.shift < 0 else f"in {count}"


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both within."""

    first: date
    last: date


_NAMED = {"yesterday": Period("day", -1), "today": Period("day"), "tomorrow": Period("day", 1)}
_UNIT = "(day|week|month|year|fiscal year)"
_NEAR = re.compile(f"(this|last|next) {_UNIT}")
_AGO = re.compile(rf"(\d{{1,5}}) {_UNIT}s? ago")
_AHEAD = re.compile(rf"in (\d{{1,5}}) {_UNIT}s?")
_WITHIN = re.compile(r"(?:within )?(?:the )?(last|next) (\d{1,5}) days?")


def read_period(text: str) -> Period | None:
    """The period that words such as `last fiscal year`, `3 months ago` or `next 30 days` name; None for other text."""
    words = " ".join(text.lower().split())
    found = _NAMED.get(words) or _read_near(words) or _read_far(words) or _read_within(words)
    return found if found is not None and abs(found.shift) <= FARTHEST[found.unit] else None


def _read_near(words: str) -> Period | None:
    near = _NEAR.fullmatch(words)
    return Period(_unit(near[2]), {"last": -1, "this": 0, "next": 1}[near[1]]) if near else None


def _read_far(words: str) -> Period | None:
    if ago := _AGO.fullmatch(words):
        return Period(_unit(ago[2]), -int(ago[1]))
    ahead = _AHEAD.fullmatch(words)
    return Period(_unit(ahead[2]), int(ahead[1])) if ahead else None


def _read_within(words: str) -> Period | None:
    within = _WITHIN.fullmatch(words)
    if not within or int(within[2]) == 0:
        return None
    return Period("day", int(within[2]) * (-1 if within[1] == "last" else 1), through=True)


def _unit(word: str) -> Unit:
    return next(unit for unit in UNITS if unit == word)


def span(value: date | Period, *, on: date, fiscal: FiscalCalendar) -> Span:
    """The days that a date or a period stands for when today is `on`."""
    if isinstance(value, date):
        return Span(value, value)
    found = SPANS[value.unit](value.shift, on, fiscal)
    return Span(min(found.first, on), max(found.last, on)) if value.through else found


def _day(shift: int, on: date, _fiscal: FiscalCalendar) -> Span:
    there = on + timedelta(days=shift)
    return Span(there, there)


def _week(shift: int, on: date, _fiscal: FiscalCalendar) -> Span:
    monday = on - timedelta(days=on.weekday() - 7 * shift)
    return Span(monday, monday + timedelta(days=6))


def _month(shift: int, on: date, _fiscal: FiscalCalendar) -> Span:
    return Span(_month_start(on, shift), _month_start(on, shift + 1) - timedelta(days=1))


def _month_start(on: date, shift: int) -> date:
    months = on.year * 12 + on.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def _year(shift: int, on: date, _fiscal: FiscalCalendar) -> Span:
    return Span(date(on.year + shift, 1, 1), date(on.year + shift, 12, 31))


def _fiscal_year(shift: int, on: date, fiscal: FiscalCalendar) -> Span:
    year = fiscal.year_of(on) + shift
    return Span(fiscal.first_day(year), fiscal.last_day(year))


SPANS: Mapping[Unit, Callable[[int, date, FiscalCalendar], Span]] = {
    "day": _day,
    "week": _week,
    "month": _month,
    "year": _year,
    "fiscal year": _fiscal_year,
}
