"""Quiet times, against a model that looks at every quarter of an hour, on the days when clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.closing import ClosedDays
from donors.core.quiet import QuietTimes

QUARTER = timedelta(minutes=15)
ZONES = ("UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
TIMES = st.one_of(st.none(), st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45))))
RULES = st.builds(QuietTimes, st.sampled_from(ZONES), TIMES, TIMES, st.frozensets(st.integers(0, 6), max_size=5))
CHANGES = (
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 12, tzinfo=UTC),
    datetime(2026, 10, 3, 12, tzinfo=UTC),
    datetime(2011, 12, 30, tzinfo=UTC),
)


def quiet(rule: QuietTimes, at: datetime) -> bool:
    """Whether an instant is quiet, by what the clock on the wall shows."""
    wall = at.astimezone(ZoneInfo(rule.zone))
    if wall.weekday() in rule.weekdays:
        return True
    if rule.start is None or rule.end is None:
        return False
    start, end = (limit.hour * 60 + limit.minute for limit in (rule.start, rule.end))
    return (wall.hour * 60 + wall.minute - start) % 1440 < (end - start) % 1440


@given(RULES, st.sampled_from(CHANGES), st.integers(-200, 200))
def test_mail_leaves_at_the_first_moment_that_is_not_quiet(rule: QuietTimes, day: datetime, quarters: int) -> None:
    at = day + quarters * QUARTER
    assert rule.is_quiet(at) == quiet(rule, at)
    walk = (at + n * QUARTER for n in range(4 * 24 * 9))
    assert rule.open_from(at) == next(one for one in walk if not quiet(rule, one))


VIENNA = QuietTimes("Europe/Vienna", time(2, 30), time(8))


@pytest.mark.parametrize(
    ("rule", "at", "leaves"),
    [
        # Two o’clock is three on that morning; half past two never comes.
        (QuietTimes("Europe/Vienna", time(1), time(2, 30)), "2026-03-29T00:15", "2026-03-29T01:00"),
        # Half past two comes twice; the second time is as quiet as the first.
        (VIENNA, "2026-10-25T00:40", "2026-10-25T07:00"),
        (VIENNA, "2026-10-25T01:40", "2026-10-25T07:00"),
        (QuietTimes("UTC", time(20), time(8)), "2026-05-01T19:59", "2026-05-01T19:59"),
        (QuietTimes("UTC", time(20), time(8)), "2026-05-01T20:00", "2026-05-02T08:00"),
        (QuietTimes("UTC", None, None, frozenset({5, 6})), "2026-05-02T09:00", "2026-05-04T00:00"),
        (QuietTimes("UTC", time(20), time(8), frozenset({5, 6})), "2026-05-01T21:00", "2026-05-04T08:00"),
        (QuietTimes("America/New_York", days=ClosedDays("US")), "2026-11-26T15:00", "2026-11-27T05:00"),
    ],
)
def test_single_moments(rule: QuietTimes, at: str, leaves: str) -> None:
    moment, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, leaves))
    assert rule.open_from(moment) == wanted


def test_who_is_quiet_for_ever_loses_no_mail() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert QuietTimes("UTC", weekdays=frozenset(range(7))).open_from(at) == at
    assert not QuietTimes("UTC").is_quiet_day(date(2026, 5, 1))


@given(RULES, st.integers(-200, 200), st.integers(1, 200))
def test_time_that_is_quiet_does_not_count(rule: QuietTimes, quarters: int, length: int) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC) + quarters * QUARTER
    open_quarters = (here for n in range(4 * 24 * 60) if not quiet(rule, here := at + n * QUARTER))
    wanted = [here for here, _n in zip(open_quarters, range(length), strict=False)]
    if len(wanted) == length:
        assert rule.after(at, length * QUARTER) == wanted[-1] + QUARTER


def test_an_hour_that_clocks_skip_does_not_count() -> None:
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert QuietTimes("Europe/Vienna", time(6), time(8)).after(night, timedelta(hours=6)) == datetime(
        2026, 3, 29, 7, tzinfo=UTC
    )
    never = QuietTimes("UTC", weekdays=frozenset(range(7)))
    assert never.after(night, timedelta(hours=6)) == night + timedelta(hours=6)
