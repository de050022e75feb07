"""History: what became of asks, told as counts by stand and age that can be read off as of any day. Pure.

An ask stands somewhere from a day on (a **stand**: the stage of its prospect and its own status) until it moves to
another stand, is received, or ends without a gift. The days in a stand are cut into ages. An ask that is open still
has stood in some of them without an outcome: it counts as one that could have ended there, and as nothing else.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

RECEIVED, ENDED = "received", "ended"
PASSED, ENTERED = "passed", "entered"
AGES = (0, 90, 180, 365)
"""The days in a stand from which an age begins."""
WORDS = ("up to 90 days", "91 to 180 days", "181 to 365 days", "over a year")

Stand = tuple[str, str]
"""Kind of the prospect's stage (empty: none), status of the ask."""
Cell = tuple[Stand, int]
"""A stand and the number of an age."""


@dataclass(frozen=True)
class Spell:
    """An ask in one stand: from a day until it moved, was received or ended (none: it is there still).

    `then` is RECEIVED, ENDED, or the stand to which it moved.
    """

    ask_id: int
    stand: Stand
    since: date
    until: date | None = None
    then: Stand | str | None = None


@dataclass
class Count:
    """Of the asks that came into a cell: how many were received there, ended, moved to another stand, grew older.

    `decided` of all that ever were in it are decided by now, wherever that was, and `won` of those were received.
    """

    entered: int = 0
    received: int = 0
    ended: int = 0
    passed: int = 0
    decided: int = 0
    won: int = 0
    moved: Counter[Stand] = field(default_factory=Counter)

    @property
    def inside(self) -> int:
        """How many are in it still."""
        return self.entered - self.received - self.ended - self.passed - self.moved.total()

    @property
    def at_risk(self) -> float:
        """Those that came in, less half of those that are in it still: they were there for half of it, as it were."""
        return self.entered - self.inside / 2


def age_of(days: int) -> int:
    """The number of the age after so many days in a stand."""
    return max(bisect_right(AGES, max(days - 1, 0)) - 1, 0)


class History:
    """Counts of all cells as of a day. It only goes forward: `until` takes in what happened up to and on the day."""

    def __init__(self, spells: Iterable[Spell]) -> None:
        self.cells: dict[Cell, Count] = defaultdict(Count)
        self._events = sorted(_events(spells), key=lambda event: event[0])
        self._next = 0
        self._was_in: dict[int, set[Cell]] = defaultdict(set)

    def until(self, on: date) -> "History":
        """The same history with all that happened up to the end of a day."""
        last = on.toordinal()
        while self._next < len(self._events) and self._events[self._next][0] <= last:
            _day, ask_id, cell, what = self._events[self._next]
            self._take(ask_id, cell, what)
            self._next += 1
        return self

    def _take(self, ask_id: int, cell: Cell, what: Stand | str) -> None:
        count = self.cells[cell]
        if what == ENTERED:
            count.entered += 1
            self._was_in[ask_id].add(cell)
        elif what == PASSED:
            count.passed += 1
        elif isinstance(what, tuple):
            count.moved[what] += 1
        else:
            self._decide(ask_id, count, won=what == RECEIVED)

    def _decide(self, ask_id: int, count: Count, *, won: bool) -> None:
        count.received += won
        count.ended += not won
        for cell in self._was_in.pop(ask_id, ()):
            self.cells[cell].decided += 1
            self.cells[cell].won += won


def _events(spells: Iterable[Spell]) -> Iterable[tuple[int, int, Cell, Stand | str]]:
    for spell in spells:
        since = spell.since.toordinal()
        until = None if spell.until is None else spell.until.toordinal()
        last = len(AGES) - 1 if until is None else age_of(until - since)
        for age in range(last + 1):
            # An ask of ninety days is in the first age to the end of that day.
            day = since + AGES[age] + (1 if age else 0)
            if age:
                yield day, spell.ask_id, (spell.stand, age - 1), PASSED
            yield day, spell.ask_id, (spell.stand, age), ENTERED
        if until is not None and spell.then is not None:
            yield until, spell.ask_id, (spell.stand, last), spell.then
