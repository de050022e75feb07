"""Draws how somebody gives and volunteers over the years: seasons, habits, lapses, returns, refunds."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from donors.cli.practice import world
from donors.cli.practice.story import DrawnGift, DrawnShift

CAMPAIGN_SINCE = 3
"""The Boathouse campaign began so many years before the day that the charity is drawn for."""


@dataclass(frozen=True)
class Giver:
    """A habit: gives in a year with `faith`, `often` times, around `usual` dollars, from the first year to the last."""

    first: int
    last: int
    faith: float
    often: int
    usual: float
    nice: tuple[int, ...]
    volunteers: float = 0.08


def giver_of(chance: Random, on: date, *, organization: bool) -> Giver:
    """A habit by lot: most give once or now and then, a few give every month, very few give a lot."""
    first = on.year - int(chance.triangular(0, world.YEARS, 9))
    years = int(chance.expovariate(1 / 5.5))
    last = on.year if chance.random() < 0.5 else min(on.year, first + years)
    lot = chance.random()
    if lot < 0.08:
        return Giver(on.year + 1, on.year, 0.0, 0, 0, world.NICE, volunteers=0.3)
    if lot < 0.30:
        return Giver(first, first, 1.0, 1, chance.lognormvariate(3.7, 0.8), world.NICE)
    if lot < 0.64:
        return Giver(first, last, 0.5, 1, chance.lognormvariate(4.1, 0.9), world.NICE)
    if lot < 0.87:
        return Giver(first, last, 0.88, 2, chance.lognormvariate(4.5, 0.9), world.NICE, volunteers=0.2)
    if lot < 0.955:
        return Giver(first, last, 0.97, 12, chance.lognormvariate(3.1, 0.5), world.NICE)
    top = 8.6 if organization else 7.9
    return Giver(first, last, 0.85, 2, chance.lognormvariate(top, 0.9), world.GRAND, volunteers=0.15)


def gifts_of(chance: Random, person: int, giver: Giver, partners: tuple[int, ...], on: date) -> list[DrawnGift]:
    """All gifts of one giver up to the day."""
    found: list[DrawnGift] = []
    growth = chance.uniform(0.97, 1.12)
    for year in range(giver.first, giver.last + 1):
        if chance.random() > giver.faith:
            continue
        for month in _months(chance, giver):
            day = date(year, month, chance.randrange(1, 29))
            if day <= on:
                usual = giver.usual * growth ** (year - giver.first) * chance.uniform(0.8, 1.25)
                found.append(_gift(chance, person, partners, day, _nice(usual, giver.nice), on))
    return found


def shifts_of(chance: Random, person: int, on: date) -> list[DrawnShift]:
    """The shifts of a volunteer: some seasons, a favorite activity."""
    activity = chance.choice(world.ACTIVITIES)
    day = on - timedelta(days=chance.randrange(60, 3200))
    until = min(on, day + timedelta(days=chance.randrange(60, 1500)))
    found = []
    while day <= until:
        found.append(DrawnShift(person, day, chance.choice((90, 120, 150, 180, 180, 240, 300)), activity))
        day += timedelta(days=chance.randrange(12, 75))
    return found


def _months(chance: Random, giver: Giver) -> list[int]:
    if giver.often >= 12:
        return list(range(1, 13))
    times = chance.randrange(1, giver.often + 1)
    return sorted(chance.choices(range(1, 13), weights=world.MONTH_WEIGHTS, k=times))


def _gift(chance: Random, person: int, partners: tuple[int, ...], day: date, dollars: int, on: date) -> DrawnGift:
    drive = dollars >= 1000 and day.year > on.year - CAMPAIGN_SINCE and chance.random() < 0.6
    appeal = next((name for name, month in world.APPEALS.items() if month == day.month), None)
    refund = day + timedelta(days=chance.randrange(3, 60)) if chance.random() < 0.004 else None
    return DrawnGift(
        giver=person,
        on=day,
        cents=dollars * 100,
        fund="The Boathouse" if drive else chance.choices(world.FUNDS[:3], weights=(7, 2, 2))[0],
        appeal=f"{appeal} {day.year}" if appeal and not drive else None,
        campaign="The Boathouse" if drive else None,
        method=chance.choices(world.METHODS, weights=(6, 3, 2, 1))[0],
        soft=tuple((partner, dollars * 100, "household member") for partner in partners if chance.random() < 0.6),
        hides_name=chance.random() < 0.015,
        refunded_on=refund if refund and refund <= on else None,
    )


def _nice(usual: float, ladder: tuple[int, ...]) -> int:
    return min(ladder, key=lambda step: abs(step - usual))
