"""Survival: how long prospects stay in a stage, those that are in it still included. Pure; days.

The curve is Kaplan's and Meier's (JASA 53, 1958): who is in the stage still counts up to today and no further. Ways out
stand apart as cumulative incidence (O. Aalen, S. Johansen, 1978): the share that has left by a day in this way, while
others left in other ways. Of those who leave on a day that somebody is last seen, the leaving comes first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from donors.core.interval import Z

FORWARD, BACK, RELEASED, LOST = "forward", "back", "released", "lost"
WAYS = (FORWARD, BACK, RELEASED, LOST)
OWN_LIMIT = 0.8
"""The share that has left by the own limit."""
LEAST = 20
"""Below so many who left there is no own limit."""
CLOSE = 1e-12


@dataclass(frozen=True)
class Stay:
    """So many days in a stage, then out in one of the ways (none: in it still). `number`: how many did the same."""

    days: int
    way: str | None
    number: int = 1


@dataclass(frozen=True)
class Step:
    """After so many days: the share that is in the stage still, with its interval, and the share that left each way."""

    days: int
    at_risk: int
    inside: float
    low: float
    high: float
    left: Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """How a stage empties. `steps` only where somebody left; `longest` is the longest stay that was seen."""

    stays: int
    left: int
    longest: int
    ways: Mapping[str, int]
    steps: tuple[Step, ...]

    @property
    def enough(self) -> bool:
        """Whether enough have left to speak of an own limit."""
        return self.left >= LEAST

    @property
    def median(self) -> int | None:
        """The days after which half have left; none where that is not reached."""
        return self.days_until(0.5)

    @property
    def own_limit(self) -> int | None:
        """The days after which four of five have left; none where that is not reached, or too few have left."""
        return self.days_until(OWN_LIMIT) if self.enough else None

    def days_until(self, share: float) -> int | None:
        """The days after which such a share has left; none where that is not reached."""
        return next((step.days for step in self.steps if step.inside <= 1 - share + CLOSE), None)


def curve(stays: Iterable[Stay]) -> Curve:
    """The curve of some stays."""
    leaving: dict[int, Counter[str]] = {}
    staying: Counter[int] = Counter()
    for stay in stays:
        if stay.way is None:
            staying[stay.days] += stay.number
        else:
            leaving.setdefault(stay.days, Counter())[stay.way] += stay.number
    ways = sum(leaving.values(), Counter())
    return Curve(
        stays=ways.total() + staying.total(),
        left=ways.total(),
        longest=max((*leaving, *staying), default=0),
        ways=ways,
        steps=tuple(_steps(leaving, staying)),
    )


def _steps(leaving: Mapping[int, Counter[str]], staying: Mapping[int, int]) -> Iterable[Step]:
    at_risk = sum(each.total() for each in leaving.values()) + sum(staying.values())
    inside, wobble = 1.0, 0.0
    left = dict.fromkeys(WAYS, 0.0)
    for days in sorted({*leaving, *staying}):
        gone = leaving.get(days, Counter())
        if gone:
            left = left | {way: left.get(way, 0.0) + inside * number / at_risk for way, number in gone.items()}
            inside *= 1 - gone.total() / at_risk
            rest = at_risk - gone.total()
            wobble += gone.total() / (at_risk * rest) if rest else 0.0
            half = Z * inside * sqrt(wobble)
            yield Step(days, at_risk, inside, max(inside - half, 0.0), min(inside + half, 1.0), left)
        at_risk -= gone.total() + staying.get(days, 0)
