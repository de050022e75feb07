"""The model of Fellegi and Sunter with three kinds of pairs: one person twice, two of a home, two strangers. Pure.

For each kind of pair and each field it holds how often values agree to each level. What two records share speaks for
one person by as much as it is likelier there than among the rivals; in bits these weights add up. The second kind is
there because spouses share address, telephone and family name, which strangers do not.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from donors.constituents.matching.compare import fields_of
from donors.constituents.matching.levels import LEVELS, SAME, UNKNOWN, Level, digits_of
from donors.constituents.matching.sensible import DUPLICATES, HOMES, SHARES

Table = npt.NDArray[np.floating[Any]]
"""A row for each field, a column for each level. Columns of levels that are known add up to 1."""

RARE, COMMON = -5.0, 5.0
"""The most bits that a rare name adds, and a common one takes, of what a name of middling frequency says."""
ORDER = (
    "place", "street", "phone", "family", "domain", "email", "name", "given", "generation", "born", "tax_id"
)  # fmt: skip
"""In which order fields are told when a judgement is taken apart."""
FEWEST = 200
"""A charity is taken to have at least as many constituents as this when nothing has been learned."""


@dataclass(frozen=True)
class Model:
    """What has been learned, or supposed, of one kind of constituents.

    `duplicates` and `homes` are the shares of these pairs among all pairs. `one`, `home` and `strangers` are the tables
    of levels. `common` maps a field to its most common words with their shares; `rare` is the share of the others.
    """

    kind: str
    duplicates: float
    homes: float
    one: Table
    home: Table
    strangers: Table
    common: Mapping[str, Mapping[str, float]]
    rare: Mapping[str, float]
    people: int = 0
    found: float = 0.0

    @property
    def apart(self) -> float:
        """The share of pairs that are two strangers."""
        return 1.0 - self.duplicates - self.homes

    @property
    def usual(self) -> dict[str, float]:
        """How often two strangers share the word of a field, by its table."""
        keys = [field.key for field in fields_of(self.kind)]
        return {key: float(self.strangers[keys.index(key), SAME]) for key in self.common if key in keys}

    def rarity(self, key: str, word: str) -> float:
        """The bits that sharing this very word is worth above sharing any: below 0 for a common one."""
        usual = self.usual.get(key)
        if not usual:
            return 0.0
        share = self.common[key].get(word) or self.rare.get(key) or usual
        return float(np.clip(np.log2(usual / share), RARE, COMMON))


@dataclass(frozen=True)
class Judgement:
    """What the model says of a pair: the probability that both are one, and the bits that each field gave."""

    probability: float
    levels: tuple[Level, ...]
    weights: tuple[float, ...]


def sensible(kind: str, people: int = 0) -> Model:
    """The model of a charity that has learned nothing yet and has so many constituents."""
    shares, count = [SHARES[field.key] for field in fields_of(kind)], max(people, FEWEST)
    return Model(
        kind=kind,
        duplicates=DUPLICATES * 2 / count,
        homes=HOMES * 2 / count,
        one=_table(each.one for each in shares),
        home=_table(each.home for each in shares),
        strangers=_table(each.strangers for each in shares),
        common={},
        rare={},
        people=people,
    )


def _table(shares: Iterable[Sequence[float]]) -> Table:
    """Shares of levels, with the level that is not known before them."""
    return np.array([(1.0, *each) for each in shares])


def logs(table: Table) -> Table:
    """Bits of a table; a level that is not known says nothing, one that a field does not have is as good as never."""
    bits = np.log2(np.maximum(table, 1e-9))
    bits[:, UNKNOWN] = 0.0
    return bits


def summed(bits: Table, levels: npt.NDArray[np.int64]) -> Table:
    """The bits of patterns given as a row of levels each."""
    found: Table = bits[np.arange(bits.shape[0]), levels].sum(axis=1)
    return found


def levels_of(patterns: npt.NDArray[np.int64], fields: int) -> npt.NDArray[np.int64]:
    """Patterns as rows of levels."""
    return patterns[:, None] // LEVELS ** np.arange(fields) % LEVELS


@dataclass(frozen=True)
class Odds:
    """Bits for each of the three kinds of pairs, with how usual each kind is."""

    one: Table
    home: Table
    strangers: Table

    @property
    def probability(self) -> Table:
        """How likely it is that both are one."""
        highest = np.maximum(self.home, self.strangers)
        rivals = highest + np.log2(np.exp2(self.home - highest) + np.exp2(self.strangers - highest))
        with np.errstate(over="ignore"):
            found: Table = 1.0 / (1.0 + np.exp2(rivals - self.one))
        return found


def odds(model: Model, patterns: npt.NDArray[np.int64], rarity: Table | float = 0.0) -> Odds:
    """The odds of patterns; `rarity` is what the very words shared are worth besides (see `Model.rarity`)."""
    levels = levels_of(patterns, len(model.one))
    return Odds(
        summed(logs(model.one), levels) + np.log2(model.duplicates),
        summed(logs(model.home), levels) + np.log2(model.homes),
        summed(logs(model.strangers), levels) + np.log2(model.apart) - rarity,
    )


def judge(model: Model, pattern: int, rarity: Sequence[float]) -> Judgement:
    """One pair with the bits of each field. `rarity` has a number for each field.

    A field's weight is by how much it moves the odds that both are one after the fields before it. Those that families
    share come first: once two are known to live in one home, the family name says little more.
    """
    fields = fields_of(model.kind)
    levels = digits_of(pattern, len(fields))
    one, home, strangers = (logs(table) for table in (model.one, model.home, model.strangers))
    bits = [math.log2(share) for share in (model.duplicates, model.homes, model.apart)]
    before, weights = _against(bits), [0.0] * len(fields)
    for place in sorted(range(len(fields)), key=lambda place: ORDER.index(fields[place].key)):
        level = levels[place]
        bits[0] += float(one[place, level])
        bits[1] += float(home[place, level])
        bits[2] += float(strangers[place, level]) - rarity[place]
        now = _against(bits)
        weights[place], before = now - before, now
    return Judgement(1.0 / (1.0 + 2.0 ** min(-before, 1_000.0)), levels, tuple(weights))


def _against(bits: Sequence[float]) -> float:
    """The bits of the first against the two others together."""
    highest = max(bits[1:])
    return bits[0] - highest - math.log2(sum(2.0 ** (one - highest) for one in bits[1:]))
