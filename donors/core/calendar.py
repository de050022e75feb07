"""Fiscal years and business days, as pure functions of dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Reschedule = Literal["monday", "friday"]
SATURDAY = 5
NEVER_CLOSED: frozenset[date] = frozenset()


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


def off_weekend(on: date, reschedule: Reschedule) -> date:
    """The date itself, or for a Saturday or Sunday the Monday after or the Friday before."""
    beyond = on.weekday() - SATURDAY
    if beyond < 0:
        return on
    return on + timedelta(days=2 - beyond) if reschedule == "monday" else on - timedelta(days=1 + beyond)


def off_closed(on: date, reschedule: Reschedule, closed: frozenset[date] = NEVER_CLOSED) -> date:
    """The date itself, or the nearest working day in the direction of `reschedule`: neither weekend nor closed."""
    step = timedelta(days=1 if reschedule == "monday" else -1)
    on = off_weekend(on, reschedule)
    while on in closed:
        on = off_weekend(on + step, reschedule)
    return on
