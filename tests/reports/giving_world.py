"""A small charity drawn at random, and plain Python that says of it what reports should say: from the draw alone."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.spans import Span
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.settings import Organization, set_organization
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput
from donors.workflows.adjust import refund_gift
from donors.workflows.begin import begin
from donors.workflows.gifts import add_gift
from donors.workflows.household import NewStay, join_household
from tests.constituents.people import home, person

TODAY = now().date()
ACT = Act(by=None, at=now(), through="cli")
FIRST = TODAY - timedelta(days=5 * 365)
FISCAL_MONTH = 7


@dataclass(frozen=True)
class Drawn:
    """One gift: whose, how much, when; given back on a day (in part or all); with soft credit for somebody."""

    giver: int
    cents: int
    on: date
    back: int = 0
    back_on: date | None = None
    friend: int | None = None

    def worth(self, on: date) -> int:
        """What it is worth on a day."""
        given_back = self.back if self.back_on is not None and self.back_on <= on else 0
        return self.cents - given_back if self.on <= on else 0


@dataclass
class World:
    """All that was drawn. `stays`: person → (household, from, to)."""

    people: list[int] = field(default_factory=list)
    homes: list[int] = field(default_factory=list)
    stays: dict[int, tuple[int, date, date | None]] = field(default_factory=dict)
    gifts: list[Drawn] = field(default_factory=list)

    def unit(self, who: int, on: date, unit: str) -> int:
        """Whom a gift of somebody counts for."""
        stay = self.stays.get(who)
        lives = stay is not None and stay[1] <= on and (stay[2] is None or stay[2] > on)
        return stay[0] if unit == "household" and stay is not None and lives else who

    def giving(self, on: date, unit: str, *, soft: bool, year_of: object) -> dict[int, dict[int, int]]:
        """Unit → year → cents, of years in which it gave. `year_of`: day → year."""
        found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for gift in self.gifts:
            payer = self.unit(gift.giver, on, unit)
            units = {payer}
            if soft and gift.friend is not None:
                units.add(self.unit(gift.friend, on, unit))
            for one in units:
                found[one][year_of(gift.on)] += gift.worth(on)  # type: ignore[operator]
        return {
            one: {year: cents for year, cents in years.items() if cents > 0}
            for one, years in found.items()
            if any(cents > 0 for cents in years.values())
        }


def draw(session: Session, seed: int, *, people: int = 14, gifts: int = 70) -> World:
    """Draws a charity, writes it, and commits."""
    drawn, made = random.Random(seed), World()
    change = open_change(session, "test", act=ACT)
    begin(session, within=change)
    set_organization(session, Organization(fiscal_start_month=FISCAL_MONTH), within=change)
    made.people = [person(session, f"Giver {chr(65 + n)}").id for n in range(people)]
    rows = [home(session, f"Home {n}") for n in range(2)]
    made.homes = [row.id for row in rows]
    for n, who in enumerate(made.people[:5]):
        since = TODAY - timedelta(days=drawn.randrange(100, 1_500))
        until = since + timedelta(days=drawn.randrange(60, 900)) if n == 4 else None
        made.stays[who] = (made.homes[n % 2], since, until)
        stay = NewStay(rows[n % 2], session.get_one(Constituent, who), Span(since, until), "member")
        join_household(session, stay, within=change, on=TODAY)
    for _ in range(gifts):
        gift = _gift(drawn, made)
        credits = (CreditInput(gift.friend, gift.cents, role="friend"),) if gift.friend else ()
        wanted = GiftInput(gift.giver, gift.cents, gift.on, credits=credits)
        kept = add_gift(session, wanted, within=change, on=TODAY).gift.id
        if gift.back_on is not None:
            refund_gift(session, kept, AdjustmentInput(gift.back, gift.back_on), act=ACT, on=TODAY)
        made.gifts.append(gift)
    session.commit()
    return made


def _gift(drawn: random.Random, made: World) -> Drawn:
    giver = drawn.choice([*made.people, *made.people[:6], made.homes[0]])
    on = FIRST + timedelta(days=drawn.randrange((TODAY - FIRST).days))
    cents = drawn.choice([2_500, 5_000, 10_000, 10_000, 40_000])
    friend = drawn.choice([one for one in made.people if one != giver]) if drawn.random() < 0.25 else None
    if drawn.random() < 0.15:
        back = drawn.choice([cents, cents // 2])
        back_on = min(on + timedelta(days=drawn.randrange(200)), TODAY)
        return Drawn(giver, cents, on, back, back_on, friend)
    return Drawn(giver, cents, on, friend=friend)
