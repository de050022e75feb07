"""Gains and losses: why a year brought more or less than the one before, in people and in money.

Gains are new, recaptured and upgraded givers; losses are downgraded, lapsed new and lapsed repeat ones (the
Fundraising Effectiveness Project's growth in giving). Gains less losses are exactly the change of the totals.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from donors.reports.answers import Memory
from donors.reports.givers import GiversQuestion, years_of
from donors.reports.retention import LESS, MORE, Cell, cells
from donors.reports.years import Year

GAINS = ("new", "recaptured", "upgraded")
LOSSES = ("downgraded", "lapsed_new", "lapsed_repeat")
KINDS = {
    "new": "New",
    "recaptured": "Recaptured",
    "upgraded": "Upgraded",
    "same": "Gave the same",
    "downgraded": "Downgraded",
    "lapsed_new": "Lapsed, new",
    "lapsed_repeat": "Lapsed, repeat",
}
"""Every giver of either year is of exactly one kind: the words are those of `giver_list.WHICH`."""
COME, GO = ("new", "recaptured"), ("lapsed_new", "lapsed_repeat")


@dataclass
class Change:
    """Givers of one kind, and what they gave in both years."""

    people: int = 0
    then: int = 0
    now: int = 0

    @property
    def money(self) -> int:
        """What they changed of the total; below zero for losses."""
        return self.now - self.then


@dataclass(frozen=True)
class Gains:
    """One year against the year before. `kinds` holds every kind, in the order of `KINDS`."""

    year: Year
    before: Year
    kinds: dict[str, Change]

    def sum(self, *names: str) -> Change:
        """Some kinds together."""
        chosen = [self.kinds[name] for name in names or KINDS]
        return Change(*(sum(getattr(one, part) for one in chosen) for part in ("people", "then", "now")))

    @property
    def gained(self) -> int:
        """Money won: of the new, the recaptured and the upgraded."""
        return self.sum(*GAINS).money

    @property
    def lost(self) -> int:
        """Money lost, above zero: of the downgraded and the lapsed."""
        return -self.sum(*LOSSES).money

    @property
    def givers_then(self) -> int:
        """How many gave the year before."""
        return self.sum().people - self.sum(*COME).people

    @property
    def givers_now(self) -> int:
        """How many gave in the year."""
        return self.sum().people - self.sum(*GO).people

    @property
    def money_then(self) -> int:
        """What all gave the year before."""
        return self.sum().then

    @property
    def money_now(self) -> int:
        """What all gave in the year."""
        return self.sum().now


@dataclass(frozen=True)
class GainsReport:
    """Gains and losses of all years, the oldest first."""

    asked: GiversQuestion
    years: tuple[Year, ...]
    lines: tuple[Gains, ...]

    def line(self, name: str) -> Gains | None:
        """The year with a name, or else the last one that is over, or else the last one."""
        over = [one for one in self.lines if one.year.is_over] or self.lines
        return next((one for one in self.lines if one.year.name == name), over[-1] if over else None)


def gains(session: Session, asked: GiversQuestion, *, memory: Memory | None = None) -> GainsReport:
    """The report on all years up to the day of the question."""
    known = years_of(session, asked)
    found = cells(session, asked, known, memory=memory)
    whole = [(before, year) for before, year in pairwise(known) if not before.all_before]
    return GainsReport(asked, known, tuple(_gains(found, before, year) for before, year in whole))


def _gains(found: Iterable[Cell], before: Year, year: Year) -> Gains:
    kinds = {name: Change() for name in KINDS}
    for cell in found:
        lapsed = kinds["lapsed_new" if cell.first == before.place else "lapsed_repeat"]
        if cell.place == before.place:  # all of them, until those who gave again are taken out below
            lapsed.people += cell.people
            lapsed.then += cell.money
        elif cell.place == year.place:
            kind = kinds[_kind(cell, year)]
            kind.people += cell.people
            kind.then += cell.before
            kind.now += cell.money
            if cell.way is not None:
                lapsed.people -= cell.people
                lapsed.then -= cell.before
    return Gains(year, before, kinds)


def _kind(cell: Cell, year: Year) -> str:
    if cell.way is None:
        return "new" if cell.first == year.place else "recaptured"
    return {MORE: "upgraded", LESS: "downgraded"}.get(cell.way, "same")
