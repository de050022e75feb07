"""Sums: what independent asks come to in all, as a distribution. Pure; money in minor units.

Few asks are summed exactly. More of them go onto a lattice of sums: exact where the amounts allow it, else each amount
is shared out between its two neighbours so that the mean stays as it is. Of very many, the largest are summed so and
the rest together, as the normal distribution that they come close to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, erf, floor, gcd, sqrt

import numpy as np
from numpy.typing import NDArray

FEW = 15
"""Up to so many asks every sum is kept as it is: 32,768 at most."""
CELLS = 2_000
"""Sums on the lattice."""
MANY = 300
"""So many of the largest asks are summed one by one."""
WIDE = 5
"""Standard deviations of the rest, beyond which nothing is left of it."""

Chances = NDArray[np.float64]
"""Of the sums 0, 1, 2 … on the lattice."""
Part = tuple[int, float]
"""An amount and the chance that it comes."""


@dataclass(frozen=True)
class Sums:
    """Sums in rising order with their chances, which add up to 1."""

    values: tuple[float, ...]
    chances: tuple[float, ...]

    @property
    def mean(self) -> float:
        """What it comes to on average."""
        return sum(value * chance for value, chance in zip(self.values, self.chances, strict=True))

    def quantile(self, part: float) -> float:
        """The least sum that is not passed with this chance."""
        reached = 0.0
        for value, chance in zip(self.values, self.chances, strict=True):
            reached += chance
            if reached >= part - 1e-12:
                return value
        return self.values[-1]

    def at_least(self, goal: float) -> float:
        """The chance to reach a goal."""
        return sum(chance for value, chance in zip(self.values, self.chances, strict=True) if value >= goal - 1e-9)


def sums(parts: Iterable[Part]) -> Sums:
    """The distribution of the sum of independent parts."""
    held = sorted(((amount, chance) for amount, chance in parts if amount > 0 and chance > 0), reverse=True)
    return _few(held) if len(held) <= FEW else _lattice(held)


def _few(parts: Sequence[Part]) -> Sums:
    found: dict[int, float] = {0: 1.0}
    for amount, chance in parts:
        after: dict[int, float] = defaultdict(float)
        for value, share in found.items():
            after[value] += share * (1 - chance)
            after[value + amount] += share * chance
        found = after
    values = sorted(found)
    return Sums(tuple(float(value) for value in values), tuple(found[value] for value in values))


def _lattice(parts: Sequence[Part]) -> Sums:
    total = sum(amount for amount, _chance in parts)
    whole = gcd(*(amount for amount, _chance in parts))
    unit = whole if total <= whole * CELLS else total / CELLS
    chances = np.ones(1)
    for amount, chance in parts[:MANY]:
        chances = _with(chances, amount / unit, chance)
    first, rest = _rest(parts[MANY:], unit)
    chances = np.convolve(chances, rest)
    kept = np.flatnonzero(chances > 0)
    values = np.maximum((kept + first) * unit, 0.0)
    return Sums(tuple(values.tolist()), tuple(chances[kept].tolist()))


def _with(chances: Chances, steps: float, chance: float) -> Chances:
    """One more part that, if it comes, adds so many steps: the two whole numbers beside it share what lies between."""
    low = floor(steps + 1e-9)
    over = max(steps - low, 0.0)
    high = low + (over > 1e-9)
    many = len(chances)
    found = np.zeros(many + high)
    found[:many] = chances * (1 - chance)
    found[low : low + many] += chances * (chance * (1 - over))
    if over > 1e-9:
        found[high : high + many] += chances * (chance * over)
    return found


def _rest(parts: Sequence[Part], unit: float) -> tuple[int, list[float]]:
    """The many small ones together: where their sum begins on the lattice, and its chances from there."""
    mean = sum(amount * chance for amount, chance in parts) / unit
    spread = sqrt(sum(amount**2 * chance * (1 - chance) for amount, chance in parts)) / unit
    if spread == 0:
        return round(mean), [1.0]
    first, last = max(floor(mean - WIDE * spread), 0), ceil(mean + WIDE * spread)
    edges = [_below((index - 0.5 - mean) / spread) for index in range(first, last + 2)]
    chances = [after - before for before, after in pairwise(edges)]
    whole = sum(chances)
    return first, [chance / whole for chance in chances]


def _below(value: float) -> float:
    return (1 + erf(value / sqrt(2))) / 2
