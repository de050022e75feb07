"""From a roster to the pairs that are likely the same: block, learn, judge. In parts, so that memory stays bounded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from donors.constituents.matching.blocking import Block, Overfull, blocks, pairs
from donors.constituents.matching.compare import Comparison, fields_of
from donors.constituents.matching.learn import Tally, common_words, learn
from donors.constituents.matching.levels import FAMILY, GIVEN, LEVELS, SAME
from donors.constituents.matching.model import Model, Table, odds, sensible
from donors.constituents.matching.roster import Codes, Column, Ints, Roster
from donors.constituents.models import PERSON

RANDOM = 400_000
"""Random pairs that show how often strangers agree."""
WEIGHED = (GIVEN.key, FAMILY.key)
"""Fields whose words are weighed by how common they are."""


KEPT = 25_000_000
"""So many compared pairs are kept from learning to judging (12 bytes each); of more, all are compared again."""
Part = tuple[Ints, Ints, Ints]
"""Rows, rows, and what each pair of them shares."""


@dataclass(frozen=True)
class Likely:
    """Pairs of rows with what they share and how likely they are one."""

    a: Ints
    b: Ints
    patterns: Ints
    probability: Table


@dataclass
class Plan:
    """What is compared: the roster, its blocks, and the keys that were too common to be blocks.

    `compared` holds the pairs that learning has compared already, `pairs` how many there were.
    """

    kind: str
    roster: Roster
    passes: list[Block]
    overfull: list[Overfull]
    pairs: int = 0
    compared: list[tuple[Codes, Codes, Codes]] | None = None


def plan(roster: Roster, kind: str) -> Plan:
    """The blocks of a roster of one kind."""
    passes, overfull = blocks(roster, kind)
    return Plan(kind, roster, passes, overfull)


def learned(planned: Plan, *, seed: int = 1) -> Model:
    """The model of a roster. The same roster gives the same model."""
    roster, comparison = planned.roster, Comparison(planned.roster, planned.kind)
    count = len(roster)
    random = _tally(comparison.patterns(*part) for part in _random(count, seed))
    candidates = _tally(_kept(planned, _compared(planned, comparison)))
    start = _with_words(sensible(planned.kind, count), roster)
    return learn(start, candidates, random, pairs=count * (count - 1) / 2)


def likely(planned: Plan, model: Model, *, least: float, only: Ints | None = None) -> Iterator[Likely]:
    """The pairs that are one with at least this probability, part by part.

    With `only` (0 or 1 a row) one of the two must have 1.
    """
    rarity = Rarity(planned.roster, model)
    for a, b, patterns in _parts(planned, only):
        probability = odds(model, patterns, rarity.of(a, b, patterns)).probability
        kept = probability >= least
        if kept.any():
            yield Likely(a[kept], b[kept], patterns[kept], probability[kept])


def _random(count: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Random pairs; all there are, if those are few."""
    if count * (count - 1) // 2 <= RANDOM:
        a, b = np.triu_indices(count, 1)
        yield a.astype(np.int64), b.astype(np.int64)
        return
    drawn = np.random.default_rng(seed)
    a, b = drawn.integers(0, count, RANDOM), drawn.integers(0, count - 1, RANDOM)
    yield a, b + (b >= a)


def _compared(planned: Plan, comparison: Comparison, only: Ints | None = None) -> Iterator[Part]:
    for a, b in pairs(planned.passes, only=only):
        yield a, b, comparison.patterns(a, b)


def _kept(planned: Plan, parts: Iterator[Part]) -> Iterator[Ints]:
    """The patterns of some parts; the parts are kept with the plan while they are not too many."""
    planned.compared, planned.pairs = [], 0
    for a, b, patterns in parts:
        planned.pairs += len(a)
        if planned.pairs > KEPT:
            planned.compared = None
        if planned.compared is not None:
            planned.compared.append((a.astype(np.int32), b.astype(np.int32), patterns.astype(np.int32)))
        yield patterns


def _parts(planned: Plan, only: Ints | None) -> Iterator[Part]:
    if planned.compared is None or only is not None:
        yield from _compared(planned, Comparison(planned.roster, planned.kind), only)
        return
    for a, b, patterns in planned.compared:
        yield a.astype(np.int64), b.astype(np.int64), patterns.astype(np.int64)


def _with_words(model: Model, roster: Roster) -> Model:
    if model.kind != PERSON:
        return model
    columns: dict[str, Column] = {key: getattr(roster, key) for key in WEIGHED}
    found = {key: common_words(one.codes, one.lexicon.words) for key, one in columns.items()}
    return replace(model, common={k: v for k, (v, _) in found.items()}, rare={k: v for k, (_, v) in found.items()})


def _tally(parts: Iterable[Ints]) -> Tally:
    total: dict[int, int] = {}
    for part in parts:
        patterns, counts = np.unique(part, return_counts=True)
        for pattern, count in zip(patterns.tolist(), counts.tolist(), strict=True):
            total[pattern] = total.get(pattern, 0) + count
    return Tally(np.array([*total], np.int64), np.array([*total.values()], np.int64))


class Rarity:
    """What the very words that rows share are worth, by the model."""

    def __init__(self, roster: Roster, model: Model) -> None:
        keys = [field.key for field in fields_of(model.kind)]
        self._fields = [(keys.index(key), *_worth(getattr(roster, key), key, model)) for key in model.common]
        self.width = len(keys)

    def of(self, a: Ints, b: Ints, patterns: Ints) -> Table:
        """The bits of each pair, over all fields."""
        found = np.zeros(len(a))
        for place, codes, worth in self._fields:
            found += np.where(patterns // LEVELS**place % LEVELS == SAME, worth[codes[a]], 0.0)
        return found

    def each(self, row: int, pattern: int) -> list[float]:
        """The bits of one pair, field by field."""
        found = [0.0] * self.width
        for place, codes, worth in self._fields:
            if pattern // LEVELS**place % LEVELS == SAME:
                found[place] = float(worth[codes[row]])
        return found


def _worth(column: Column, key: str, model: Model) -> tuple[Codes, npt.NDArray[np.float64]]:
    words = column.lexicon.words
    return column.codes, np.fromiter((model.rarity(key, word) for word in words), np.float64, len(words))
