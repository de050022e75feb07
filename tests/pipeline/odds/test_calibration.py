"""Judging claims: bins, scores by hand, intervals, and who is too hopeful."""

from math import log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.interval import wilson
from donors.pipeline.odds.calibration import Point, calibration, mean

points = st.lists(
    st.builds(Point, st.integers(0, 100).map(lambda claim: claim / 100), st.booleans(), st.integers(1, 9)), min_size=1
)


def test_scores_are_those_by_hand() -> None:
    found = calibration([Point(0.8, True, 1), Point(0.8, False, 2), Point(0.3, False, 3), Point(1.0, True, 4)])
    assert found is not None
    assert found.brier.value == pytest.approx((0.04 + 0.64 + 0.09 + 0) / 4)
    assert found.loss.value == pytest.approx(-(log(0.8) + log(0.2) + log(0.7) + log(0.995)) / 4)
    assert found.over.value == pytest.approx(0.725 - 0.5)
    assert (found.claims, found.happened, found.share, found.base) == (4, 2, 0.5, 0.25)
    assert [(one.low, one.claims, one.happened) for one in found.bins] == [(0.3, 1, 0), (0.8, 2, 1), (0.9, 1, 1)]
    assert found.bins[1].range == wilson(1, 2)
    assert (found.enough, found.verdict) == (False, "")
    assert calibration([]) is None


def test_a_sure_claim_that_fails_costs_much_but_not_without_end() -> None:
    found = calibration([Point(1.0, False, 1)])
    assert found is not None
    assert found.loss.value == pytest.approx(-log(0.005))
    assert found.over.low == float("-inf")


@given(points)
def test_bins_hold_every_thing_once(claims: list[Point]) -> None:
    found = calibration(claims)
    assert found is not None
    assert sum(one.claims for one in found.bins) == len({(min(int(one.claim * 10), 9), one.about) for one in claims})
    assert found.happened == sum(one.happened for one in claims)
    assert found.things <= found.claims
    for one in found.bins:
        assert one.low - 1e-9 <= one.claimed <= one.high + 1e-9
    assert found.over.low <= found.over.value <= found.over.high


@pytest.mark.parametrize(("shift", "verdict"), [(0.2, "hopeful"), (0.0, "fair"), (-0.2, "shy")])
def test_who_claims_too_much_or_too_little_is_told(shift: float, verdict: str) -> None:
    drawn = Random(3)
    truths = [drawn.uniform(0.25, 0.75) for _ in range(600)]
    found = calibration([Point(truth + shift, drawn.random() < truth, n) for n, truth in enumerate(truths)])
    assert found is not None
    assert found.verdict == verdict
    assert found.over.low < shift < found.over.high


def test_the_interval_of_a_mean_holds_it_as_often_as_it_says() -> None:
    drawn = Random(11)
    held = sum(low <= 0.3 <= high for low, high in (_interval(drawn) for _ in range(1_000)))
    assert held / 1_000 == pytest.approx(0.95, abs=0.02)


def _interval(drawn: Random) -> tuple[float, float]:
    """Of two hundred things, each said up to five times over."""
    said = [(float(drawn.random() < 0.3), thing) for thing in range(200)]
    values = [one for one in said for _ in range(drawn.randrange(1, 6))]
    found = mean([value for value, _thing in values], [thing for _value, thing in values])
    return found.low, found.high


def test_saying_it_again_makes_nothing_surer() -> None:
    points = [Point(0.5, n % 2 == 0, n) for n in range(60)]
    once, often = calibration(points), calibration(points * 4)
    assert once is not None
    assert often is not None
    assert (often.over, often.bins) == (once.over, once.bins)
    assert (often.claims, often.things) == (240, 60)
