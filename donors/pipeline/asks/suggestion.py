"""The suggested ask without any database: a range by rules of practice, with the rule that binds it in words.

The rules, from guides for fundraisers: two aims, the largest gift plus the average one and half as much again
(thenonprofittimes.com, 7 steps) and two per cent of the net worth (askright.com, rule 8); three limits, twenty times
the largest gift and four times a year's giving (developmentforconservation.com, denomination rules), and the capacity.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

TIMES_LARGEST = 20
TIMES_A_YEAR = 4
CAPACITY_SHARE = 5
"""One fifth of the capacity is one per cent of the net worth: screenings rate capacity at five per cent of that."""
RUNGS = (100, 125, 150, 200, 250, 300, 400, 500, 600, 750)
"""The sums that are asked for, each with any number of zeros behind it: nobody is asked for 4,370."""
AIM, LIMIT = "aim", "limit"


@dataclass(frozen=True)
class Grounds:
    """What is known of somebody's giving and means, in minor units of one currency; none where it is not known.

    `best_year` is the most given in one fiscal year, `capacity` what somebody could give to all causes in five years.
    """

    largest: int | None = None
    average: int | None = None
    best_year: int | None = None
    capacity: int | None = None
    rated_on: date | None = None
    source: str = ""


@dataclass(frozen=True)
class Rule:
    """What one rule comes to. `kind` is an aim, of which the highest is followed, or a limit; `inputs` names figures.

    The inputs are names of fields of `Grounds`.
    """

    kind: str
    words: str
    amount: int
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """From `low` to `high`, with the sums in between that are asked for; `binding` is the rule that sets `high`.

    `rules` are all that had something to say. `doubt` is a sentence on what to mend in what is known (empty: nothing).
    """

    low: int
    high: int
    rungs: tuple[int, ...]
    binding: Rule
    rules: tuple[Rule, ...]
    doubt: str = ""


TOO_LITTLE = "There is no gift and no rated capacity to go by. Rate the capacity, or ask for what the visit suggests."


def suggest(grounds: Grounds) -> Suggestion | None:
    """The range to ask for; none where there is too little to go by (`TOO_LITTLE` says so)."""
    contradicted = _contradicted(grounds)
    rules = tuple(_rules(grounds, contradicted=contradicted))
    aims = [one for one in rules if one.kind == AIM]
    if not aims:
        return None
    binding = max(aims, key=lambda one: one.amount)
    for limit in (one for one in rules if one.kind == LIMIT):
        binding = min(binding, limit, key=lambda one: one.amount)
    most = min((one.amount for one in rules if one.kind == LIMIT), default=None)
    high = _rung(binding.amount, most)
    low = min(_rung(min(_floor(grounds), binding.amount), most), high)
    doubt = "The rated capacity is lower than the largest gift, so it is left aside. Rate it anew." * contradicted
    return Suggestion(low, high, _between(low, high), binding, rules, doubt)


def _contradicted(grounds: Grounds) -> bool:
    return bool(grounds.capacity and grounds.largest and grounds.capacity < grounds.largest)


def _rules(grounds: Grounds, *, contradicted: bool) -> Iterator[Rule]:
    largest, capacity = grounds.largest or 0, 0 if contradicted else grounds.capacity or 0
    if largest > 0:
        both = largest + max(grounds.average or 0, 0)
        yield Rule(AIM, "the largest gift and the average one, and half as much again", both * 3 // 2, _GIFTS)
        yield Rule(LIMIT, "never more than 20 times the largest gift", largest * TIMES_LARGEST, ("largest",))
        if grounds.best_year is not None and grounds.best_year >= largest:
            yield Rule(LIMIT, "at most 4 times the best year", grounds.best_year * TIMES_A_YEAR, ("best_year",))
    if capacity > 0:
        yield Rule(AIM, "2 % of the net worth, two fifths of the capacity", capacity * 2 // CAPACITY_SHARE, _MEANS)
        yield Rule(LIMIT, "never more than the capacity", capacity, _MEANS)


_GIFTS, _MEANS = ("largest", "average"), ("capacity",)


def _floor(grounds: Grounds) -> int:
    """Where the range begins: what was given so far, or else one per cent of the net worth."""
    if grounds.largest:
        return grounds.largest + max(grounds.average or 0, 0)
    return (grounds.capacity or 0) // CAPACITY_SHARE


def _rung(amount: int, most: int | None) -> int:
    """The next sum upward that people are asked for; the one below where the next would pass a limit.

    Below all rungs it is the amount itself.
    """
    up = next(_rungs_from(amount))
    if most is None or up <= most:
        return up
    below = [one for one in _rungs_to(most) if one <= most]
    return below[-1] if below else most


def _rungs_from(amount: int) -> Iterator[int]:
    tens = 1
    while True:
        yield from (rung * tens for rung in RUNGS if rung * tens >= amount)
        tens *= 10


def _rungs_to(most: int) -> Iterator[int]:
    for rung in _rungs_from(1):
        if rung > most:
            return
        yield rung


def _between(low: int, high: int) -> tuple[int, ...]:
    """Low, high and, where there is one, the rung nearest to the middle."""
    inner = [one for one in _rungs_to(high - 1) if one > low]
    middle = min(inner, key=lambda one: abs(2 * one - low - high), default=None)
    return tuple(dict.fromkeys(one for one in (low, middle, high) if one is not None))
