"""The forecast's distribution: exact for few asks, near for many, and it never loses money or chance."""

from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donors.pipeline.odds.arrival import STATED, Slip, arrival, learn
from donors.pipeline.odds.fan import Chance, fan
from donors.pipeline.odds.sums import FEW, Part, Sums, sums

parts = st.lists(st.tuples(st.integers(1, 10_000_000), st.floats(0.01, 0.99)), min_size=1, max_size=8)


def brute(asks: list[Part]) -> dict[int, float]:
    """Every way in which the asks may turn out, counted one by one."""
    found: dict[int, float] = {}
    for outcome in product((False, True), repeat=len(asks)):
        value = sum(amount for (amount, _odds), comes in zip(asks, outcome, strict=True) if comes)
        chance = prod(odds if comes else 1 - odds for (_amount, odds), comes in zip(asks, outcome, strict=True))
        found[value] = found.get(value, 0.0) + chance
    return found


def same(found: Sums, expected: dict[int, float]) -> None:
    """The distribution is the one that was counted, value by value."""
    assert [round(value) for value in found.values] == sorted(expected)
    assert found.chances == pytest.approx([expected[value] for value in sorted(expected)], abs=1e-12)


def test_fifteen_asks_equal_brute_force() -> None:
    drawn = Random(15)
    asks = [(drawn.randrange(1_000_00, 250_000_00), drawn.uniform(0.02, 0.98)) for _ in range(15)]
    assert len(asks) == FEW
    found, expected = sums(asks), brute(asks)
    same(found, expected)
    goal = sum(amount for amount, _odds in asks) // 2
    assert found.at_least(goal) == pytest.approx(sum(share for value, share in expected.items() if value >= goal))
    below = 0.0
    for value in sorted(expected):
        below += expected[value]
        if below >= 0.1:
            assert found.quantile(0.1) == value
            break


def test_the_lattice_equals_brute_force_where_amounts_are_round() -> None:
    drawn = Random(16)
    asks = [(drawn.randrange(1, 40) * 500_00, drawn.uniform(0.05, 0.95)) for _ in range(FEW + 1)]
    same(sums(asks), brute(asks))


@given(parts)
@settings(max_examples=60)
def test_chances_add_up_and_the_mean_is_amount_times_odds(asks: list[Part]) -> None:
    many = asks * 4
    for each in (asks, many):
        found = sums(each)
        assert sum(found.chances) == pytest.approx(1)
        assert found.mean == pytest.approx(sum(amount * odds for amount, odds in each), rel=1e-6)
        assert list(found.values) == sorted(found.values)
        assert found.quantile(0.1) <= found.quantile(0.5) <= found.quantile(0.9)


def test_a_rough_lattice_stays_near_what_is_drawn() -> None:
    drawn = Random(40)
    asks = [(drawn.randrange(1, 10_000_000), drawn.uniform(0.1, 0.9)) for _ in range(40)]
    found = sums(asks)
    trials = sorted(sum(amount for amount, odds in asks if drawn.random() < odds) for _ in range(20_000))
    for part in (0.1, 0.5, 0.9):
        assert found.quantile(part) == pytest.approx(trials[int(part * len(trials))], rel=0.01)


def test_thousands_of_asks_are_near_what_is_drawn() -> None:
    drawn = Random(2_000)
    asks = [(round(drawn.lognormvariate(13, 1)), drawn.uniform(0.05, 0.9)) for _ in range(2_000)]
    found = sums(asks)
    assert found.mean == pytest.approx(sum(amount * odds for amount, odds in asks), rel=0.001)
    trials = sorted(sum(amount for amount, odds in asks if drawn.random() < odds) for _ in range(500))
    for part in (0.1, 0.5, 0.9):
        assert found.quantile(part) == pytest.approx(trials[int(part * len(trials))], rel=0.01)


def test_nothing_asked_brings_nothing() -> None:
    assert sums([]) == Sums((0.0,), (1.0,))
    assert sums([(100, 0.0), (0, 0.5)]).at_least(1) == 0


def test_a_fan_widens_with_the_months_and_reaches_goals() -> None:
    slip = Slip({0: 0.5, 1: 0.5}, 50)
    asks = [Chance(1_000_00, 0.5, arrival(month, slip, 4)) for month in (0, 1, 2)]
    found = fan(asks, 4)
    assert [band.middle for band in found.bands] == sorted(band.middle for band in found.bands)
    assert found.bands[-1].mean == 1_500_00
    assert found.reaches(1_000_00) == pytest.approx(7 / 8)
    assert found.reaches(3_000_00) == pytest.approx(1 / 8)
    assert found.reaches(3_000_01) == 0
    assert found.reaches(0) == 1


def test_arrival_follows_the_slip_and_what_is_over_is_shared_out() -> None:
    slip = Slip({-1: 0.25, 0: 0.5, 1: 0.25}, 40)
    assert arrival(2, slip, 4) == pytest.approx([0, 0.25, 0.75, 1])
    assert arrival(0, slip, 2) == pytest.approx([2 / 3, 1])
    assert arrival(-1, slip, 2) == pytest.approx([1, 1])
    assert arrival(-9, slip, 2) == pytest.approx(arrival(0, slip, 2))
    assert arrival(9, slip, 2) == [0, 0]


def test_the_slip_is_stated_until_enough_asks_tell_it() -> None:
    few, enough = learn([0] * 19), learn([0] * 15 + [2] * 5)
    assert (few.learnt, few.shares) == (False, STATED)
    assert (enough.learnt, enough.shares, enough.mean) == (True, {0: 0.75, 2: 0.25}, 0.5)
    assert learn([99] * 20).shares == {18: 1.0}
    assert sum(STATED.values()) == pytest.approx(1)
