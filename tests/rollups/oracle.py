"""Figures computed in plain Python from a list of facts: what the SQL must agree with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from donors.core.calendar import FiscalCalendar
from donors.giving.decide import Share, credit_shares


@dataclass
class Given:
    """A gift as the test knows it, in minor units. `credits` are (constituent, kind, amount), refunds (day, amount)."""

    id: int
    giver: int
    amount: int
    on: date
    credits: list[tuple[int, str, int]]
    corrections: list[int] = field(default_factory=list)
    refunds: list[tuple[date, int]] = field(default_factory=list)

    def counted(self, as_of: date | None) -> list[tuple[int, str, int]]:
        """Who the gift counts for: still, or on a day."""
        if as_of is not None and self.on > as_of:
            return []
        full = self.amount + sum(self.corrections)
        gone = [amount for on, amount in self.refunds if as_of is None or on <= as_of]
        left = full - sum(gone)
        if gone and left == 0:
            return []
        return self.parts(left)

    def parts(self, left: int) -> list[tuple[int, str, int]]:
        """The credits as they share what is left."""
        shares = [Share(who, amount, amount, kind) for who, kind, amount in self.credits]
        return [(part.to_id, part.kind, part.amount) for part in credit_shares(shares, (left, left))]

    def whole(self, as_of: date | None) -> list[tuple[int, str, int]]:
        """The same with every credit, where only some are looked at."""
        return self.counted(as_of)


@dataclass
class Worked:
    """A shift as the test knows it."""

    id: int
    who: int
    on: date
    minutes: int


@dataclass
class Contact:
    """A move that was made, as the test knows it. Its amount, if one asks, is nothing."""

    id: int
    who: int
    on: date
    minutes: int = 0


@dataclass
class Facts:
    """All facts. `stays` are (household, person, from, to)."""

    fiscal: FiscalCalendar
    gifts: dict[int, Given] = field(default_factory=dict)
    shifts: dict[int, Worked] = field(default_factory=dict)
    moves: dict[int, Contact] = field(default_factory=dict)
    stays: list[tuple[int, int, date | None, date | None]] = field(default_factory=list)

    def at_home(self, household: int, person: int, on: date) -> bool:
        """Whether a person belonged to a household on a day."""
        return any(
            home == household and who == person and (start is None or start <= on) and (end is None or on < end)
            for home, who, start, end in self.stays
        )

    def rows(self, owner: int, kind: str, as_of: date | None) -> list[tuple[date, int, int]]:
        """Day, id, amount of each gift that counts for a constituent or household."""
        found = []
        for gift in self.gifts.values():
            counted = gift.counted(as_of)
            mine = [one for one in counted if one[0] == owner or self.at_home(owner, one[0], gift.on)]
            hard = [amount for _, what, amount in mine if what == "hard"]
            soft = [amount for _, what, amount in mine if what == "soft"]
            if kind == "hard" and hard:
                found.append((gift.on, gift.id, sum(hard)))
            if kind == "soft" and soft:
                every = [one for one in gift.whole(as_of) if one[1] == "hard"]
                own = [one for one in every if one[0] == owner or self.at_home(owner, one[0], gift.on)]
                left = sum(amount for *_, amount in every) - sum(amount for *_, amount in own)
                household = any(home == owner for home, *_ in self.stays)
                if not household:
                    found.append((gift.on, gift.id, sum(soft)))
                elif left or not own:
                    found.append((gift.on, gift.id, min(sum(soft), left)))
        return found

    def worked(self, owner: int, as_of: date | None) -> list[tuple[date, int, int]]:
        """Day, id, minutes of each shift of a constituent or household."""
        return self._of(owner, self.shifts.values(), as_of)

    def met(self, owner: int, as_of: date | None) -> list[tuple[date, int, int]]:
        """Day, id and nothing of each move made with a constituent or household."""
        return self._of(owner, self.moves.values(), as_of)

    def _of(self, owner: int, rows: Iterable[Worked | Contact], as_of: date | None) -> list[tuple[date, int, int]]:
        return [
            (one.on, one.id, one.minutes)
            for one in rows
            if (as_of is None or one.on <= as_of) and (one.who == owner or self.at_home(owner, one.who, one.on))
        ]


def half_up(top: int, bottom: int) -> int:
    """A quotient rounded half away from zero."""
    sign = -1 if top < 0 else 1
    return sign * ((2 * abs(top) + bottom) // (2 * bottom))
