"""Who is held out: by lot, the same each time, about as many as were asked for."""

from hypothesis import given
from hypothesis import strategies as st

from donors.plans.held_out import held_out, is_held_out, lot

ids = st.integers(1, 2**53)
percents = st.integers(0, 100)


@given(ids, ids, percents, percents)
def test_whoever_is_held_out_at_some_percent_is_so_at_more(one: int, template: int, some: int, more: int) -> None:
    low, high = sorted((some, more))
    assert is_held_out(one, template, high) or not is_held_out(one, template, low)
    assert not is_held_out(one, template, 0)
    assert is_held_out(one, template, 100)


@given(st.lists(ids, unique=True), ids, percents, st.sets(ids))
def test_nobody_who_is_spared_is_held_out(many: list[int], template: int, percent: int, spared: set[int]) -> None:
    found = held_out(many, template, percent, spared=spared)
    assert found == [one for one in many if is_held_out(one, template, percent) and one not in spared]


def test_lots_are_spread_evenly_and_apart_for_each_template() -> None:
    many = range(1, 20_001)
    for percent in (5, 10, 50):
        assert abs(len(held_out(many, 7, percent)) / 20_000 - percent / 100) < 0.01
    both = set(held_out(many, 7, 50)) & set(held_out(many, 8, 50))
    assert abs(len(both) / 20_000 - 0.25) < 0.01


def test_lots_never_change() -> None:
    assert [lot(one, 1) for one in (1, 2, 3)] == [8849, 5776, 5455]
