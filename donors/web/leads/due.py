"""Hours and days until an answer is due, in words. Pure."""

from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def due_words(due: datetime, now: datetime) -> str:
    """`in 3 hours`, `in 2 days`, `40 minutes late`, `3 days late`."""
    gap = abs(due - now)
    if gap < HOUR:
        words = _several(int(gap / timedelta(minutes=1)), "minute")
    elif gap < 2 * DAY:
        words = _several(int(gap / HOUR), "hour")
    else:
        words = _several(int(gap / DAY), "day")
    return f"in {words}" if due >= now else f"{words} late"


def _several(count: int, one: str) -> str:
    return f"{count} {one}" + ("" if count == 1 else "s")
