"""The only reader of the clock. Rules take `on` or `at` as arguments; the edges of the program ask here."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""A source of the present: no argument, an aware datetime in UTC."""


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(at: datetime, zone: str) -> date:
    """The calendar date of an instant in an IANA time zone such as `Europe/Vienna`."""
    return at.astimezone(ZoneInfo(zone)).date()


def first_instant(wall: datetime, zone: str) -> datetime:
    """The UTC instant at which a zone's clocks show a time: the first of two; in a gap, the gap's end."""
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    found = local.astimezone(UTC)
    if found.astimezone(local.tzinfo).replace(tzinfo=None) == wall:
        return found
    return _change_between(local.replace(fold=1).astimezone(UTC), found, zone)


def _change_between(early: datetime, late: datetime, zone: str) -> datetime:
    """The second at which the zone's offset has changed, known to lie after `early` and not after `late`."""
    tz = ZoneInfo(zone)
    low, high = int(early.timestamp()), int(late.timestamp())
    before = early.astimezone(tz).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
