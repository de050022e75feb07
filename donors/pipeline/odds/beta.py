"""Beta distribution: what is known of a share after so many cases, and how strongly groups hang together. Pure.

The incomplete beta function is the continued fraction of W. H. Press et al., Numerical Recipes, 6.4. The strength of a
pool is the method of moments for unequal groups (J. C. Kleinman, JASA 68, 1973).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

TINY = 1e-300
CLOSE = 1e-14
MOST_STRENGTH = 1_000.0
LEAST_STRENGTH = 1.0
USUAL_STRENGTH = 10.0


@dataclass(frozen=True)
class Group:
    """Cases of one kind, and how many of them hit; both may be fractions."""

    hits: float
    cases: float


@dataclass(frozen=True)
class Pool:
    """What groups have in common: a share, and how many cases that is worth when a group has few of its own."""

    share: float
    strength: float

    def shrunk(self, group: Group) -> float:
        """The share of a group, drawn to that of the pool the more the fewer cases it has."""
        return (self.share * self.strength + group.hits) / (self.strength + group.cases)


def pool_of(groups: Sequence[Group]) -> Pool:
    """The pool of some groups: their share, and how strongly they hang together."""
    return Pool(share_of(groups), strength_of([groups]))


def share_of(groups: Sequence[Group]) -> float:
    """The share of some groups in all. Half a hit and half a miss are added, so that it is never 0 or 1."""
    return (sum(group.hits for group in groups) + 0.5) / (sum(group.cases for group in groups) + 1)


def strength_of(families: Sequence[Sequence[Group]]) -> float:
    """How many cases it is worth to a group that it belongs to its family: the more, the more alike groups are.

    Groups that differ no more than chance explains hang together as strongly as `MOST_STRENGTH` cases. Where no family
    has two groups nothing is known of it, and it is `USUAL_STRENGTH`.
    """
    spread = room = free = 0.0
    for family in families:
        held = [group for group in family if group.cases > 0]
        if len(held) > 1:
            cases, share = sum(group.cases for group in held), share_of(held)
            far = sum(group.cases * (group.hits / group.cases - share) ** 2 for group in held)
            spread += far / (share * (1 - share))
            room += cases - sum(group.cases**2 for group in held) / cases - (len(held) - 1)
            free += len(held) - 1
    if not free:
        return USUAL_STRENGTH
    alike = (spread - free) / room if room > 0 else 0.0
    strength = (1 - alike) / alike if alike > 0 else MOST_STRENGTH
    return min(max(strength, LEAST_STRENGTH), MOST_STRENGTH)


def bounds(share: float, cases: float, *, inside: float = 0.95) -> tuple[float, float]:
    """The middle part of the beta distribution after so many cases with this share.

    Half a hit and half a miss stand for what was never seen (Jeffreys), so that nothing is ever certain.
    """
    hits, misses = share * cases + 0.5, (1 - share) * cases + 0.5
    beyond = (1 - inside) / 2
    return quantile(beyond, hits, misses), quantile(1 - beyond, hits, misses)


def quantile(part: float, a: float, b: float) -> float:
    """The value below which `part` of the distribution lies, by halving; exact to twelve digits."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if below(middle, a, b) < part:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(x: float, a: float, b: float) -> float:
    """The share of the distribution that lies below `x`; a and b are positive."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    upper, lower = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    found = lower
    for m in range(1, 1_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            lower = 1 / _off_zero(1 + step * lower)
            upper = _off_zero(1 + step / upper)
            found *= lower * upper
        if abs(lower * upper - 1) < CLOSE:
            break
    return found


def _off_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
