"""Draws the practice charity: pure, from a seed and a day."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from donors.cli.practice import cast, world
from donors.cli.practice.asks import asks_of
from donors.cli.practice.giving import Giver, gifts_of, giver_of, shifts_of
from donors.cli.practice.judged import ratings_of
from donors.cli.practice.prospects import plans_of, prospects_of
from donors.cli.practice.story import Charity
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber

COUPLES, ORGANIZATIONS = 4, 36
"""One couple (two persons and their household) for every so many constituents; one organization for so many."""


def draw(seed: int, on: date, size: int = world.SIZE) -> Charity:
    """The practice charity as of a day: the same seed and day give the same charity, to the byte."""
    chance = Random(seed)
    charity = Charity(on)
    cast.play(charity)
    for _ in range(size // ORGANIZATIONS):
        _give(chance, charity, charity.add(_business(chance)), (), organization=True)
    for _ in range(size // COUPLES):
        _couple(chance, charity)
    while len(charity.people) < size:
        person = charity.add(_person(chance, chance.choice(world.FAMILY)))
        _give(chance, charity, person, (), organization=False)
    charity.prospects.extend(prospects_of(chance, charity, most=size // 17))
    charity.plans.extend(plans_of(chance, charity))
    charity.asks.extend(asks_of(chance, charity))
    charity.ratings.extend(ratings_of(chance, charity))
    charity.gifts.sort(key=lambda gift: (gift.on, gift.giver, gift.cents))
    charity.shifts.sort(key=lambda shift: (shift.on, shift.person))
    return charity


def _couple(chance: Random, charity: Charity) -> None:
    family = chance.choice(world.FAMILY)
    other = family if chance.random() < 0.75 else chance.choice(world.FAMILY)
    one, two = _person(chance, family), _person(chance, other)
    two = replace(two, addresses=one.addresses)
    name = f"{family} household" if family == other else f"{family} and {other} household"
    home = charity.add(NewConstituent(kind="household", name=name, addresses=one.addresses))
    first, second = charity.add(one), charity.add(two)
    since = charity.on - timedelta(days=chance.randrange(400, 9000))
    parted = charity.on - timedelta(days=chance.randrange(30, 900)) if chance.random() < 0.03 else None
    charity.homes.append((home, first, since, None))
    charity.homes.append((home, second, since, parted if parted and parted > since else None))
    charity.ties.append((first, second, "spouse", "spouse"))
    _give(chance, charity, first, (second,), organization=False)
    if chance.random() < 0.25:
        _give(chance, charity, second, (first,), organization=False)
    elif chance.random() < 0.12:
        charity.shifts.extend(shifts_of(chance, second, charity.on))


def _give(chance: Random, charity: Charity, person: int, partners: tuple[int, ...], *, organization: bool) -> None:
    giver: Giver = giver_of(chance, charity.on, organization=organization)
    charity.gifts.extend(gifts_of(chance, person, giver, partners, charity.on))
    if not organization and chance.random() < giver.volunteers:
        charity.shifts.extend(shifts_of(chance, person, charity.on))
    for channel, share in (("email", 0.72), ("phone", 0.45), ("post", 0.85)):
        if chance.random() < 0.9:
            said = charity.on - timedelta(days=chance.randrange(20, 3000))
            charity.consents.append((person, channel, chance.random() < share, said))


def _person(chance: Random, family: str) -> NewConstituent:
    given = chance.choice(world.GIVEN)
    born = date(chance.randrange(1936, 2000), chance.randrange(1, 13), chance.randrange(1, 29))
    gone = chance.random() < 0.018
    return NewConstituent(
        given_name=given,
        family_name=family,
        title=chance.choice(("", "", "", "Dr.", "Ms.", "Mr.")),
        born_on=born if chance.random() < 0.35 else None,
        is_deceased=gone,
        is_anonymous=chance.random() < 0.01,
        do_not_contact=chance.random() < 0.015,
        emails=(_email(chance, given, family),) if chance.random() < 0.82 else (),
        phones=(_phone(chance),) if chance.random() < 0.6 else (),
        addresses=(_address(chance),),
    )


def _business(chance: Random) -> NewConstituent:
    name = f"{chance.choice(world.BUSINESS_HEADS)} {chance.choice(world.BUSINESS_TAILS)}"
    return NewConstituent(kind="organization", name=name, addresses=(_address(chance),), phones=(_phone(chance),))


def _email(chance: Random, given: str, family: str) -> Email:
    return Email(
        f"{given}.{family}{chance.randrange(10, 9999)}@{chance.choice(('mail', 'post', 'coast'))}.example".lower()
    )


def _phone(chance: Random) -> PhoneNumber:
    return PhoneNumber(f"(503) 555-{chance.randrange(100, 9999):04d}", "mobile")


def _address(chance: Random) -> Address:
    city, region, code, _ = chance.choices(world.PLACES, weights=[place[3] for place in world.PLACES])[0]
    return Address(f"{chance.randrange(10, 4800)} {chance.choice(world.STREETS)} Street", city, region, code, "US")
