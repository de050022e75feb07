"""Closed days: public holidays as everybody knows them, and closings of one's own."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.closing import LEAP, MOST_DAYS, ClosedDays, Closing, closing, read_closing
from donors.core.errors import Invalid
from donors.core.public_holidays import countries, public_holidays, regions

KNOWN = (
    ("US", "", "2026-07-04", "Independence Day"),
    ("US", "", "2026-07-03", "Independence Day (observed)"),
    ("US", "", "2021-12-31", "New Year's Day (observed)"),
    ("US", "", "2026-11-26", "Thanksgiving Day"),
    ("US", "MA", "2026-04-20", "Patriots' Day"),
    ("AT", "9", "2026-10-26", "National Day"),
    ("AT", "", "2027-03-29", "Easter Monday"),
    ("DE", "BY", "2026-06-04", "Corpus Christi"),
    ("GB", "SCT", "2026-11-30", "Saint Andrew's Day"),
    ("GB", "ENG", "2026-12-28", "Boxing Day (observed)"),
    ("CA", "QC", "2026-06-24", "Saint John the Baptist Day"),
    ("NZ", "", "2026-02-06", "Waitangi Day"),
)
SPANS = st.builds(
    lambda first, days, yearly, name: closing(first, first + timedelta(days=days), yearly=yearly, name=name),
    st.dates(date(2000, 1, 1), date(2050, 12, 31)),
    st.integers(0, 40),
    st.booleans(),
    st.sampled_from(("", "Winter break", "Board & staff retreat / away")),
)


@pytest.mark.parametrize(("country", "region", "day", "name"), KNOWN)
def test_well_known_holidays(country: str, region: str, day: str, name: str) -> None:
    on = date.fromisoformat(day)
    assert public_holidays(country, region, on.year)[on] == name


@pytest.mark.parametrize(
    ("country", "region", "day"), [("US", "", "2026-04-20"), ("DE", "BE", "2026-06-04"), ("GB", "ENG", "2026-11-30")]
)
def test_holidays_of_one_region_are_worked_in_another(country: str, region: str, day: str) -> None:
    assert date.fromisoformat(day) not in ClosedDays(country, region)


def test_what_is_not_known_has_no_holidays() -> None:
    assert public_holidays("", "", 2026) == public_holidays("XX", "", 2026) == public_holidays("US", "", 1800) == {}
    assert public_holidays("AT", "Mars", 2026) == public_holidays("AT", "", 2026)
    assert regions("XX") == ()


def test_countries_and_regions_have_names() -> None:
    assert {"US", "AT", "DE", "GB", "CA", "NZ"} <= countries()
    assert ("9", "Wien") in regions("AT")
    assert [name for _code, name in regions("DE")] == sorted(name for _code, name in regions("DE"))


@given(SPANS)
def test_a_closing_is_read_as_it_is_written(one: Closing) -> None:
    assert read_closing(str(one)) == one


@given(SPANS, st.integers(1990, 2060))
def test_a_closing_closes_its_days(one: Closing, year: int) -> None:
    """Day by day over the year: a yearly one closes the days whose month and day lie in its span."""
    days = [date(year, 1, 1) + timedelta(days=day) for day in range(365 + _leaps(year))]
    span = [one.first + timedelta(days=day) for day in range((one.last - one.first).days + 1)]
    named = {(day.month, day.day) for day in span}
    wanted = {day for day in days if ((day.month, day.day) in named if one.yearly else day in span)}
    assert set(one.within(year)) == wanted
    assert {day for day in days if day in ClosedDays(own=(one,))} == wanted


def _leaps(year: int) -> bool:
    return (date(year, 3, 1) - date(year, 2, 28)).days == 2


def test_a_leap_day_of_every_year_is_closed_where_there_is_one() -> None:
    days = ClosedDays(own=(read_closing("--02-29"),))
    assert list(days.in_year(2028)) == [date(2028, 2, 29)]
    assert list(days.in_year(2027)) == []


def test_a_span_of_every_year_goes_over_the_turn_of_the_year() -> None:
    one = read_closing("--12-30/--01-02 Between the years")
    assert (one.first, one.last) == (date(LEAP, 12, 30), date(LEAP + 1, 1, 2))
    found = ClosedDays(own=(one,)).in_year(2027)
    assert [f"{on:%m-%d}" for on in found] == ["01-01", "01-02", "12-30", "12-31"]


def test_a_day_that_is_closed_twice_tells_both_reasons_once() -> None:
    own = (read_closing("2026-12-24/2026-12-26 Break"), read_closing("--12-25 Break"))
    assert ClosedDays("US", "", own).in_year(2026)[date(2026, 12, 25)] == "Christmas Day; Break"
    assert date(2026, 12, 24) in ClosedDays(own=(read_closing("2026-12-24"),))


@pytest.mark.parametrize(
    "text", ["Christmas", "2026-13-01", "2026-02-30", "2026-12-24/--12-26", "24.12.2026", "", "2026-12-26/2026-12-24"]
)
def test_what_is_no_closing_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_closing(text)


def test_a_closing_has_an_end() -> None:
    first = date(2026, 1, 1)
    assert closing(first, first + timedelta(days=MOST_DAYS - 1)).first == first
    with pytest.raises(Invalid, match="more than"):
        closing(first, first + timedelta(days=MOST_DAYS))
