"""Periods: every local date once, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.calendar import FiscalCalendar
from donors.core.clock import first_instant
from donors.jobs.periods import Daily, Fiscal, Hourly, Monthly, Place, due_after, latest, next_due

ZONES = ("America/New_York", "Australia/Sydney", "Europe/Vienna")
DAYS_OF_2026 = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]


def wall_time(text: str) -> datetime:
    """A time as clocks show it, without a zone."""
    return datetime.fromisoformat(text)


def at(zone: str, fiscal: FiscalCalendar | None = None) -> Place:
    return Place(zone, fiscal or FiscalCalendar())


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/New_York", wall_time("2026-03-08 02:30"), wall_time("2026-03-08 07:00")),  # a gap: 03:00 summer time
        ("America/New_York", wall_time("2026-11-01 01:30"), wall_time("2026-11-01 05:30")),  # twice: the first
        ("Australia/Sydney", wall_time("2026-10-04 02:30"), wall_time("2026-10-03 16:00")),
        ("Australia/Sydney", wall_time("2026-04-05 02:30"), wall_time("2026-04-04 15:30")),
        ("Australia/Lord_Howe", wall_time("2026-10-04 02:10"), wall_time("2026-10-03 15:30")),  # half an hour's gap
        ("Europe/Vienna", wall_time("2026-03-29 02:30"), wall_time("2026-03-29 01:00")),
        ("Europe/Vienna", wall_time("2026-10-25 02:30"), wall_time("2026-10-25 00:30")),
        ("Europe/Vienna", wall_time("2026-07-01 00:30"), wall_time("2026-06-30 22:30")),
        ("America/Santiago", wall_time("2026-09-06 00:00"), wall_time("2026-09-06 04:00")),  # midnight does not exist
        ("Pacific/Apia", wall_time("2011-12-30 12:00"), wall_time("2011-12-30 10:00")),  # a whole day does not
    ],
)
def test_the_first_instant(zone: str, wall: datetime, utc: datetime) -> None:
    assert first_instant(wall, zone) == utc.replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", [*ZONES, "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize("wall", [time(0, 0), time(0, 30), time(1, 30), time(2, 0), time(2, 30), time(23, 59)])
def test_every_date_of_a_year_once_and_in_order(zone: str, wall: time) -> None:
    daily = Daily(wall)
    dues = [daily.due(daily.number(on, at(zone)), at(zone)) for on in DAYS_OF_2026]
    assert [due.key for due in dues] == [on.isoformat() for on in DAYS_OF_2026]
    assert all(earlier.at < later.at for earlier, later in pairwise(dues))
    for due in dues:
        shown = due.at.astimezone(ZoneInfo(zone))
        assert shown.date() == due.on
        assert shown.time() >= wall
        if shown.time() != wall:  # swallowed by a gap: the instant is the first after it
            just_before = (due.at - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
            assert just_before.replace(tzinfo=None) < datetime.combine(due.on, wall)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("wall", [time(0, 30), time(1, 30), time(2, 30)])
def test_a_clock_that_ticks_through_the_year_meets_every_date_once(zone: str, wall: time) -> None:
    daily, known, met = Daily(wall), "2025-12-31", []
    instant = datetime(2026, 1, 1, 12, tzinfo=UTC)
    while instant < datetime(2027, 1, 1, 12, tzinfo=UTC):
        for due in due_after(daily, known, until=instant, place=at(zone)):
            assert due.at <= instant
            met.append(due.key)
            known = due.key
        instant += timedelta(hours=1, minutes=7)
    assert met[:365] == [on.isoformat() for on in DAYS_OF_2026]


@given(
    start=st.datetimes(wall_time("2024-01-01"), wall_time("2028-01-01"), timezones=st.just(UTC)),
    steps=st.lists(st.integers(-7200, 20 * 86400), min_size=1, max_size=30),
    zone=st.sampled_from(ZONES),
    wall=st.times(),
)
def test_jumping_clocks_and_long_stops_neither_skip_nor_double(
    start: datetime, steps: list[int], zone: str, wall: time
) -> None:
    daily, instant, met = Daily(wall), start, list[str]()
    for seconds in (0, *steps):
        instant += timedelta(seconds=seconds)
        met += [due.key for due in due_after(daily, met[-1] if met else None, until=instant, place=at(zone))]
    first = date.fromisoformat(met[0])
    assert met == [(first + timedelta(days=day)).isoformat() for day in range(len(met))]


def test_the_zone_may_change_and_no_date_is_met_twice() -> None:
    daily = Daily(time(0, 30))
    instant = datetime(2026, 5, 10, 15, 0, tzinfo=UTC)
    done = due_after(daily, "2026-05-09", until=instant, place=at("Australia/Sydney"))
    assert [due.key for due in done] == ["2026-05-10", "2026-05-11"]
    assert due_after(daily, "2026-05-11", until=instant, place=at("America/New_York")) == []
    assert next_due(daily, after=instant, place=at("America/New_York")).key == "2026-05-11"  # known: not done again


def test_months_fiscal_years_and_hours() -> None:
    place = at("America/New_York", FiscalCalendar(7, named_for_end=True))
    until = datetime(2026, 7, 1, 5, 0, tzinfo=UTC)
    monthly = due_after(Monthly(1, time(0, 30)), "2026-04", until=until, place=place)
    assert [(due.key, due.on) for due in monthly] == [
        ("2026-05", date(2026, 5, 1)),
        ("2026-06", date(2026, 6, 1)),
        ("2026-07", date(2026, 7, 1)),
    ]
    fiscal = due_after(Fiscal(time(0, 30)), None, until=until, place=place)
    assert [(due.key, due.on) for due in fiscal] == [("FY2027", date(2026, 7, 1))]
    hours = due_after(Hourly(15), "2026-07-01T01", until=until, place=place)
    assert [due.key for due in hours] == ["2026-07-01T02", "2026-07-01T03", "2026-07-01T04"]
    assert [due.on for due in hours] == [date(2026, 6, 30), date(2026, 6, 30), date(2026, 7, 1)]


def test_hours_go_through_both_of_a_doubled_hour() -> None:
    zone = at("America/New_York")
    hours = due_after(Hourly(), "2026-11-01T04", until=datetime(2026, 11, 1, 7, tzinfo=UTC), place=zone)
    assert [due.key for due in hours] == ["2026-11-01T05", "2026-11-01T06", "2026-11-01T07"]


def test_the_latest_is_due_and_the_next_is_not() -> None:
    place, daily = at("Europe/Vienna"), Daily(time(6))
    instant = datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
    assert daily.due(latest(daily, until=instant, place=place), place).at == instant
    assert next_due(daily, after=instant, place=place).key == "2026-03-30"
