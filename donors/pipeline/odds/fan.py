"""Fan: what open asks may bring by each month, low, middle and high, and the chance to reach a goal. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from donors.pipeline.odds.sums import Sums, sums

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True)
class Chance:
    """One ask: its amount in minor units, the odds that it is received, and, given that, the chance that it has come
    by the end of each month."""

    amount: int
    odds: float
    by_month: Sequence[float]


@dataclass(frozen=True)
class Band:
    """By the end of a month: in one case of ten it is less than `low`, in one of two less than `middle`, in one of ten
    more than `high`. Minor units."""

    low: int
    middle: int
    high: int
    mean: int


@dataclass(frozen=True)
class Fan:
    """A band for each month, and the whole distribution at the end of the last."""

    bands: tuple[Band, ...]
    last: Sums

    def reaches(self, goal: int) -> float:
        """The chance that it comes to a goal by the end of the last month."""
        return self.last.at_least(goal)


def fan(asks: Sequence[Chance], months: int) -> Fan:
    """The fan of independent asks over so many months, at least one."""
    by_month = [sums((ask.amount, ask.odds * ask.by_month[month]) for ask in asks) for month in range(months)]
    return Fan(tuple(_band(each) for each in by_month), by_month[-1])


def _band(found: Sums) -> Band:
    low, middle, high = (round(found.quantile(part)) for part in (LOW, MIDDLE, HIGH))
    return Band(low, middle, high, round(found.mean))
