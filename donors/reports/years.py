"""Years of a report: calendar years, fiscal years, or stretches of twelve months that end on its day. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from donors.core.calendar import FiscalCalendar

MOST = 30
"""More years than these are not told apart: the oldest one holds all before it."""


class By(StrEnum):
    """What a year is."""

    CALENDAR = "calendar"
    FISCAL = "fiscal"
    ROLLING = "rolling"


NAMES = {By.CALENDAR: "calendar year", By.FISCAL: "fiscal year", By.ROLLING: "12 months"}


@dataclass(frozen=True)
class Year:
    """One year: its place from 0, its name, its first and last day, and whether it has come to its end.

    `all_before`: it also holds what lies before its first day.
    """

    place: int
    name: str
    first: date
    last: date
    is_over: bool
    all_before: bool = False


def years(by: By, *, on: date, since: date, fiscal: FiscalCalendar) -> tuple[Year, ...]:
    """The years from the one that holds `since` to the one that holds `on`, the oldest first."""
    spans = _rolling(on, since) if by is By.ROLLING else _labelled(by, on, since, fiscal)
    kept = spans[-MOST:]
    return tuple(
        Year(place, name, first, last, last <= on, all_before=place == 0 and len(kept) < len(spans))
        for place, (name, first, last) in enumerate(kept)
    )


def year_before(on: date) -> date:
    """The same day a year before; of February 29 the day before it."""
    day = on if (on.month, on.day) != (2, 29) else on - timedelta(days=1)
    return day.replace(year=day.year - 1)


def _labelled(by: By, on: date, since: date, fiscal: FiscalCalendar) -> list[tuple[str, date, date]]:
    calendar = fiscal if by is By.FISCAL else FiscalCalendar()
    labels = range(calendar.year_of(min(since, on)), calendar.year_of(on) + 1)
    return [(str(label), calendar.first_day(label), calendar.last_day(label)) for label in labels]


def _rolling(on: date, since: date) -> list[tuple[str, date, date]]:
    found: list[tuple[str, date, date]] = []
    last = on
    while not found or last >= since:
        before = year_before(last)
        found.append((f"to {last.isoformat()}", before + timedelta(days=1), last))
        last = before
    return found[::-1]
