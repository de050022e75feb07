"""Ranges: a share as a point with its interval on a line from nothing to all, one for a row of a table."""

from dataclasses import dataclass

from donors.web.charts.scale import near

WIDTH, HEIGHT, EDGE = 150, 16, 5


@dataclass(frozen=True)
class Range:
    """One point with its interval, drawn."""

    width: float
    height: float
    low: float
    high: float
    at: float


def interval(share: float | None, bounds: tuple[float, float] | None, *, width: float = WIDTH) -> Range | None:
    """A share and its interval, all from 0 to 1; none where there is no share."""
    if share is None or bounds is None:
        return None
    low, high = (_at(value, width) for value in bounds)
    return Range(width, HEIGHT, low, high, _at(share, width))


def _at(value: float, width: float) -> float:
    return near(EDGE + value * (width - 2 * EDGE))
