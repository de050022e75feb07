"""Learns the model from the charity's own records, without anybody saying which pairs are the same. Pure.

How often strangers agree is counted over random pairs. How often two records of one person agree, and how many such
pairs there are, is found by expectation and maximization over the patterns of all pairs that blocking gives: the model
says how likely each pattern comes of one person; the shares among those say what the model is; and so on until nothing
moves. Likely duplicates among the random pairs are left out of the count in the same way.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from donors.constituents.matching.compare import fields_of
from donors.constituents.matching.levels import BORN, GENERATION, LEVELS, NAME, TAX_ID, UNKNOWN
from donors.constituents.matching.model import Model, Odds, Table, levels_of, odds

ROUNDS, STILL = 200, 1e-4
STEADY, STEADY_STRANGERS = 30.0, 5.0
"""How many pairs the sensible shares count for: among duplicates, and among random pairs."""
LEAST_OF_ONE, LEAST_OF_HOME, LEAST_OF_STRANGERS = 0.002, 0.005, 0.000_000_5
"""No share is smaller, so that no single field decides all by itself."""
MOST_WORDS, SOME = 500, 5
OWN = frozenset({BORN.key, GENERATION.key, TAX_ID.key, NAME.key})
"""What two of a home do not share more than the sensible shares say: it tells them apart from one person."""
NOT_LEARNED = frozenset({GENERATION.key})
"""What is too seldom told to be learned of one person: a father and his son would be taken for one."""


@dataclass(frozen=True)
class Tally:
    """How often each pattern came: among pairs that blocking gave, or among random ones."""

    patterns: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


def learn(start: Model, candidates: Tally, random: Tally, *, pairs: float) -> Model:
    """The model that these counts speak for, beginning with a sensible one. `pairs`: how many pairs there are in all.

    What comes out does not depend on chance.
    """
    model, before = start, np.zeros_like(start.one)
    for _ in range(ROUNDS):
        if np.abs(model.one - before).max() < STILL:
            break
        before, model = model.one, _round(start, model, candidates, random, pairs)
    return model


def _round(start: Model, model: Model, candidates: Tally, random: Tally, pairs: float) -> Model:
    here, there = odds(model, candidates.patterns), odds(model, random.patterns)
    share_of_one, share_of_home = _shares(here)
    of_one = candidates.counts.astype(np.float64) * share_of_one
    of_home = candidates.counts.astype(np.float64) * share_of_home
    strangers: Table = random.counts * (1.0 - sum(_shares(there)))
    keys = [field.key for field in fields_of(start.kind)]
    one = _table(start.one, candidates.patterns, of_one, steady=STEADY, least=LEAST_OF_ONE)
    home = _table(start.home, candidates.patterns, of_home, steady=STEADY, least=LEAST_OF_HOME)
    return replace(
        model,
        duplicates=_share(float(of_one.sum()), start.duplicates * pairs, pairs),
        homes=_share(float(of_home.sum()), start.homes * pairs, pairs),
        one=_but(one, start.one, keys, NOT_LEARNED),
        home=_but(home, start.home, keys, OWN),
        strangers=_table(
            start.strangers, random.patterns, strangers, steady=STEADY_STRANGERS, least=LEAST_OF_STRANGERS
        ),
        found=float(of_one.sum()),
    )


def _but(learned: Table, start: Table, keys: list[str], kept: frozenset[str]) -> Table:
    """What was learned, save for fields whose sensible shares are kept."""
    found: Table = np.where(np.array([key in kept for key in keys])[:, None], start, learned)
    return found


def _share(found: float, supposed: float, pairs: float) -> float:
    """So many of all pairs; what was supposed counts for one pair, so that none is ever impossible."""
    return (found + min(supposed, 1.0)) / (pairs + 1.0)


def _shares(found: Odds) -> tuple[Table, Table]:
    """How likely each pattern comes of one person, and of a home."""
    most = np.maximum(np.maximum(found.one, found.home), found.strangers)
    one, home, apart = (np.exp2(bits - most) for bits in (found.one, found.home, found.strangers))
    total = one + home + apart
    return one / total, home / total


def _table(start: Table, patterns: npt.NDArray[np.int64], weights: Table, *, steady: float, least: float) -> Table:
    """The shares of levels among weighted patterns, with the start as so many pairs more."""
    levels = levels_of(patterns, len(start))
    counted = np.zeros_like(start)
    for place in range(len(start)):
        counted[place] = np.bincount(levels[:, place], weights=weights, minlength=LEVELS)
    counted[:, UNKNOWN] = 0.0
    known = start.copy()
    known[:, UNKNOWN] = 0.0
    shares = counted + steady * known
    shares /= shares.sum(axis=1, keepdims=True)
    shares = np.where(known > 0, np.maximum(shares, least), 0.0)
    shares /= shares.sum(axis=1, keepdims=True)
    shares[:, UNKNOWN] = 1.0
    return shares


def common_words(codes: npt.NDArray[np.int32], words: list[str]) -> tuple[dict[str, float], float]:
    """The most common words of a column with their shares, and the share of a word that is not among them.

    What fewer than SOME have is not kept by name.
    """
    counts = np.bincount(codes, minlength=len(words)).astype(np.float64)
    counts[0] = 0.0
    total = counts.sum()
    if not total:
        return {}, 0.0
    shares = counts / total
    top = np.argsort(-shares, kind="stable")[:MOST_WORDS]
    top = top[counts[top] >= SOME]
    told = {words[code]: float(shares[code]) for code in top.tolist()}
    rest = np.delete(shares, top)
    return told, float((rest**2).sum() / rest.sum()) if rest.sum() else 1.0 / (total + 1.0)
