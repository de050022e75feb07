"""Stories: all that was said of an ask, read as spells, as claims of odds, and as how late its gift came. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from donors.pipeline.asks.models import ENDED as ENDS
from donors.pipeline.asks.models import RECEIVED as GIVEN
from donors.pipeline.odds.arrival import months_between
from donors.pipeline.odds.history import ENDED, RECEIVED, Spell, Stand


class Line(NamedTuple):
    """An ask as it was said to be from a day on. `kind` is that of its prospect's stage, empty where there is none;
    `amount` in minor units, `odds` in per cent."""

    on: date
    status: str
    kind: str
    officer_id: int | None
    amount: int | None
    odds: int | None
    expected_on: date | None

    @property
    def stand(self) -> Stand:
        """Where it stood."""
        return self.kind, self.status

    @property
    def is_end(self) -> bool:
        """Whether it had ended; a deferred one has: who comes back to it begins anew."""
        return self.status in ENDS


@dataclass(frozen=True)
class Claim:
    """Odds that were said of an open ask, from 0 to 1: when, by whose charge, where it stood and for how many days;
    whether it came to a gift since (none: it is open still), and when it ended."""

    ask_id: int
    on: date
    officer_id: int | None
    stand: Stand
    days: int
    odds: float
    happened: bool | None
    ended_on: date | None


@dataclass(frozen=True)
class Story:
    """One ask with all that was said of it, by day; at least one line."""

    ask_id: int
    lines: Sequence[Line]

    @property
    def last(self) -> Line:
        """How it stands."""
        return self.lines[-1]

    def spells(self) -> list[Spell]:
        """Where it stood, in turn."""
        found: list[Spell] = []
        stand, since = None, self.lines[0].on
        for line in self.lines:
            there = None if line.is_end else line.stand
            if there == stand:
                continue
            if stand is not None:
                then = (RECEIVED if line.status == GIVEN else ENDED) if there is None else there
                found.append(Spell(self.ask_id, stand, since, line.on, then))
            stand, since = there, line.on
        return found if stand is None else [*found, Spell(self.ask_id, stand, since)]

    def claims(self) -> list[Claim]:
        """The odds that were said, each time that they were said to be others than before."""
        ends = dict(self._ends())
        found, said, spells = [], None, {spell.since: spell for spell in self.spells()}
        since = self.lines[0].on
        for number, line in enumerate(self.lines):
            since = line.on if line.on in spells else since
            if line.odds is not None and line.odds != said and not line.is_end:
                end = ends.get(number)
                happened = None if end is None else end.status == GIVEN
                days = (line.on - since).days
                ended_on = end.on if end else None
                found.append(
                    Claim(self.ask_id, line.on, line.officer_id, line.stand, days, line.odds / 100, happened, ended_on)
                )
            said = line.odds
        return found

    def received(self) -> Line | None:
        """The line that says that it was received, where that is how it stands: the first of those in a row."""
        if self.last.status != GIVEN:
            return None
        number = len(self.lines) - 1
        while number and self.lines[number - 1].status == GIVEN:
            number -= 1
        return self.lines[number]

    def slip(self) -> int | None:
        """Months by which its gift came later than was said half-way; none where it was not received, or no day was
        said by then."""
        came = self.received()
        if came is None:
            return None
        half = self.lines[0].on + (came.on - self.lines[0].on) / 2
        said = [line.expected_on for line in self.lines if line.on <= half]
        return None if said[-1] is None else months_between(said[-1], came.on)

    def _ends(self) -> Iterator[tuple[int, Line]]:
        """Number of a line → the line at which it ended next."""
        end: Line | None = None
        for number in range(len(self.lines) - 1, -1, -1):
            if self.lines[number].is_end:
                end = self.lines[number]
            if end is not None:
                yield number, end
