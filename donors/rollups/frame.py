"""Time frames: which days a figure looks at, seen from the day for which it is computed.

Every frame is a span of whole days. Rows dated in the future count where the frame reaches there: in all time, in this
year (to its end), since a date, between dates.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from donors.core.calendar import FiscalCalendar
from donors.core.db import day_number
from donors.core.errors import Invalid

FIRST_DAY, LAST_DAY = day_number(date.min), day_number(date.max)
MOST_YEARS_AGO = 60
MOST_DAYS = 36_525
MOST_MONTHS = 1_200
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class YearKind:
    """Which years: `fiscal` of the organization, `calendar`, or `club`, which begins with `month` (1 to 12).

    A club year is named as the organization names its fiscal years, by the year of its start or of its end.
    """

    name: str = "fiscal"
    month: int = 0

    def __str__(self) -> str:
        return f"club year from {self.month}" if self.name == "club" else f"{self.name} year"

    def calendar(self, fiscal: FiscalCalendar) -> FiscalCalendar:
        """The years as a calendar."""
        if self.name == "fiscal":
            return fiscal
        return FiscalCalendar(self.month or 1, named_for_end=fiscal.named_for_end)

    @property
    def several(self) -> str:
        """Several of them, as frames are written: fiscal years, club years from 9."""
        return f"club years from {self.month}" if self.name == "club" else f"{self.name} years"

    @property
    def several_words(self) -> str:
        """Several of them, as people say it."""
        return f"club years from {MONTHS[self.month - 1]}" if self.name == "club" else self.several

    @property
    def words(self) -> str:
        """The years as people say it."""
        return f"club year from {MONTHS[self.month - 1]}" if self.name == "club" else f"{self.name} year"


FISCAL, CALENDAR = YearKind(), YearKind("calendar")
_YEAR_KIND = re.compile(r"(fiscal|calendar) year|club year from ([1-9]|1[0-2])")


def parse_year_kind(text: str) -> YearKind:
    """The kind of years that was written as text. Raises Invalid."""
    found = _YEAR_KIND.fullmatch(text)
    if found is None:
        raise Invalid("years", text, "is no kind of year", "Write fiscal year, calendar year or club year from 9.")
    return YearKind("club", int(found[2])) if found[2] else YearKind(found[1])


class Span(StrEnum):
    """The kinds of time frames."""

    ALL_TIME = "all time"
    YEAR = "year"
    LAST_YEARS = "last years"
    LAST_DAYS = "last days"
    LAST_MONTHS = "last months"
    SINCE = "since"
    BETWEEN = "between"


@dataclass(frozen=True)
class Frame:
    """A time frame. `number` is how many years ago (0: this one), or how many days or months back.

    The last n days are today - n <= day <= today: day n itself is in, the future is out. The last n months are the n
    full months before the one that holds today, the last n years likewise. `first` and `last` bound the spans between
    dates, both within.
    """

    span: Span = Span.ALL_TIME
    number: int = 0
    years: YearKind = FISCAL
    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        match self.span:
            case Span.ALL_TIME:
                return "all time"
            case Span.YEAR:
                return f"{self.years} -{self.number}"
            case Span.LAST_YEARS:
                return f"last {self.number} {self.years.several}"
            case Span.LAST_DAYS | Span.LAST_MONTHS:
                return f"last {self.number} {'days' if self.span is Span.LAST_DAYS else 'months'}"
            case Span.SINCE:
                return f"since {self.first}"
            case Span.BETWEEN:
                return f"{self.first} to {self.last}"

    @property
    def words(self) -> str:
        """The frame as people say it."""
        match self.span:
            case Span.ALL_TIME:
                return "of all time"
            case Span.YEAR | Span.LAST_YEARS:
                return self._years_in_words
            case Span.LAST_DAYS:
                return f"in the last {self.number} days"
            case Span.LAST_MONTHS:
                return "last month" if self.number == 1 else f"in the last {self.number} full months"
            case Span.SINCE:
                return f"since {self.first}"
            case Span.BETWEEN:
                return f"from {self.first} to {self.last}"

    @property
    def _years_in_words(self) -> str:
        if self.span is Span.LAST_YEARS and self.number > 1:
            return f"in the last {self.number} full {self.years.several_words}"
        named = {0: f"this {self.years.words}", 1: f"last {self.years.words}"}
        return named.get(self.number, f"{self.number} {self.years.name} years ago")

    def days(self, on: date, fiscal: FiscalCalendar) -> tuple[int, int]:
        """The day numbers of its first and last day, both within, when today is `on`."""
        match self.span:
            case Span.ALL_TIME:
                return FIRST_DAY, LAST_DAY
            case Span.YEAR:
                years = self.years.calendar(fiscal)
                year = years.year_of(on) - self.number
                return day_number(years.first_day(year)), day_number(years.last_day(year))
            case Span.LAST_YEARS:
                years = self.years.calendar(fiscal)
                this = years.year_of(on)
                return day_number(years.first_day(this - self.number)), day_number(years.first_day(this)) - 1
            case Span.LAST_DAYS:
                return day_number(on) - self.number, day_number(on)
            case Span.LAST_MONTHS:
                return day_number(_months_before(on, self.number)), day_number(_months_before(on, 0)) - 1
            case Span.SINCE | Span.BETWEEN:
                first, last = self.first or date.min, self.last or date.max
                return day_number(first), day_number(last)

    def days_before(self, on: date, fiscal: FiscalCalendar) -> tuple[int, int]:
        """The same for the frame before this one: the year, or so many days or months, just before its first day."""
        if self.span is Span.YEAR:
            return Frame(self.span, self.number + 1, self.years).days(on, fiscal)
        first, last = self.days(on, fiscal)
        if self.span is Span.LAST_YEARS:
            return Frame(self.span, 2 * self.number, self.years).days(on, fiscal)[0], first - 1
        if self.span is Span.LAST_MONTHS:
            return day_number(_months_before(on, 2 * self.number)), first - 1
        return first - (last - first + 1), first - 1

    @property
    def has_before(self) -> bool:
        """Whether there is a frame before this one: it has a first day and is as long each day."""
        return self.span not in (Span.ALL_TIME, Span.SINCE)


def _months_before(on: date, count: int) -> date:
    months = on.year * 12 + on.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


ALL_TIME = Frame()
_YEARS_AGO = re.compile(r"(.+ year(?: from \d+)?) -(\d{1,2})")
_LAST_YEARS = re.compile(r"last (\d{1,2}) (fiscal|calendar|club) years( from \d+)?")
_LAST = re.compile(r"last (\d{1,5}) (days|months)")
_SINCE = re.compile(r"since (\d{4}-\d\d-\d\d)")
_BETWEEN = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
_REMEDY = (
    "Write all time, fiscal year -1 (also calendar year, club year from 9), last 2 fiscal years, last 365 days, "
    "last 3 months, since 2020-01-31 or 2020-01-01 to 2020-12-31."
)


def parse_frame(text: str) -> Frame:
    """The frame that was written as text. Raises Invalid."""
    ways = (_parse_ago, _parse_years, _parse_last, _parse_dates)
    found = Frame() if text == "all time" else next(filter(None, (way(text) for way in ways)), None)
    if found is None:
        raise Invalid("frame", text, "is no time frame", _REMEDY)
    return found


def _parse_ago(text: str) -> Frame | None:
    found = _YEARS_AGO.fullmatch(text)
    if found is None or int(found[2]) > MOST_YEARS_AGO:
        return None
    return Frame(Span.YEAR, int(found[2]), parse_year_kind(found[1]))


def _parse_years(text: str) -> Frame | None:
    found = _LAST_YEARS.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= MOST_YEARS_AGO:
        return None
    return Frame(Span.LAST_YEARS, int(found[1]), parse_year_kind(f"{found[2]} year{found[3] or ''}"))


def _parse_last(text: str) -> Frame | None:
    found = _LAST.fullmatch(text)
    if found is None:
        return None
    span, most = (Span.LAST_DAYS, MOST_DAYS) if found[2] == "days" else (Span.LAST_MONTHS, MOST_MONTHS)
    return Frame(span, int(found[1])) if 0 < int(found[1]) <= most else None


def _parse_dates(text: str) -> Frame | None:
    if since := _SINCE.fullmatch(text):
        return Frame(Span.SINCE, first=_date(since[1]))
    between = _BETWEEN.fullmatch(text)
    if between is None:
        return None
    first, last = _date(between[1]), _date(between[2])
    if last < first:
        raise Invalid("frame", text, "ends before it begins", "Put the earlier date first.")
    return Frame(Span.BETWEEN, first=first, last=last)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("frame", text, "is not a date", "Write it like 2026-03-31.") from None


def days_that_moved(frame: Frame, *, was: date, on: date, fiscal: FiscalCalendar) -> list[tuple[int, int]]:
    """Spans of days whose rows have left or entered the frame between two days."""
    return days_between(frame.days(was, fiscal), frame.days(on, fiscal))


def days_between(before: tuple[int, int], after: tuple[int, int]) -> list[tuple[int, int]]:
    """Spans of days that lie in one of two spans and not in both."""
    (first, last), (later_first, later_last) = before, after
    if later_first > last or first > later_last:
        return [before, after]
    edges = [sorted((first, later_first)), sorted((last + 1, later_last + 1))]
    return [(low, high - 1) for low, high in edges if low < high]
