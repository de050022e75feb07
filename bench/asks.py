"""Simulated asks: their true odds are known at any moment, and officers claim odds with a known lean.

Each donor has a warmth of their own that tilts every step towards a gift; it cannot be seen in the records. From each
stand several ways lead on, each with its own time; whichever comes first by weight is taken. So the true odds of an ask
that has stood for some days follow by a sum over the ways that are left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from random import Random

from donors.pipeline.odds.history import ENDED, RECEIVED, Spell, Stand

FIRST = date(2018, 1, 1)
YEARS = 6
REPEAT = 120
"""Days after which an officer says the odds anew when nothing has happened."""
WARMTH = 0.6
"""Standard deviation of the donors' warmth, in log odds."""

PLANNED, ASKED, CONSIDERING, COMMITTED = (
    ("solicitation", status) for status in ("planned", "asked", "considering", "committed")
)


@dataclass(frozen=True)
class Way:
    """One way on from a stand: where to, how often (before warmth), after how many days on average."""

    to: Stand | str
    weight: float
    days: float

    def left(self, days: int) -> float:
        """The share of those that take it that have not yet after so many days (gamma, of shape 2)."""
        rate = 2 * days / self.days
        return exp(-rate) * (1 + rate)


WAYS: dict[Stand, tuple[Way, ...]] = {
    PLANNED: (Way(ASKED, 0.65, 70), Way(ENDED, 0.35, 140)),
    ASKED: (Way(RECEIVED, 0.25, 50), Way(CONSIDERING, 0.40, 30), Way(ENDED, 0.35, 150)),
    CONSIDERING: (Way(RECEIVED, 0.20, 60), Way(COMMITTED, 0.35, 60), Way(ENDED, 0.45, 200)),
    COMMITTED: (Way(RECEIVED, 0.92, 60), Way(ENDED, 0.08, 150)),
}


@dataclass(frozen=True)
class Officer:
    """How somebody claims: the lean in log odds (above zero: too hopeful), noise, and whether they feel the warmth."""

    name: str
    lean: float
    noise: float
    knows: bool = False


OFFICERS = (
    Officer("hopeful by 1.0", 1.0, 0.5),
    Officer("fair, guesses", 0.0, 0.8),
    Officer("shy by 0.7", -0.7, 0.5),
    Officer("knows the donors", 0.0, 0.2, knows=True),
)


@dataclass(frozen=True)
class Claim:
    """What an officer said of an ask on a day, and the truth behind it."""

    ask_id: int
    officer: Officer
    on: date
    stand: Stand
    days: int
    odds: float
    truth: float
    happened: bool


@dataclass(frozen=True)
class Simulated:
    """One ask: its spells in turn, and what was claimed of it meanwhile."""

    spells: tuple[Spell, ...]
    claims: tuple[Claim, ...]


def simulate(asks: int, seed: int) -> Iterator[Simulated]:
    """So many asks, opened over the years."""
    drawn = Random(seed)
    for ask_id in range(asks):
        opened = FIRST + timedelta(drawn.randrange(365 * YEARS))
        yield _one(ask_id, opened, OFFICERS[ask_id % len(OFFICERS)], drawn)


def chance(stand: Stand, days: int, warmth: float) -> float:
    """The true odds of an ask that has stood so many days in a stand."""
    ways = [(way, _weight(way, warmth) * way.left(days)) for way in WAYS[stand]]
    whole = sum(weight for _way, weight in ways)
    if whole == 0:
        return 0.0
    return sum(weight * _value(way.to, warmth) for way, weight in ways) / whole


def _value(to: Stand | str, warmth: float) -> float:
    return chance(to, 0, warmth) if isinstance(to, tuple) else float(to == RECEIVED)


def _weight(way: Way, warmth: float) -> float:
    return way.weight * (1.0 if way.to == ENDED else exp(warmth))


def _one(ask_id: int, opened: date, officer: Officer, drawn: Random) -> Simulated:
    warmth, stand, since = drawn.gauss(0, WARMTH), PLANNED, opened
    spells: list[Spell] = []
    while True:
        way = drawn.choices(WAYS[stand], [_weight(each, warmth) for each in WAYS[stand]])[0]
        until = since + timedelta(max(round(drawn.gammavariate(2, way.days / 2)), 1))
        spells.append(Spell(ask_id, stand, since, until, way.to))
        if not isinstance(way.to, tuple):
            break
        stand, since = way.to, until
    happened = spells[-1].then == RECEIVED
    claims = [claim for spell in spells for claim in _claims(spell, officer, warmth, happened, drawn)]
    return Simulated(tuple(spells), tuple(claims))


def _claims(spell: Spell, officer: Officer, warmth: float, happened: bool, drawn: Random) -> Iterator[Claim]:
    """At the beginning of each spell, and again whenever nothing has happened for long."""
    for days in range(0, ((spell.until or spell.since) - spell.since).days, REPEAT):
        truth = chance(spell.stand, days, warmth)
        felt = truth if officer.knows else chance(spell.stand, days, 0.0)
        said = _logistic(_log_odds(felt) + officer.lean + drawn.gauss(0, officer.noise))
        odds = round(said * 20) / 20  # people say 5, 10, 15 … per cent
        yield Claim(spell.ask_id, officer, spell.since + timedelta(days), spell.stand, days, odds, truth, happened)


def _log_odds(value: float) -> float:
    inside = min(max(value, 0.01), 0.99)
    return log(inside / (1 - inside))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))
