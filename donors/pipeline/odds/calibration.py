"""Calibration: what was claimed against what happened. Pure.

Of things that were given seventy per cent, seven of ten should happen. Brier's score is the mean square of claim less
outcome (G. W. Brier, Monthly Weather Review 78, 1950), the log loss the mean surprise; less is better in both.

Several claims about the same thing are not several cases: intervals treat them as one, and a bin holds each thing once,
by its first claim in it. All claims count alike, never the last ones alone: what follows the last claim is mostly a
refusal, and the fairest officer would look too hopeful.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from donors.core.interval import Z, share, wilson

BINS = 10
SURE = 0.005
"""Nobody is held surer than this, nor of the contrary: one claim of 100 % that failed would cost without end."""
LEAST = 20
"""Below so many things nothing is said of anybody."""


@dataclass(frozen=True)
class Point:
    """A claim, from 0 to 1, whether what it spoke of happened, and which thing that was."""

    claim: float
    happened: bool
    about: int


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % interval (the normal one)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Things that were given odds between two shares: how many, the odds on average, how many of them happened."""

    low: float
    high: float
    claims: int
    claimed: float
    happened: int

    @property
    def number(self) -> int:
        """Its number, from 0."""
        return bin_of(self.low)

    @property
    def share(self) -> float:
        """The share that happened."""
        return self.happened / self.claims

    @property
    def range(self) -> tuple[float, float]:
        """Its interval."""
        return wilson(self.happened, self.claims) or (0.0, 1.0)


@dataclass(frozen=True)
class Calibration:
    """How good some claims about so many things were. `happened` counts claims. `over` is what was claimed less what
    happened: above zero, too hopeful.

    `base` is Brier's score of somebody who always says the share that happened in the end.
    """

    claims: int
    things: int
    claimed: float
    happened: int
    over: Mean
    brier: Mean
    loss: Mean
    base: float
    bins: tuple[Bin, ...]

    @property
    def share(self) -> float:
        """The share that happened."""
        return self.happened / self.claims

    @property
    def enough(self) -> bool:
        """Whether they are about enough things to judge by."""
        return self.things >= LEAST

    @property
    def verdict(self) -> str:
        """What can be said: `hopeful`, `shy`, `fair` or, of too few claims, nothing."""
        if not self.enough:
            return ""
        if self.over.low > 0:
            return "hopeful"
        return "shy" if self.over.high < 0 else "fair"


def calibration(points: Sequence[Point]) -> Calibration | None:
    """Judges some claims; none where there are none."""
    if not points:
        return None
    happened = sum(point.happened for point in points)
    rate = share(happened, len(points)) or 0.0
    about = [point.about for point in points]
    return Calibration(
        claims=len(points),
        things=len(set(about)),
        claimed=sum(point.claim for point in points) / len(points),
        happened=happened,
        over=mean([point.claim - point.happened for point in points], about),
        brier=mean([(point.claim - point.happened) ** 2 for point in points], about),
        loss=mean([_surprise(point) for point in points], about),
        base=rate * (1 - rate),
        bins=tuple(_bins(points)),
    )


def mean(values: Sequence[float], about: Sequence[int]) -> Mean:
    """The mean of some values, of one at least; those about the same thing hang together in its interval.

    Of a single thing nothing is known about the interval.
    """
    middle = sum(values) / len(values)
    apart: dict[int, float] = defaultdict(float)
    for value, thing in zip(values, about, strict=True):
        apart[thing] += value - middle
    if len(apart) == 1:
        return Mean(middle, float("-inf"), float("inf"))
    variance = sum(each**2 for each in apart.values()) * len(apart) / (len(apart) - 1)
    half = Z * sqrt(variance) / len(values)
    return Mean(middle, middle - half, middle + half)


def _surprise(point: Point) -> float:
    claim = min(max(point.claim, SURE), 1 - SURE)
    return -log(claim if point.happened else 1 - claim)


def bin_of(claim: float) -> int:
    """The number of the bin in which a claim from 0 to 1 falls."""
    return min(int(claim * BINS + 1e-9), BINS - 1)


def _bins(points: Sequence[Point]) -> list[Bin]:
    held: dict[int, dict[int, Point]] = {}
    for point in points:
        held.setdefault(bin_of(point.claim), {}).setdefault(point.about, point)
    return [_bin(number, list(each.values())) for number, each in sorted(held.items())]


def _bin(number: int, points: Sequence[Point]) -> Bin:
    claimed = sum(point.claim for point in points) / len(points)
    return Bin(number / BINS, (number + 1) / BINS, len(points), claimed, sum(point.happened for point in points))
