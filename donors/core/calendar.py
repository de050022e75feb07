"""Fiscal years and working days, as pure functions of dates."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Reschedule = Literal["monday", "friday"]
"""Which way a day is moved that is not worked: to the later working day (monday) or to the earlier (friday)."""

Closed = Container[date]
"""Days that are not worked beside weekends; asked one by one, so that holidays need not be listed."""

SATURDAY = 5
NEVER_CLOSED: frozenset[date] = frozenset()
LONGEST_CLOSED = 1000
"""Days in a row after which the search for a working day is given up: who is closed for ever has no calendar."""


@dataclass(frozen=True)
class FiscalCalendar:
    """A fiscal year: starts on the first of `start_month`; `named_for_end` says which calendar year labels it.

    With January the fiscal year is the calendar year and the label is the same either way.
    """

    start_month: int = 1
    named_for_end: bool = True

    @property
    def offset(self) -> int:
        """What is added to the year in which a fiscal year starts to get its label: 0 or 1."""
        return int(self.named_for_end and self.start_month != 1)

    def year_of(self, on: date) -> int:
        """The label of the fiscal year that holds the date."""
        started = on.year if on.month >= self.start_month else on.year - 1
        return started + self.offset

    def first_day(self, year: int) -> date:
        """The first day of the fiscal year with this label."""
        return date(year - self.offset, self.start_month, 1)

    def last_day(self, year: int) -> date:
        """The last day of the fiscal year with this label."""
        return self.first_day(year + 1) - timedelta(days=1)


def is_working(on: date, closed: Closed = NEVER_CLOSED) -> bool:
    """Whether a day is worked: neither weekend nor closed."""
    return on.weekday() < SATURDAY and on not in closed


def off_closed(on: date, reschedule: Reschedule, closed: Closed = NEVER_CLOSED) -> date:
    """The date itself, or the nearest working day in the direction of `reschedule`.

    Where no day is worked for 1,000 days, and at the ends of the calendar, it is the date itself.
    """
    return on if is_working(on, closed) else _nearest(on, 1 if reschedule == "monday" else -1, closed) or on


def add_working_days(on: date, count: int, closed: Closed = NEVER_CLOSED) -> date:
    """The working day so many working days after a day, or before it when `count` is negative.

    The day itself is not counted, whether it is worked or not; with 0 it is the day itself. Where working days run
    out (see `off_closed`) it is the last that was found.
    """
    step = 1 if count > 0 else -1
    for _ in range(abs(count)):
        found = _nearest(on, step, closed)
        if found is None:
            break
        on = found
    return on


def _nearest(on: date, step: int, closed: Closed) -> date | None:
    """The first working day strictly after a day (`step` 1) or before it (-1)."""
    room = ((date.max - on) if step > 0 else (on - date.min)).days
    days = (on + timedelta(days=step * n) for n in range(1, min(room, LONGEST_CLOSED) + 1))
    return next((day for day in days if is_working(day, closed)), None)


def next_yearly(first: date, on: date) -> date:
    """The first return of a day of the year on a date or after it; 29 February is the 28th in years without it."""
    this = _in_year(first, on.year)
    return this if this >= on else _in_year(first, on.year + 1)


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
