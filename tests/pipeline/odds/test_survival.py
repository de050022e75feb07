"""Days in a stage: a published curve, a slow way to the same answer, ways out that add up, and what is not reached."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.pipeline.odds.survival import BACK, FORWARD, LEAST, LOST, RELEASED, WAYS, Curve, Stay, curve

REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission under 6-MP (Freireich et al., 1963), the example of every textbook."""

stays = st.lists(
    st.builds(Stay, st.integers(0, 12), st.one_of(st.none(), st.sampled_from(WAYS)), st.integers(1, 3)), max_size=25
)


def test_the_textbook_curve() -> None:
    found = curve([*(Stay(days, FORWARD) for days in REMISSION), *(Stay(days, None) for days in CENSORED)])
    told = [(step.days, step.at_risk, round(step.inside, 3)) for step in found.steps]
    assert told == [
        (6, 21, 0.857),
        (7, 17, 0.807),
        (10, 15, 0.753),
        (13, 12, 0.690),
        (16, 11, 0.627),
        (22, 7, 0.538),
        (23, 6, 0.448),
    ]
    assert (round(found.steps[0].low, 3), round(found.steps[0].high, 3)) == (0.707, 1.0)
    assert found.steps[-1].low == pytest.approx(0.448 - 1.96 * 0.1346, abs=0.001)
    assert (found.median, found.longest, found.stays, found.left) == (23, 35, 21, 9)
    assert found.days_until(0.8) is None
    assert found.own_limit is None


def slow(held: list[Stay]) -> dict[int, tuple[float, dict[str, float]]]:
    """Mass by hand: each stay carries an equal share; who is last seen hands theirs on to all that stay longer.

    This is the self-consistent form of the curve (B. Efron, 1967), reached without a product of shares.
    """
    every = [(stay.days, stay.way) for stay in held for _ in range(stay.number)]
    order = sorted(every, key=lambda one: (one[0], one[1] is None))
    mass = [1.0 / len(order)] * len(order) if order else []
    left = dict.fromkeys(WAYS, 0.0)
    found: dict[int, tuple[float, dict[str, float]]] = {}
    for index, (days, way) in enumerate(order):
        if way is None:
            rest = len(order) - index - 1
            for later in range(index + 1, len(order)):
                mass[later] += mass[index] / rest
        else:
            left = left | {way: left[way] + mass[index]}
            found[days] = (1 - sum(left.values()), left)
    return found


@given(stays)
def test_the_curve_is_the_slow_one(held: list[Stay]) -> None:
    found, expected = curve(held), slow(held)
    assert [step.days for step in found.steps] == sorted(expected)
    for step in found.steps:
        inside, left = expected[step.days]
        assert step.inside == pytest.approx(inside, abs=1e-9)
        assert {way: step.left[way] for way in WAYS} == pytest.approx(left, abs=1e-9)
        assert step.inside + sum(step.left.values()) == pytest.approx(1)
        assert 0 <= step.low <= step.inside + 1e-12 <= step.high + 1e-9


def test_ways_stand_apart() -> None:
    found = curve([Stay(1, FORWARD), Stay(2, BACK), Stay(3, None), Stay(4, LOST), Stay(5, RELEASED)])
    assert found.ways == {FORWARD: 1, BACK: 1, LOST: 1, RELEASED: 1}
    assert found.steps[-1].left == pytest.approx({FORWARD: 0.2, BACK: 0.2, LOST: 0.3, RELEASED: 0.3})


def many(share: float) -> Curve:
    """A hundred stays, a share of which ends after as many days as its number says."""
    return curve(Stay(number + 1, FORWARD if number < share * 100 else None) for number in range(100))


def test_limits_are_told_where_they_are_reached() -> None:
    assert (many(1.0).median, many(1.0).own_limit) == (50, 80)
    assert (many(0.7).median, many(0.7).own_limit) == (50, None)
    assert curve(Stay(day, FORWARD) for day in range(LEAST - 1)).own_limit is None
    assert curve([]).median is None
    assert curve([]).steps == ()


def test_stays_that_go_on_make_it_longer_than_those_that_are_over() -> None:
    """Of stays that began over two years, the short ones are over first: their mean alone would be too short."""
    drawn = Random(5)
    true = [round(drawn.expovariate(1 / 200)) for _ in range(4_000)]
    seen = [(days, drawn.randrange(0, 400)) for days in true]
    found = curve(Stay(min(days, until), FORWARD if days <= until else None) for days, until in seen)
    over = sorted(days for days, until in seen if days <= until)
    assert found.median == pytest.approx(200 * 0.693, rel=0.08)
    assert over[len(over) // 2] < 100
