"""Which level a figure reaches. Cases of npsp LVL are restated here with our differences said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.errors import Invalid
from donors.levels.decide import Band, check_bands, gaps, level_for, next_above, rises

TIN = Band(1, "Tin", 1, None, 10_000)
BRONZE = Band(2, "Bronze", 2, 10_000, 100_000)
SILVER = Band(3, "Silver", 3, 100_000, 500_000)
GOLD = Band(4, "Gold", 4, 500_000, 9_000_000)
PLATINUM = Band(5, "Platinum", 5, 10_000_000, None)
LADDER = (TIN, BRONZE, SILVER, GOLD, PLATINUM)


@pytest.mark.parametrize(
    ("cents", "level"),
    [
        (10_000, BRONZE),  # minimum included, maximum not
        (50_000, BRONZE),
        (99_999, BRONZE),
        (100_000, SILVER),
        (500_000, GOLD),
        (10_000_000, PLATINUM),
        (9_999_999, None),  # in the gap
        (-5_000, TIN),  # an open lower bound takes what is below zero
        (0, TIN),
        (None, None),  # empty is not zero: who never gave is not in the lowest level
    ],
)
def test_the_band_that_holds_the_figure(cents: int | None, level: Band | None) -> None:
    assert level_for(cents, LADDER) == level


@given(st.one_of(st.none(), st.integers(-(10**9), 10**9)), st.permutations(LADDER))
def test_the_order_in_which_bands_are_given_does_not_matter(value: int | None, bands: list[Band]) -> None:
    assert level_for(value, bands) == level_for(value, LADDER)


def test_the_highest_position_wins() -> None:
    wide = Band(9, "Wide", 9, 0, None)
    assert level_for(10_000, (*LADDER, wide)) == wide


@pytest.mark.parametrize(
    ("band", "word"),
    [
        (Band(0, "New", 6, 1_000, 10_000), "overlaps"),
        (Band(0, "gold", 6, 9_000_000, 9_000_100), "twice"),
        (Band(0, " ", 6, 9_000_000, 9_000_100), "missing"),
        (Band(0, "Open", 6, None, None), "neither"),
        (Band(0, "Turned", 6, 9_000_100, 9_000_000), "not below"),
        (Band(0, "Empty", 6, 9_000_000, 9_000_000), "not below"),
    ],
)
def test_unsound_bands_are_refused(band: Band, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_bands([*LADDER, band])
    assert word in str(refused.value)


def test_edges_may_meet_and_gaps_are_told() -> None:
    check_bands(LADDER)
    assert gaps(LADDER) == [(9_000_000, 10_000_000)]
    with pytest.raises(Invalid):
        check_bands([])


def test_steps_up_and_what_is_missing() -> None:
    assert rises(None, TIN)
    assert rises(BRONZE, GOLD)
    assert not rises(GOLD, BRONZE)
    assert not rises(GOLD, None)
    assert next_above(9_900, LADDER) == (BRONZE, 100)
    assert next_above(None, LADDER) == (BRONZE, 10_000)
    assert next_above(10_000_000, LADDER) is None
