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
