"""How full portfolios are, and sharing them out."""

from hypothesis import given
from hypothesis import strategies as st

from donors.pipeline.portfolios.load import Limits, Load, load_tone, share, warned

LIMITS = Limits(120, 150)


def test_marks() -> None:
    assert [load_tone(size, LIMITS) for size in (120, 121, 150, 151)] == ["", "near", "near", "over"]
    assert warned(Load(1, "Maren", 119, 120), LIMITS) == ""
    assert warned(Load(1, "Maren", 130, 125), LIMITS) == ""
    assert "from where a portfolio is large" in warned(Load(1, "Maren", 120, 121), LIMITS)
    assert "past the limit of 150" in warned(Load(1, "Maren", 120, 151), LIMITS)


units = st.lists(st.integers(1, 4), max_size=30)
loads = st.dictionaries(st.integers(1, 9), st.integers(0, 40), min_size=1, max_size=5)


@given(units, loads)
def test_sharing_keeps_homes_together_and_evens_out(sizes: list[int], held: dict[int, int]) -> None:
    people = iter(range(10_000))
    homes = [[next(people) for _ in range(size)] for size in sizes]
    found = share(homes, held)
    assert sorted(found) == [one for home in homes for one in home]
    assert all(len({found[one] for one in home}) == 1 for home in homes)
    after = {officer: now + list(found.values()).count(officer) for officer, now in held.items()}
    grown = [officer for officer in held if after[officer] > held[officer]]
    assert all(after[officer] <= min(after.values()) + 4 for officer in grown)
