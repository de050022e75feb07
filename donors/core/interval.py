"""Interval: how far a share found in so many cases may lie from the true one. Pure.

Wilson's interval, which stays within nothing and all and is honest for few cases (E. B. Wilson, JASA 22, 1927).
"""

from math import sqrt

Z = 1.959963984540054
"""Of a 95 % interval."""


def share(hits: int, cases: int) -> float | None:
    """Hits out of cases; none where there are no cases."""
    return hits / cases if cases else None


def wilson(hits: int, cases: int) -> tuple[float, float] | None:
    """The 95 % interval of a share; none where there are no cases."""
    if not cases:
        return None
    found, spread = hits / cases, Z * Z / cases
    middle = found + spread / 2
    half = Z * sqrt(found * (1 - found) / cases + spread / (4 * cases))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if hits == 0 else low, 1.0 if hits == cases else high)


def difference(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float, float] | None:
    """The difference of two shares, each hits out of cases, with its 95 % interval; none where either has no cases.

    Newcombe's interval from those of both shares (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10).
    """
    first, second = share(*one), share(*other)
    mine, theirs = wilson(*one), wilson(*other)
    if first is None or second is None or mine is None or theirs is None:
        return None
    found = first - second
    below = sqrt((first - mine[0]) ** 2 + (theirs[1] - second) ** 2)
    above = sqrt((mine[1] - first) ** 2 + (second - theirs[0]) ** 2)
    return found, max(found - below, -1.0), min(found + above, 1.0)
