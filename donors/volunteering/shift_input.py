"""What a form, a command or a row of a file tells about a shift."""

from dataclasses import dataclass
from datetime import date

from donors.core.errors import Invalid

EARLIEST, LATEST = date(1800, 1, 1), date(2149, 1, 1)
LONGEST = 7 * 24 * 60
"""A week at a stretch, in minutes: more is a slip of the pen."""


@dataclass(frozen=True)
class ShiftInput:
    """A shift as it should be; `minutes` is whole and positive."""

    constituent_id: int
    worked_on: date
    minutes: int
    activity_id: int | None = None
    note: str = ""
    source: str = ""
    external_id: str | None = None
    fingerprint: str | None = None


def check(wanted: ShiftInput) -> None:
    """Raises Invalid when the shift cannot be taken as it is."""
    if wanted.minutes <= 0:
        raise Invalid("hours", wanted.minutes, "are missing", "Give the time worked, such as 1:30.")
    if wanted.minutes > LONGEST:
        raise Invalid("hours", wanted.minutes // 60, "are more than a week", "Record the days apart.")
    if not EARLIEST <= wanted.worked_on <= LATEST:
        raise Invalid("worked_on", wanted.worked_on, "is not a likely date", "Check the year.")
