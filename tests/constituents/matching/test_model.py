"""The model: weights that add up, families told apart, and what is learned without anybody saying what is right."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.constituents.matching.compare import Comparison, fields_of
from donors.constituents.matching.facts import Facts, Place
from donors.constituents.matching.find import Rarity
from donors.constituents.matching.learn import Tally, common_words, learn
from donors.constituents.matching.learned import as_json, as_model
from donors.constituents.matching.levels import LEVELS, SAME, UNKNOWN, Level, digits_of
from donors.constituents.matching.model import Model, judge, levels_of, odds, sensible
from donors.constituents.matching.reasons import as_reasons, kept, reasons, shown_words
from donors.constituents.matching.roster import enroll
from donors.constituents.models import KINDS, PERSON
from tests.constituents.matching.people_drawn import PEOPLE

FIELDS = len(fields_of(PERSON))
PATTERNS = st.lists(st.integers(0, LEVELS - 1), min_size=FIELDS, max_size=FIELDS).map(
    lambda levels: sum(level * LEVELS**place for place, level in enumerate(levels))
)
HOME = {"places": (Place("1", "elmstreet", "12207", "albany"),), "phones": (12125550100,)}


def probability(one: Facts, other: Facts, model: Model | None = None) -> float:
    """How likely two are one, by the model of a charity that has learned nothing."""
    roster = enroll([one, other])
    pattern = int(Comparison(roster, one.kind).patterns(np.array([0]), np.array([1]))[0])
    return judge(model or sensible(one.kind, 10_000), pattern, [0.0] * len(fields_of(one.kind))).probability


@given(PATTERNS, st.lists(st.floats(-5, 5), min_size=FIELDS, max_size=FIELDS))
def test_weights_add_up_to_the_probability(pattern: int, rarity: list[float]) -> None:
    model = sensible(PERSON, 10_000)
    levels = digits_of(pattern, FIELDS)
    rarity = [bits if level is SAME else 0.0 for level, bits in zip(levels, rarity, strict=True)]
    found = judge(model, pattern, rarity)
    start = math.log2(model.duplicates / (1 - model.duplicates))
    assert found.probability == pytest.approx(1 / (1 + 2 ** -(start + sum(found.weights))), abs=1e-9)
    (at_once,) = odds(model, np.array([pattern]), np.array([sum(rarity)])).probability
    assert found.probability == pytest.approx(at_once, abs=1e-9)
    unknown = [weight for level, weight in zip(found.levels, found.weights, strict=True) if level is UNKNOWN]
    assert unknown == pytest.approx([0.0] * len(unknown), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_are_shares(kind: str) -> None:
    model = sensible(kind)
    for table in (model.one, model.home, model.strangers):
        assert table[:, 1:].sum(axis=1) == pytest.approx(1.0)
        for field, shares in zip(fields_of(kind), table, strict=True):
            assert {level for level in Level if level is not UNKNOWN and shares[level]} == set(field.said), field.key


def test_a_family_is_not_one_person() -> None:
    anna = Facts(1, PERSON, given="anna", family="berg", born=19500307, **HOME)
    spouse = Facts(2, PERSON, given="thomas", family="berg", born=19480101, **HOME)
    unknown_spouse = Facts(3, PERSON, given="thomas", family="berg", **HOME)
    assert probability(anna, spouse) < 0.001
    assert probability(anna, unknown_spouse) < 0.05
    assert probability(anna, Facts(4, PERSON, given="ann", family="berg", born=19500307, **HOME)) > 0.99
    assert probability(anna, Facts(5, PERSON, given="anna", family="meier", born=19500307, **HOME)) > 0.99


def test_a_father_and_his_son_are_two() -> None:
    def called(generation: int, born: int = 0) -> Facts:
        return Facts(1, PERSON, given="john", family="berg", generation=generation, born=born, **HOME)

    assert probability(called(0), called(0)) > 0.5
    assert probability(called(1), called(2)) < probability(called(0), called(2)) < probability(called(0), called(0))
    assert probability(called(1, 19500307), called(2, 19800110)) < 0.05
    assert probability(called(0, 19500307), called(0, 19800110)) < 0.5


def test_a_rare_name_says_more_than_a_common_one() -> None:
    people = [Facts(one, PERSON, given="anna", family="smith" if one % 4 else f"name{one}") for one in range(4_000)]
    roster = enroll([*people, Facts(0, PERSON, given="anna", family="wrobel")])
    told, rare = common_words(roster.family.codes, roster.family.lexicon.words)
    assert set(told) == {"smith"}
    model = sensible(PERSON, 400)
    shares = {"family": told}
    known = Model(**{**vars(model), "common": shares, "rare": {"family": rare}})
    assert known.rarity("family", "wrobel") > 0 > known.rarity("family", "smith")
    rarity, pattern = Rarity(roster, known), int(SAME) * LEVELS
    assert rarity.each(4_000, pattern)[1] > 0 > rarity.each(1, pattern)[1]


def test_reasons_are_words_with_weights() -> None:
    one, other = Facts(1, PERSON, given="bob", family="meyer"), Facts(2, PERSON, given="robert", family="meier")
    model, roster = sensible(PERSON, 10_000), enroll([one, other])
    (pattern,) = Comparison(roster, PERSON).patterns(np.array([0]), np.array([1])).tolist()
    judged, shown = judge(model, pattern, [0.0] * FIELDS), shown_words(roster, PERSON, 0, 1)
    told = [str(one) for one in reasons(judged, PERSON, shown)]
    assert [text.partition(" (+")[0] for text in told] == [
        "family name with one slip: Meyer / Meier",
        "another form of the given name: Bob / Robert",
    ]
    assert [str(one) for one in as_reasons(kept(judged, PERSON, shown))] == told


def drawn(model: Model, pairs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Patterns of random pairs by a model, and which of them are one person."""
    drawing = np.random.default_rng(seed)
    kinds = drawing.choice(3, pairs, p=[model.duplicates, model.homes, model.apart])
    patterns = np.zeros(pairs, np.int64)
    for place in range(FIELDS):
        for kind, table in enumerate((model.one, model.home, model.strangers)):
            mine = kinds == kind
            shares = table[place, 1:] / table[place, 1:].sum()
            patterns[mine] += (drawing.choice(LEVELS - 1, int(mine.sum()), p=shares) + 1) * LEVELS**place
    return patterns, kinds == 0


def test_what_planted_pairs_share_is_learned_without_being_told() -> None:
    usual = sensible(PERSON, 1_000)
    one = usual.one.copy()
    one[4, 1:], one[2, 1:] = (0.3, 0.02, 0.02, 0.0, 0.66), (0.7, 0.2, 0.02, 0.0, 0.08)
    truth = Model(**{**vars(usual), "one": one, "duplicates": 0.002, "homes": 0.004})
    patterns, right = drawn(truth, 400_000, seed=5)
    tally = Tally(*np.unique(patterns, return_counts=True))
    found = learn(usual, tally, tally, pairs=len(patterns))
    assert found.duplicates == pytest.approx(right.mean(), rel=0.05)
    assert found.one[4, SAME] == pytest.approx(0.3, abs=0.06)
    assert found.one[2, 1:3] == pytest.approx([0.7, 0.2], abs=0.06)
    sure = odds(found, patterns, np.zeros(1)).probability >= 0.5
    assert right[sure].mean() > 0.98
    assert sure[right].mean() > 0.98


def test_a_model_is_kept_and_read_again() -> None:
    model = sensible(PERSON, 1_000)
    again = as_model(PERSON, 1_000, as_json(model))
    assert again is not None
    assert again.one == pytest.approx(model.one)
    assert as_model(PERSON, 1_000, {**as_json(model), "fields": ["shoe size"]}) is None


@given(st.lists(PEOPLE, min_size=2, max_size=8))
def test_patterns_are_taken_apart_as_they_were_put_together(some: list[Facts]) -> None:
    a, b = np.triu_indices(len(some), 1)
    patterns = Comparison(enroll(some), PERSON).patterns(a, b)
    assert (levels_of(patterns, FIELDS) * LEVELS ** np.arange(FIELDS)).sum(axis=1).tolist() == patterns.tolist()
