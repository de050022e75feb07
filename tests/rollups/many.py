"""Rows of funds, campaigns and portfolios in plain Python, from a list of facts: what the SQL must agree with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.rounding import half_away
from donors.giving.models import Gift, GiftSplit
from donors.rollups.definition import Source
from donors.rollups.targets import Target
from tests.rollups.oracle import Facts, Given
from tests.rollups.plain import Row


@dataclass
class Purposes:
    """What is known beside the facts: campaigns by gift, charges as (officer, constituent, from, to)."""

    campaigns: dict[int, int | None] = field(default_factory=dict)
    charges: list[tuple[int, int, date, date | None]] = field(default_factory=list)


@dataclass
class Many:
    """The rows of owners, by their kind."""

    session: Session
    facts: Facts
    purposes: Purposes

    def rows(self, target: Target, owner: int, source: Source, *, on: date, as_of: date | None) -> list[Row]:
        """All rows of a source that an owner has on a day."""
        if target is Target.FUND:
            return [row for row in self._splits(lambda _: True, as_of) if row.facts["fund"] == owner]
        if target is Target.CAMPAIGN:
            mine = [one for one in self.facts.gifts.values() if self.purposes.campaigns[one.id] == owner]
            ids = {one.id for one in mine}
            if source is Source.ALLOCATIONS:
                return [row for row in self._splits(lambda _: True, as_of) if row.facts["gift"] in ids]
            return [row for one in mine for row in self._whole(one, as_of)]
        return self._portfolio(owner, source, on=on, as_of=as_of)

    def _whole(self, gift: Given, as_of: date | None) -> Iterable[Row]:
        hard = [amount for _, kind, amount in gift.counted(as_of) if kind == "hard"]
        if hard:
            yield Row(gift.on, gift.id, sum(hard), {"constituent": gift.giver, "gift": gift.id})

    def _splits(self, mine: Callable[[tuple[int, date]], bool], as_of: date | None) -> list[Row]:
        """The parts of gifts, as far as hard credit for them is somebody's of these."""
        kept = select(GiftSplit.id, GiftSplit.gift_id, GiftSplit.fund_id, GiftSplit.base_amount, Gift.base_amount)
        found = []
        for id_, gift_id, fund, part, whole in self.session.execute(kept.join(Gift, Gift.id == GiftSplit.gift_id)):
            gift = self.facts.gifts[gift_id]
            hard = [n for who, kind, n in gift.counted(as_of) if kind == "hard" and mine((who, gift.on))]
            if hard:
                amount = int(half_away(sum(hard) * part / whole)) if whole and part != whole else sum(hard)
                facts = {"fund": fund, "gift": gift_id, "constituent": gift.giver}
                found.append(Row(gift.on, id_, amount if whole else 0, facts))
        return found

    def _portfolio(self, officer: int, source: Source, *, on: date, as_of: date | None) -> list[Row]:
        there = {
            who for one, who, start, end in self.purposes.charges if one == officer and start <= on < (end or date.max)
        }

        def mine(counted: tuple[int, date]) -> bool:
            who, day = counted
            return who in there or any(self.facts.at_home(home, who, day) for home in there)

        if source is Source.ALLOCATIONS:
            return self._splits(mine, as_of)
        if source is Source.SHIFTS:
            worked = self.facts.shifts.values()
            return [
                Row(one.on, one.id, one.minutes, {"constituent": one.who})
                for one in worked
                if (as_of is None or one.on <= as_of) and mine((one.who, one.on))
            ]
        if source is Source.MOVES:
            met = self.facts.moves.values()
            return [
                Row(one.on, one.id, 0, {"constituent": one.who})
                for one in met
                if (as_of is None or one.on <= as_of) and mine((one.who, one.on))
            ]
        return [row for gift in self.facts.gifts.values() for row in _credited(gift, source, mine, as_of)]


def _credited(
    gift: Given, source: Source, mine: Callable[[tuple[int, date]], bool], as_of: date | None
) -> Iterable[Row]:
    """A gift once: by hard credit of anybody there, by soft credit as far as their hard credit leaves any."""
    counted = gift.counted(as_of)
    own = {
        kind: [amount for who, what, amount in counted if what == kind and mine((who, gift.on))]
        for kind in ("hard", "soft")
    }
    left = sum(amount for _, kind, amount in counted if kind == "hard") - sum(own["hard"])
    amounts = [sum(own["hard"])] if own["hard"] and source is not Source.SOFT else []
    if own["soft"] and source is not Source.HARD and (left or not own["hard"]):
        amounts.append(min(sum(own["soft"]), left))
    if amounts:
        yield Row(gift.on, gift.id, sum(amounts), {"constituent": gift.giver, "gift": gift.id})
