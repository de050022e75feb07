"""Fiscal years hold every day exactly once, under the right name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.calendar import (
    FiscalCalendar,
    Reschedule,
    add_working_days,
    off_closed,
)

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
    assert off_closed(date.fromisoformat(day), reschedule) == date.fromisoformat(moved)


SOME_CLOSED = st.frozensets(st.integers(-40, 40), max_size=30)
"""Closed days as distances from the middle of a window."""
MIDDLE = date(2026, 6, 17)
WINDOW = [MIDDLE + timedelta(days=day) for day in range(-120, 121)]


def closed_days(away: frozenset[int]) -> frozenset[date]:
    """The days so far from the middle."""
    return frozenset(MIDDLE + timedelta(days=day) for day in away)


def worked(closed: frozenset[date]) -> list[date]:
    """All working days of the window, one by one."""
    return [day for day in WINDOW if day.strftime("%a") not in ("Sat", "Sun") and day not in closed]


@given(SOME_CLOSED, st.integers(-30, 30), st.integers(-35, 35))
def test_working_days_are_those_of_a_list(away: frozenset[int], start: int, count: int) -> None:
    closed, on = closed_days(away), MIDDLE + timedelta(days=start)
    later = [day for day in worked(closed) if day > on]
    earlier = [day for day in reversed(worked(closed)) if day < on]
    wanted = on if count == 0 else (later if count > 0 else earlier)[abs(count) - 1]
    assert add_working_days(on, count, closed) == wanted


@given(SOME_CLOSED, st.integers(-45, 45))
def test_closed_days_are_left_as_a_list_says(away: frozenset[int], start: int) -> None:
    closed, on = closed_days(away), MIDDLE + timedelta(days=start)
    assert off_closed(on, "monday", closed) == next(day for day in worked(closed) if day >= on)
    assert off_closed(on, "friday", closed) == next(day for day in reversed(worked(closed)) if day <= on)


class Always:
    """Every day is closed."""

    def __contains__(self, on: object) -> bool:
        return True


def test_who_is_always_closed_keeps_the_day() -> None:
    assert off_closed(MIDDLE, "monday", Always()) == MIDDLE
    assert add_working_days(MIDDLE, 5, Always()) == MIDDLE


@pytest.mark.parametrize(("edge", "reschedule"), [(date.max, "monday"), (date.min, "friday")])
def test_the_calendar_ends(edge: date, reschedule: Reschedule) -> None:
    assert off_closed(edge, reschedule, {edge}) == edge
    assert add_working_days(edge, 3 if edge == date.max else -3) == edge
