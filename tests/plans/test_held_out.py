"""Who is held out: by lot, the same each time, about as many as were asked for."""

from hypothesis import given
from hypothesis import strategies as st

from donors.plans.starting.held_out import is_held_out, lot

ids = st.integers(1, 2**53)
percents = st.integers(0, 100)


@given(ids, ids, percents, percents)
def test_whoever_is_held_out_at_some_percent_is_so_at_more(one: int, template: int, some: int, more: int) -> None:
    low, high = sorted((some, more))
    assert is_held_out(one, template, high) or not is_held_out(one, template, low)
    assert not is_held_out(one, template, 0)
    assert is_held_out(one, template, 100)


def test_lots_are_spread_evenly_and_apart_for_each_template() -> None:
    many = range(1, 20_001)
    for percent in (5, 10, 50):
        assert abs(sum(is_held_out(one, 7, percent) for one in many) / 20_000 - percent / 100) < 0.01
    both = sum(is_held_out(one, 7, 50) and is_held_out(one, 8, 50) for one in many)
    assert abs(both / 20_000 - 0.25) < 0.01


def test_lots_never_change() -> None:
    assert [lot(one, 1) for one in (1, 2, 3)] == [8849, 5776, 5455]
