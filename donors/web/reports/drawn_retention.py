"""The pictures of retention: lines of rates by year, and the triangle of cohorts, each mark a link to its people."""

from flask import g

from donors.reports.retention import Cohort, Retention
from donors.web.charts.lines import Lines, Series, lines
from donors.web.charts.triangle import Share, Triangle, triangle
from donors.web.filters import number, percent
from donors.web.reports.asked_givers import AskedGivers, year_words

GROUPS = (
    ("All", "all", "accent", "retained"),
    ("Repeat", "repeat", "ink", "repeat_retained"),
    ("New", "new", "soft", "new_retained"),
)
"""Line of the picture: its name, the part of a year, its tone, the group behind it."""


def rates(found: Retention, asked: AskedGivers) -> Lines | None:
    """Rates of the years, all and split by new and repeat; none where there is no line to draw."""
    years = [line for line in found.lines if line.year.is_over]
    if len(years) < 2:
        return None
    series = [
        Series(
            name,
            tuple(getattr(line, part).rate for line in years),
            tone,
            tuple(asked.people(which, line.year) for line in years),
        )
        for name, part, tone, which in GROUPS
    ]
    return lines([year_words(line.year) for line in years], series, height=280, write=_percent)


def _percent(value: float) -> str:
    return percent(value, locale=g.locale)


def cohorts(found: Retention, asked: AskedGivers) -> Triangle:
    """A row for each first year that has another after it; years that are not over are left out of it."""
    over = [year for year in found.years if year.is_over]
    known = [one for one in found.cohorts if one.first.place < len(over) - 1]
    rows = [
        (
            year_words(one.first),
            number(one.size, locale=g.locale),
            asked.people("new", one.first),
            _shares(one, found, asked, over=len(over)),
        )
        for one in known
    ]
    return triangle(rows)


def _shares(one: Cohort, found: Retention, asked: AskedGivers, *, over: int) -> list[Share]:
    first = one.first
    shares = []
    for after in range(1, over - first.place):
        year, rate = found.years[first.place + after], one.rate(after) or 0.0
        words = f"{number(one.people[after], locale=g.locale)} of {number(one.size, locale=g.locale)}"
        name = f"First gave in {year_words(first)}, gave in {year_words(year)}: {words}"
        shares.append(Share(rate, _percent(rate), name, asked.people("givers", year, first=first.name)))
    return shares
