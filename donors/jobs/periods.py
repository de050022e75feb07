"""Periods and when they are due: pure functions of dates, zones and fiscal years.

A period's key is a local date, a month, a fiscal year or a UTC hour, never an instant: a change of clocks can neither
skip nor double it. The periods of a kind are numbered, so that what comes between two of them is a range.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from donors.core.calendar import FiscalCalendar
from donors.core.clock import first_instant, local_date
from donors.core.db import EPOCH

HOUR = timedelta(hours=1)
MOST = 10_000
"""No more periods than this are caught up at once; older ones are left out."""


@dataclass(frozen=True)
class Place:
    """Where the organization is: its IANA zone and its fiscal calendar."""

    zone: str
    fiscal: FiscalCalendar


@dataclass(frozen=True)
class Due:
    """One period: its key, its date in the organization's zone, and the instant from which it is due."""

    key: str
    on: date
    at: datetime


@dataclass(frozen=True)
class Daily:
    """Once for each local date, at a local time."""

    at: time

    def number(self, on: date, _place: Place) -> int:
        """The number of the period that holds a date."""
        return on.toordinal()

    def due(self, number: int, place: Place) -> Due:
        """The period with a number."""
        on = date.fromordinal(number)
        return Due(on.isoformat(), on, first_instant(datetime.combine(on, self.at), place.zone))

    def __str__(self) -> str:
        return f"daily at {self.at:%H:%M}"


@dataclass(frozen=True)
class Monthly:
    """Once a month, on a day from 1 to 28, at a local time."""

    day: int
    at: time

    def number(self, on: date, _place: Place) -> int:
        """The number of the period that holds a date."""
        return on.year * 12 + on.month - 1

    def due(self, number: int, place: Place) -> Due:
        """The period with a number."""
        on = date(number // 12, number % 12 + 1, self.day)
        return Due(f"{on:%Y-%m}", on, first_instant(datetime.combine(on, self.at), place.zone))

    def __str__(self) -> str:
        return f"monthly on day {self.day} at {self.at:%H:%M}"


@dataclass(frozen=True)
class Fiscal:
    """Once a fiscal year, on its first day, at a local time."""

    at: time

    def number(self, on: date, place: Place) -> int:
        """The number of the period that holds a date."""
        return place.fiscal.year_of(on)

    def due(self, number: int, place: Place) -> Due:
        """The period with a number."""
        on = place.fiscal.first_day(number)
        return Due(f"FY{number}", on, first_instant(datetime.combine(on, self.at), place.zone))

    def __str__(self) -> str:
        return f"on the first day of the fiscal year at {self.at:%H:%M}"


@dataclass(frozen=True)
class Hourly:
    """Once an hour by UTC, some minutes past."""

    minute: int = 0

    def number(self, on: date, place: Place) -> int:
        """The number of the hour that holds the first moment of a local date."""
        start = first_instant(datetime.combine(on, time()), place.zone)
        return int(start.timestamp()) // 3600

    def due(self, number: int, place: Place) -> Due:
        """The period with a number."""
        hour = datetime.combine(EPOCH, time(), UTC) + number * HOUR
        at = hour + timedelta(minutes=self.minute)
        return Due(f"{hour:%Y-%m-%dT%H}", local_date(at, place.zone), at)

    def __str__(self) -> str:
        return f"hourly at :{self.minute:02}"


Period = Daily | Monthly | Fiscal | Hourly


def latest(period: Period, *, until: datetime, place: Place) -> int:
    """The number of the last period that is due at an instant."""
    number = period.number(local_date(until, place.zone) + timedelta(days=2), place)
    while period.due(number, place).at > until:
        number -= 1
    return number


def due_after(period: Period, known: str | None, *, until: datetime, place: Place) -> list[Due]:
    """The periods after a key that are due at an instant, oldest first; without a key only the last of them."""
    number = latest(period, until=until, place=place)
    if known is None:
        return [period.due(number, place)]
    found: list[Due] = []
    while len(found) < MOST and (due := period.due(number, place)).key > known:
        found.append(due)
        number -= 1
    return found[::-1]


def next_due(period: Period, *, after: datetime, place: Place) -> Due:
    """The first period that is not due yet at an instant."""
    return period.due(latest(period, until=after, place=place) + 1, place)
