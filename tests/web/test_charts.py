"""Charts are geometry: parts add up, bands fill both margins, nothing is drawn outside its box."""

import re
from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from donors.web.charts.bars import Item, bars
from donors.web.charts.flow import Stand, flow
from donors.web.charts.lines import Series, lines, spark
from donors.web.charts.matrix import matrix
from donors.web.charts.scale import spread, steps
from donors.web.charts.stack import Layer, stack

HAIR = 0.05
"""Rounding to two digits, summed over a few marks."""

amounts = st.one_of(st.integers(0, 10_000_000), st.floats(0, 1e6, allow_subnormal=False))
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@st.composite
def moves(draw: st.DrawFn) -> tuple[tuple[Stand, ...], dict[tuple[str, str], int]]:
    """Stands from the highest down, the last of them "no level", and who went from where to where."""
    count = draw(st.integers(2, 6))
    stands = tuple(Stand(f"s{rank}", f"Level {rank}", rank) for rank in range(count - 1, -1, -1))
    pairs = [(one.key, two.key) for one in stands for two in stands]
    return stands, draw(st.dictionaries(st.sampled_from(pairs), st.integers(0, 5000), max_size=len(pairs)))


@st.composite
def layers(draw: st.DrawFn) -> tuple[list[str], list[Layer]]:
    """One to fourteen columns of one to six layers."""
    columns = [f"c{n}" for n in range(draw(st.integers(1, 14)))]
    values = st.lists(amounts, min_size=len(columns), max_size=len(columns))
    made = draw(st.lists(st.tuples(names, values), min_size=1, max_size=6))
    return columns, [Layer(name, "mute", tuple(row)) for name, row in made]


@given(st.floats(0, 1e12, allow_subnormal=False), st.integers(2, 8))
def test_ticks_begin_at_zero_and_reach_the_top(top: float, count: int) -> None:
    found = steps(top, count)
    assert found[0] == 0
    assert found[-1] >= top * (1 - 1e-6)
    assert 2 <= len(found) <= count + 2
    assert all(low < high for low, high in pairwise(found))


@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_labels_keep_apart_inside_their_column(wanted: list[float]) -> None:
    found = spread(wanted, apart=14, low=0, high=300)
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    assert all(0 <= place <= 300 for place in found)
    assert all(found[high] - found[low] >= 14 - HAIR for low, high in pairwise(order))


@given(st.lists(st.tuples(names, st.floats(-1e6, 1e6, allow_subnormal=False)), max_size=12), st.floats(0, 1e6))
def test_bars_are_as_long_as_their_values_and_stay_inside(rows: list[tuple[str, float]], top: float) -> None:
    chart = bars([Item(name, value, f"{value:,.0f}") for name, value in rows], top=top)
    longest = max((abs(value) for _, value in rows), default=0)
    for bar, (_, value) in zip(chart.marks, rows, strict=True):
        assert bar.x >= -HAIR
        assert bar.x + bar.width <= chart.width + HAIR
        assert bar.y + bar.height <= chart.height
        assert bar.x <= chart.zero + HAIR if value < 0 else abs(bar.x - chart.zero) < HAIR
        for other, (_, much) in zip(chart.marks, rows, strict=True):
            assert abs(bar.width * abs(much) - other.width * abs(value)) <= HAIR * max(longest, 1)


@given(layers())
def test_stacked_parts_add_up_to_their_columns(drawn: tuple[list[str], list[Layer]]) -> None:
    columns, made = drawn
    chart = stack(columns, made)
    top = chart.ticks[-1]
    unit = (chart.base - top.at) / top.value
    for index, column in enumerate(columns):
        parts = [part for part in chart.parts if part.name.startswith(f"{column}: ")]
        whole = sum(layer.values[index] for layer in made)
        assert abs(sum(part.height for part in parts) - whole * unit) < HAIR * 2
        for under, over in pairwise(parts):
            assert abs(under.y - (over.y + over.height)) < HAIR
    for part in chart.parts:
        assert chart.left - HAIR <= part.x
        assert part.x + part.width <= chart.right + HAIR
        assert top.at - HAIR <= part.y
        assert part.y + part.height <= chart.base + HAIR
    assert all(0 <= label.y <= chart.height and label.x < chart.width for label in chart.labels)
    assert len(chart.rows) == len(columns)


@given(layers())
def test_lines_stay_inside_and_break_where_nothing_is_known(drawn: tuple[list[str], list[Layer]]) -> None:
    columns, made = drawn
    series = [
        Series(layer.name, tuple(None if n % 3 == 1 else value for n, value in enumerate(layer.values)))
        for layer in made
    ]
    chart = lines(columns, series)
    for line, each in zip(chart.lines, series, strict=True):
        known = sum(value is not None for value in each.values)
        assert len(line.points) == known == len(re.findall("[ML]", line.path))
        assert all(0 <= point.x <= chart.right and 0 <= point.y <= chart.height for point in line.points)


@given(st.lists(amounts, max_size=30))
def test_a_spark_ends_at_its_last_value_inside_its_box(values: list[float]) -> None:
    chart = spark(values)
    assert (chart.end is None) == (not values)
    if chart.end:
        assert 0 <= chart.end[0] <= chart.width
        assert 0 <= chart.end[1] <= chart.height
        assert chart.path.endswith(f"{chart.end[0]} {chart.end[1]}")


@given(moves())
def test_flows_sum_to_both_margins(drawn: tuple[tuple[Stand, ...], dict[tuple[str, str], int]]) -> None:
    stands, counts = drawn
    chart = flow(stands, counts, heads=("then", "now"))
    out: dict[str, float] = defaultdict(float)
    into: dict[str, float] = defaultdict(float)
    for band in chart.bands:
        out[band.origin] += band.size
        into[band.target] += band.size
    for sums, side in ((out, chart.left), (into, chart.right)):
        for node in side:
            assert abs(sums[node.key] - node.size) < HAIR
            assert abs(node.size - node.count * chart.unit) < HAIR
    assert sum(node.count for node in chart.left) == sum(node.count for node in chart.right) == sum(counts.values())


@given(moves())
def test_flows_leave_and_arrive_without_gap_or_overlap_inside_the_box(
    drawn: tuple[tuple[Stand, ...], dict[tuple[str, str], int]],
) -> None:
    stands, counts = drawn
    chart = flow(stands, counts, heads=("then", "now"))
    for node in chart.left:
        bands = sorted((band for band in chart.bands if band.origin == node.key), key=lambda band: band.y0)
        assert all(abs(one.y0 + one.size - two.y0) < HAIR for one, two in pairwise(bands))
        assert not bands or abs(bands[0].y0 - node.y) < HAIR
    for node in (*chart.left, *chart.right):
        assert 0 <= node.x <= chart.width
        assert 0 <= node.y <= node.y + node.size <= chart.height + HAIR
        assert 0 <= node.label.y <= chart.height
    for up, down in [*pairwise(chart.left), *pairwise(chart.right)]:
        assert up.y + up.size < down.y


@given(moves())
def test_a_matrix_has_the_margins_of_its_counts_and_tells_up_from_down(
    drawn: tuple[tuple[Stand, ...], dict[tuple[str, str], int]],
) -> None:
    stands, counts = drawn
    chart = matrix(stands, counts)
    assert sum(row.total for row in chart.rows) == sum(chart.totals) == chart.total == sum(counts.values())
    for row in chart.rows:
        assert sum(cell.count for cell in row.cells if cell) == row.total
        for stand, cell in zip(chart.columns, row.cells, strict=True):
            if cell:
                assert (cell.way == "up") == (stand.rank > row.stand.rank)
                assert (cell.heat == 0) == (stand.rank == row.stand.rank)
                assert cell.heat <= 4
