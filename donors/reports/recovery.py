"""Recovery: how soon those who gave the year before give again, month by month, this year against last year."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Integer, case, func, literal, select
from sqlalchemy.orm import Session

from donors.core.db import day_number
from donors.core.interval import share
from donors.reports.answers import Memory, answered
from donors.reports.givers import GiversQuestion, giving_by_year, years_of
from donors.reports.years import Year

MONTHS = 12


@dataclass(frozen=True)
class Curve:
    """How many of the `pool` (who gave the year before) had given by the end of each month of a year.

    `ends` are the last days of the months; months that have not begun on the day of the report are left out, and of
    the present one `ends` has its last day, though only what came until the day is counted.
    """

    year: Year
    pool: int
    ends: tuple[date, ...]
    back: tuple[int, ...]

    def rate(self, month: int) -> float | None:
        """The share of the pool that was back by the end of a month (from 0); none for months still to come."""
        return share(self.back[month], self.pool) if month < len(self.back) else None


def recovery(
    session: Session, asked: GiversQuestion, year: Year, *, memory: Memory | None = None
) -> tuple[Curve, Curve | None]:
    """The curve of a year, and that of the year before it (none where too little is known)."""
    known = years_of(session, asked)
    before = known[year.place - 1] if year.place >= 2 else None
    curves = [_curve(session, asked, known, one, memory) for one in (year, before) if one]
    return curves[0], curves[1] if len(curves) > 1 else None


def month_ends(year: Year) -> tuple[date, ...]:
    """The last days of the twelve months of a year."""
    return tuple(_months(year.first))


def _months(first: date) -> Iterator[date]:
    for count in range(1, MONTHS + 1):
        years, month = divmod(first.month - 1 + count, 12)
        start = date(first.year + years, month + 1, 1)
        day = start + timedelta(days=min(first.day, 28) - 1)
        yield day - timedelta(days=1)


def _curve(
    session: Session, asked: GiversQuestion, known: tuple[Year, ...], year: Year, memory: Memory | None
) -> Curve:
    about = {**asked.told, "year": year.name}
    rows = answered(session, memory, "recovery", about, lambda: session.execute(_by_month(asked, known, year)))
    counts = Counter({month: people for month, people in rows})
    ends = month_ends(year)
    begun = 1 + sum(end < asked.on for end in ends)
    back = tuple(accumulate(counts[month] for month in range(min(begun, MONTHS))))
    return Curve(year, sum(counts.values()), ends, back)


def _by_month(asked: GiversQuestion, known: tuple[Year, ...], year: Year) -> Any:
    """Those who gave the year before, by the month of the first gift of the year; none for those who have not yet."""
    each = giving_by_year(asked, known, gifts=True)
    last, first_on = (
        func.max(column).filter(each.c.place == literal(place, Integer))
        for column, place in ((each.c.total, year.place - 1), (each.c.first_on, year.place))
    )
    two = (
        select(last.label("last"), first_on.label("first_on"))
        .where(each.c.place.in_((year.place - 1, year.place)))
        .group_by(each.c.unit_id)
        .subquery("two_years")
    )
    months = [
        (two.c.first_on <= day_number(end), literal(place, Integer)) for place, end in enumerate(month_ends(year))
    ]
    month = case((two.c.first_on.is_(None), literal(None, Integer)), *months, else_=literal(MONTHS - 1, Integer))
    told = select(month.label("month")).where(two.c.last.is_not(None)).subquery("told")
    return select(told.c.month, func.count()).group_by(told.c.month)
