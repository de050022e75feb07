"""The drawing of a plan: nothing stands before what it waits for; every line that leaves a row arrives in the next."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from donors.web.charts.branches import DOT, WIDEST, Row, Stop, Stroke, branches

START = date(2026, 10, 20)
CASES = ("", "reached", "no answer")


@st.composite
def plans(draw: st.DrawFn) -> list[Stop]:
    """Up to 40 stops, each after some of those before it."""
    stops: list[Stop] = []
    for key in range(1, draw(st.integers(0, 40)) + 1):
        earlier = st.tuples(st.integers(1, key - 1), st.sampled_from(CASES)) if key > 1 else st.nothing()
        after = draw(st.lists(earlier, max_size=3, unique_by=lambda one: one[0])) if key > 1 else []
        stops.append(Stop(key, START + timedelta(draw(st.integers(-30, 300))), tuple(after)))
    return stops


def leaving(strokes: tuple[Stroke, ...]) -> set[float]:
    return {stroke.x for stroke in strokes if stroke.down}


def arriving(row: Row) -> set[float]:
    bent = {float(re.findall(r"[\d.]+", stroke.path)[0]) for stroke in row.strokes if stroke.path and not stroke.down}
    return bent | {stroke.x for stroke in row.strokes if stroke.down and not stroke.y}


@given(plans())
def test_lines_lead_from_row_to_row_and_end_at_their_stops(stops: list[Stop]) -> None:
    drawn = branches(stops, start=START)
    left = leaving(drawn.strokes)
    for row in drawn.rows:
        assert arriving(row) == left
        left = leaving(row.strokes)
        assert any(stroke.path.endswith(("V14", f"{row.x} 14")) for stroke in row.strokes)
    assert left == set()


@given(plans())
def test_everything_is_drawn_once_after_what_it_waits_for_and_inside_its_box(stops: list[Stop]) -> None:
    drawn = branches(stops, start=START)
    order = [row.stop.key for row in drawn.rows]
    assert sorted(order) == [stop.key for stop in stops]
    assert all(order.index(key) < order.index(stop.key) for stop in stops for key, _ in stop.after)
    assert all(DOT / 2 <= row.x <= drawn.width - DOT / 2 for row in drawn.rows)
    assert drawn.width <= WIDEST + 8 * 20


def test_a_case_parts_and_the_ways_join_again() -> None:
    later = [START + timedelta(days) for days in (0, 7, 7, 30)]
    ways = ((), ((1, "reached"),), ((1, "no answer"),), ((2, ""), (3, "")))
    drawn = branches([Stop(key, later[key - 1], ways[key - 1]) for key in (1, 2, 3, 4)], start=START)
    assert [row.x for row in drawn.rows] == [12, 12, 40, 12]
    assert [any(stroke.case for stroke in row.strokes) for row in drawn.rows] == [True, True, True, False]
    assert [(row.day, row.fresh, row.gap) for row in drawn.rows] == [
        (0, True, 2),
        (7, True, 0),
        (7, False, 3),
        (30, True, 0),
    ]


def test_what_waits_for_itself_or_for_nobody_is_drawn_all_the_same() -> None:
    drawn = branches([Stop(1, START, ((2, ""),)), Stop(2, START, ((1, ""), (9, "")))], start=START)
    assert [row.stop.key for row in drawn.rows] == [1, 2]
