"""Fiscal years hold every day exactly once, under the right name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.calendar import FiscalCalendar, Reschedule, off_weekend

CALENDARS = st.builds(FiscalCalendar, st.integers(1, 12), st.booleans())
DAYS = st.dates(date(2, 1, 1), date(9997, 12, 31))


@given(CALENDARS, DAYS)
def test_a_day_lies_in_its_year_only(calendar: FiscalCalendar, day: date) -> None:
    year = calendar.year_of(day)
    assert calendar.first_day(year) <= day <= calendar.last_day(year)
    assert calendar.year_of(calendar.first_day(year) - timedelta(days=1)) == year - 1
    assert calendar.year_of(calendar.last_day(year) + timedelta(days=1)) == year + 1


@pytest.mark.parametrize(
    ("month", "named_for_end", "day", "year"),
    [
        (4, True, "2014-04-01", 2015),
        (4, True, "2015-03-01", 2015),
        (4, True, "2015-04-01", 2016),
        (4, False, "2014-04-01", 2014),
        (4, False, "2015-03-01", 2014),
        (4, False, "2015-12-01", 2015),
        (1, True, "2015-12-31", 2015),
        (1, False, "2015-01-01", 2015),
    ],
)
def test_names_of_years(month: int, named_for_end: bool, day: str, year: int) -> None:
    assert FiscalCalendar(month, named_for_end).year_of(date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    ("day", "reschedule", "moved"),
    [
        ("2026-06-19", "monday", "2026-06-19"),
        ("2026-06-20", "monday", "2026-06-22"),
        ("2026-06-21", "monday", "2026-06-22"),
        ("2026-06-20", "friday", "2026-06-19"),
        ("2026-06-21", "friday", "2026-06-19"),
        ("2026-06-22", "friday", "2026-06-22"),
    ],
)
def test_weekends_are_left(day: str, reschedule: Reschedule, moved: str) -> None:
    assert off_weekend(date.fromisoformat(day), reschedule) == date.fromisoformat(moved)
