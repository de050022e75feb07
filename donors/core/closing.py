"""Days on which the organization is closed: public holidays, and what it has declared itself.

A closing of one's own is kept as text, an ISO day or span and a name: `2026-12-28/2027-01-02 Winter break`,
`--12-24 Christmas Eve` for every year, `--12-27/--01-02` also over the turn of the year.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from donors.core.errors import Invalid
from donors.core.public_holidays import public_holidays

TEXT = re.compile(r"(?P<first>(?:\d{4}|-)-\d\d-\d\d)(?:/(?P<last>(?:\d{4}|-)-\d\d-\d\d))?(?: (?P<name>.*))?")
MOST_DAYS = 92
"""A closing is no longer than this; who is away for longer has other plans."""

LEAP = 2000
"""Stands for any year in days of every year: it has a February 29."""


@dataclass(frozen=True)
class Closing:
    """The organization is closed from a day to a day, both included; `yearly` in every year, in whatever year."""

    first: date
    last: date
    yearly: bool = False
    name: str = ""

    def __str__(self) -> str:
        first, last = (f"--{on:%m-%d}" if self.yearly else on.isoformat() for on in (self.first, self.last))
        days = first if self.first == self.last else f"{first}/{last}"
        return f"{days} {self.name}".rstrip()

    def within(self, year: int) -> Iterator[date]:
        """The days of a year on which it is closed; February 29 falls away where there is none."""
        if not self.yearly:
            yield from (on for on in _days(self.first, self.last) if on.year == year)
            return
        for on in _days(self.first, self.last):
            found = _in_year(on, year)
            if found is not None:
                yield found


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _in_year(on: date, year: int) -> date | None:
    try:
        return on.replace(year=year)
    except ValueError:
        return None


def closing(first: date, last: date | None = None, *, yearly: bool = False, name: str = "") -> Closing:
    """A closing as somebody declares it; a yearly one may go over the turn of the year.

    Raises Invalid (last, name): the end before the beginning, longer than 92 days, a name of several lines.
    """
    last = first if last is None else last
    if yearly:
        first, last = first.replace(year=LEAP), last.replace(year=LEAP)
        last = last if last >= first else last.replace(year=LEAP + 1, day=min(last.day, 28 if last.month == 2 else 31))
    if last < first:
        raise Invalid("last", last.isoformat(), "is before the first day", "Enter the last day, or leave it empty.")
    if (last - first).days >= MOST_DAYS:
        raise Invalid("last", last.isoformat(), f"is more than {MOST_DAYS} days after the first day")
    if any(ord(sign) < 32 for sign in name) or len(name) > 100:
        raise Invalid("name", name, "is longer than a line", "Use at most 100 characters.")
    return Closing(first, last, yearly, " ".join(name.split()))


def read_closing(text: str) -> Closing:
    """The closing in a text. Raises Invalid."""
    found = TEXT.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        first, yearly = _read(found["first"])
        last, also = _read(found["last"] or found["first"])
        if yearly != also:
            raise ValueError
    except ValueError as error:
        raise Invalid(
            "closed day", text, "is not a day or a span of days", "Write it like 2026-12-24 or --12-24 for every year."
        ) from error
    return closing(first, last, yearly=yearly, name=found["name"] or "")


def _read(text: str) -> tuple[date, bool]:
    yearly = text.startswith("--")
    return date.fromisoformat(f"{LEAP}{text[1:]}" if yearly else text), yearly


@dataclass(frozen=True)
class ClosedDays(Container[date]):
    """The days on which the organization is closed, beside weekends; asked one by one and computed by the year."""

    country: str = ""
    region: str = ""
    own: tuple[Closing, ...] = ()

    def __contains__(self, on: object) -> bool:
        return isinstance(on, date) and on in self.in_year(on.year)

    def in_year(self, year: int) -> Mapping[date, str]:
        """The closed days of a year in order, each with the names of why."""
        return _in_year_of(self, year)


@lru_cache(maxsize=512)
def _in_year_of(days: ClosedDays, year: int) -> Mapping[date, str]:
    found: dict[date, list[str]] = {}
    for on, name in public_holidays(days.country, days.region, year).items():
        found.setdefault(on, []).append(name)
    for each in days.own:
        for on in each.within(year):
            found.setdefault(on, []).append(each.name or "Closed")
    return MappingProxyType({on: "; ".join(dict.fromkeys(found[on])) for on in sorted(found)})
