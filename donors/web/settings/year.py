"""A year as twelve leaves of a calendar, with its closed days marked."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import get_day_names

from donors.core.calendar import SATURDAY


@dataclass(frozen=True)
class Leaf:
    """One day of a leaf. `why` is empty on a day that is not closed."""

    on: date
    why: str

    @property
    def kind(self) -> str:
        """How the day is marked: closed, weekend, or not at all."""
        return "closed" if self.why else "weekend" if self.on.weekday() >= SATURDAY else ""


@dataclass(frozen=True)
class Month:
    """The weeks of a month, each seven days long; none where a day belongs to another month."""

    first: date
    weeks: tuple[tuple[Leaf | None, ...], ...]


def months(year: int, closed: Mapping[date, str], *, locale: str) -> tuple[Month, ...]:
    """The twelve months of a year; weeks begin as they do in the locale's country."""
    weeks = Calendar(Locale.parse(locale).first_week_day)
    return tuple(_month(date(year, month, 1), weeks, closed) for month in range(1, 13))


def _month(first: date, weeks: Calendar, closed: Mapping[date, str]) -> Month:
    rows = weeks.monthdatescalendar(first.year, first.month)
    return Month(
        first,
        tuple(tuple(Leaf(on, closed.get(on, "")) if on.month == first.month else None for on in row) for row in rows),
    )


def day_names(locale: str) -> tuple[tuple[str, str], ...]:
    """The weekdays in the order of the locale, each short and in full."""
    short, full = (get_day_names(width, locale=locale) for width in ("short", "wide"))
    order = Calendar(Locale.parse(locale).first_week_day).iterweekdays()
    return tuple((short[number], full[number]) for number in order)
