"""How alike two words or two numbers are, for many pairs at once; words are compared outside of Python."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from donors.constituents.matching.roster import Column, Ints

Mask = npt.NDArray[np.bool_]
WORKERS = 2
"""Threads that compare words; they run beside each other, for Python is not needed there."""

ALIKE = 0.88
"""Words as alike as this (Jaro and Winkler) are close."""
ALIKE_NAMES, HOLDS = 88, 100
"""The same for names of several words in whatever order; and when all words of one stand in the other."""
LONG = 4
"""From as many letters on, one slip leaves a word what it is."""


class Differing:
    """The words of the pairs of rows where both are known and not the same. Each answer is a mask over all pairs."""

    def __init__(self, column: Column, a: Ints, b: Ints) -> None:
        mine, theirs = column.codes[a], column.codes[b]
        self.column, self.count = column, len(a)
        self.asked = np.flatnonzero((mine != theirs) & (mine > 0) & (theirs > 0))
        self.a, self.b = a[self.asked], b[self.asked]
        self.left, self.right = column.of(self.a), column.of(self.b)

    @cached_property
    def slip(self) -> Mask:
        """One letter wrong, missing, too many, or two the wrong way round."""
        lengths = np.minimum(self.column.lengths[self.a], self.column.lengths[self.b])
        return self._told((self._scored(OSA.distance, score_cutoff=1) == 1) & (lengths >= LONG))

    @cached_property
    def alike(self) -> Mask:
        """Close by Jaro and Winkler."""
        return self._told(self._scored(JaroWinkler.normalized_similarity, score_cutoff=ALIKE) >= ALIKE)

    @cached_property
    def reordered(self) -> Mask:
        """Names whose words are close in whatever order."""
        return self._told(self._scored(token_sort_ratio, score_cutoff=ALIKE_NAMES) >= ALIKE_NAMES)

    @cached_property
    def within(self) -> Mask:
        """Names of which one holds all words of the other."""
        return self._told(self._scored(token_set_ratio, score_cutoff=HOLDS) >= HOLDS)

    @cached_property
    def held(self) -> Mask:
        """One word begins or ends with the other, as double names do."""
        first, last = self.column.ends
        maybe = (first[self.a] == first[self.b]) | (last[self.a] == last[self.b])
        answers = np.zeros(len(self.asked), np.bool_)
        for place in np.flatnonzero(maybe).tolist():
            answers[place] = _holds(self.left[place], self.right[place])
        return self._told(answers)

    def _scored(self, scorer: Any, **more: Any) -> npt.NDArray[Any]:
        return process.cpdist(self.left, self.right, scorer=scorer, workers=WORKERS, **more)

    def _told(self, answers: npt.NDArray[Any]) -> Mask:
        found = np.zeros(self.count, np.bool_)
        found[self.asked] = answers
        return found


def _holds(one: str, other: str) -> bool:
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return len(short) >= LONG and (long.startswith(short) or long.endswith(short))


def digits_slip(mine: Ints, theirs: Ints, *, width: int) -> Mask:
    """Whether two numbers differ in one digit, or in two neighbours that changed places."""
    found = np.zeros(len(mine), np.bool_)
    asked = np.flatnonzero((mine != theirs) & (mine > 0) & (theirs > 0))
    one, other = mine[asked], theirs[asked]
    slips = np.zeros(len(asked), np.bool_)
    for place in range(width):
        ten = 10**place
        below = one % ten == other % ten
        slips |= below & (one // (ten * 10) == other // (ten * 10))
        turned = (one // ten % 10 == other // (ten * 10) % 10) & (other // ten % 10 == one // (ten * 10) % 10)
        slips |= below & turned & (one // (ten * 100) == other // (ten * 100))
    found[asked] = slips
    return found
