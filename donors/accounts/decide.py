"""Rules of absences without any database: who does on a day what is left to somebody."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

LONGEST = 366
"""Days of one absence; who is away for longer hands the portfolio over."""


@dataclass(frozen=True)
class Away:
    """That a user is away from a day to a day, both included; `stand_in_id` none: nobody was named."""

    user_id: int
    from_on: date
    to_on: date
    stand_in_id: int | None = None

    def holds(self, on: date) -> bool:
        """Whether the user is away on a day."""
        return self.from_on <= on <= self.to_on


@dataclass(frozen=True)
class Doer:
    """Who does it (none: nobody can), and the absence that is the reason when it is somebody else."""

    user_id: int | None
    away: Away | None = None


def doer(user_id: int, on: date, absences: Mapping[int, Iterable[Away]], active: Collection[int]) -> Doer:
    """Who does on a day what is left to a user: the user, or the first of the chain of stand-ins who is there.

    `absences` by user; `active` are the users who may sign in. An active user for whom nobody can stand in keeps what
    is left to them. Of somebody who is no longer active the stand-in of that day counts too; none: nobody can.
    """
    first: Away | None = None
    asked: list[int] = []
    here: int | None = user_id
    while here is not None and here not in asked:
        away = next((each for each in absences.get(here, ()) if each.holds(on)), None)
        if here in active and away is None:
            return Doer(here, first)
        asked.append(here)
        first = first or away
        here = None if away is None else away.stand_in_id
    return Doer(user_id if user_id in active else None, first if user_id in active else None)
