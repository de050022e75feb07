"""Arrival: in which month a gift comes that is looked for in some month, as gifts of this house came. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

LEAST = 20
"""Below so many received asks the slip is not learnt."""
EARLIEST, LATEST = -6, 18
"""Months by which a gift is counted as early or late at most."""
STATED = {0: 0.5, 1: 0.2, 2: 0.1, 3: 0.1, 6: 0.1}
"""What is assumed while it cannot be learnt: half of the gifts in their month, the others up to six months late."""


@dataclass(frozen=True)
class Slip:
    """Months by which gifts come later than they were looked for (before zero: earlier) with the share that does so.

    `received` asks are behind it; where they are too few it is the stated one.
    """

    shares: Mapping[int, float]
    received: int

    @property
    def learnt(self) -> bool:
        """Whether it comes from the house's own asks."""
        return self.received >= LEAST

    @property
    def mean(self) -> float:
        """Months, on average."""
        return sum(months * share for months, share in self.shares.items())


def learn(slips: Iterable[int]) -> Slip:
    """The slip of asks that were received, or the stated one where they are too few."""
    counted = Counter(min(max(months, EARLIEST), LATEST) for months in slips)
    received = counted.total()
    if received < LEAST:
        return Slip(STATED, received)
    return Slip({months: number / received for months, number in sorted(counted.items())}, received)


def months_between(earlier: date, later: date) -> int:
    """Months from one to another, by the calendar."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def arrival(expected: int, slip: Slip, months: int) -> Sequence[float]:
    """The chance that a gift that comes has come by the end of each month, this month being the first.

    `expected` is the month in which it is looked for (0: this month, negative: that month is over). What would have
    come already has not: the other months share it out. Where no month is left, it is as if it were looked for now.
    """
    shares = {expected + late: share for late, share in slip.shares.items() if expected + late >= 0}
    left = sum(shares.values())
    if left <= 0:
        return arrival(0, slip if any(late >= 0 for late in slip.shares) else Slip(STATED, 0), months)
    return [min(share / left, 1.0) for share in accumulate(shares.get(month, 0.0) for month in range(months))]
