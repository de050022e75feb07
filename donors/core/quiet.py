"""Quiet times: hours and days on which no mail leaves for constituents, by the clocks of the organization's zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from donors.core.calendar import LONGEST_CLOSED, NEVER_CLOSED, Closed
from donors.core.clock import first_instant

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class QuietTimes:
    """When nobody is written to. `start` to `end` (end not included) may go over midnight; equal or none: no such
    hours.

    `weekdays` are 0 (Monday) to 6; `days` are further quiet days, such as holidays.
    """

    zone: str
    start: time | None = None
    end: time | None = None
    weekdays: frozenset[int] = frozenset()
    days: Closed = NEVER_CLOSED

    def is_quiet_day(self, on: date) -> bool:
        """Whether nothing leaves on a local day."""
        return on.weekday() in self.weekdays or on in self.days

    def is_quiet(self, at: datetime) -> bool:
        """Whether nothing leaves at an instant."""
        wall = at.astimezone(ZoneInfo(self.zone))
        return self.is_quiet_day(wall.date()) or self._in_hours(wall.time())

    def open_from(self, at: datetime) -> datetime:
        """The instant itself, or the first one after it at which mail may leave.

        Where nothing may leave for 1,000 days it is the instant itself: such a rule would lose mail for ever.
        """
        if not self.is_quiet(at):
            return at
        on = at.astimezone(ZoneInfo(self.zone)).date()
        for _ in range(LONGEST_CLOSED):
            if not self.is_quiet_day(on):
                found = [one for one in self._openings(on) if one >= at and not self.is_quiet(one)]
                if found:
                    return min(found)
            on += timedelta(days=1)
        return at

    def after(self, at: datetime, length: timedelta) -> datetime:
        """The instant by which, from another on, so much time has passed that was not quiet.

        Where nothing is open for 1,000 days, all time counts.
        """
        left, here = length, at
        while left > timedelta():
            start = self.open_from(here)
            end = self._next_change(start)
            if self.is_quiet(start) or end - start >= left:
                return start + left
            left, here = left - (end - start), end
        return here

    def _next_change(self, at: datetime) -> datetime:
        """The first instant after another at which a quiet time may begin: midnight, or the start of quiet hours."""
        on = at.astimezone(ZoneInfo(self.zone)).date()
        walls = [time()] if self.start is None else [time(), self.start]
        days = (on, on + timedelta(days=1), on + timedelta(days=2))
        found = (first_instant(datetime.combine(day, wall), self.zone) for day in days for wall in walls)
        return min(one for one in found if one > at)

    def _openings(self, on: date) -> list[datetime]:
        """The instants of a day at which a quiet time may end: midnight, and the end of the quiet hours."""
        walls = [time()] if self.end is None else [time(), self.end]
        return [first_instant(datetime.combine(on, wall), self.zone) for wall in walls]

    def _in_hours(self, wall: time) -> bool:
        if self.start is None or self.end is None or self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end
