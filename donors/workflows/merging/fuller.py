"""Which records are one, and which of them stays: pure rules, by which people and whole lists of pairs are merged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from donors.constituents.matching.tie import tops


def fuller(weights: Mapping[int, int]) -> int:
    """The record that stays: the one of which most is known; of equal ones the older, with the lower id."""
    return min(weights, key=lambda one: (-weights[one], one))


def groups(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Who is one with whom: A with B and B with C make one of three. In order of their lowest ids, as are the ids."""
    found: dict[int, list[int]] = defaultdict(list)
    for one, top in sorted(tops(pairs).items()):
        found[top].append(one)
    return [tuple(ids) for ids in found.values() if len(ids) > 1]
