"""What is kept when a merge is undone: later settings field by field, and what was worked on since."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from donors.core.undo_reach import Row
from donors.core.undo_since import Setting, Since
from donors.workflows.merging.decide import OWNERS, Clash, clashes, spared, unit_of
from donors.workflows.merging.fuller import fuller, groups
from donors.workflows.merging.rules import RULES

ANNA: Row = ("constituent", 1)
LATER, MERGE = 7, 8


def setting(column: str, values: tuple[object, object, object], *, row: Row = ANNA, by: int = LATER) -> Setting:
    """A column with its values before the merge, after it and now; all columns named here were set by the merge."""
    return Setting(row, column, *values, (by,), frozenset({column, "note"}))


def since(*settings: Setting, built: frozenset[Row] = frozenset(), ties: tuple[tuple[Row, Row], ...] = ()) -> Since:
    """What others did."""
    made = built | {one for one, _ in ties}
    return Since(settings, frozenset(), {}, made, built, ties)


def test_every_column_that_says_whose_a_row_is_counts_as_one() -> None:
    assert {column for _, column in RULES} - {"old_id"} <= OWNERS


def test_a_field_that_was_set_since_is_named_and_kept() -> None:
    note = setting("note", ("", "Sings", "Paints"))
    (met,) = clashes([note], merges=())
    assert (met.key, met.is_choice) == ("constituent-1-note", True)
    assert spared(since(note), [met], yielding=(), standings={}).columns == {ANNA: {"note"}}
    assert spared(since(note), [met], yielding=(met.key,), standings={}).columns == {}


def test_a_field_that_is_as_the_merge_left_it_goes_back() -> None:
    assert clashes([setting("note", ("", "Sings", "Sings")), setting("note", ("", "Sings", ""))], merges=()) == []


def test_parts_of_a_name_go_together() -> None:
    given_name = setting("given_name", ("Ann", "Anna", "Anne"))
    both = Setting(ANNA, "given_name", "Ann", "Anna", "Anne", (LATER,), frozenset({"given_name", "name", "note"}))
    (met,) = clashes([both], merges=())
    assert (met.unit, met.columns) == ("name", {"given_name", "name"})
    assert unit_of("constituent", given_name.column) == unit_of("constituent", "search_text") == "name"


def test_a_later_merge_only_passes_a_row_on() -> None:
    gift: Row = ("gift", 3)
    moved = setting("constituent_id", (2, 1, 9), row=gift, by=MERGE)
    assert clashes([moved], merges={MERGE}) == []
    (met,) = clashes([moved], merges=())
    assert not met.is_choice
    assert spared(since(moved), [met], yielding=(met.key,), standings={}).columns == {gift: {"constituent_id"}}


def test_a_plan_that_was_worked_on_stays_with_its_tasks_and_the_level_behind_it() -> None:
    plan, task, run = ("running_plan", 1), ("task", 1), ("level_effect_run", 1)
    began, ended = ("standing", 2), ("standing", 1)
    ties = ((task, plan), (run, plan), (run, began), (plan, ANNA), (("gift", 9), ANNA))
    found = since(built=frozenset({task}), ties=ties)
    found = replace(found, made=found.made | {plan, began})
    kept = spared(found, [], yielding=(), standings={began: ("standings of 1", 1), ended: ("standings of 1", 1)})
    rows = {(table, one) for table, ids in kept.rows.items() for one in ids}
    assert rows == {plan, task, run, began, ended}


pairs = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=12)


@given(pairs)
def test_groups_hold_everybody_of_a_pair_once(two: list[tuple[int, int]]) -> None:
    found = groups(two)
    everybody = [one for ids in found for one in ids]
    assert sorted(everybody) == sorted({one for pair in two if pair[0] != pair[1] for one in pair})
    assert all(any({*pair} <= {*ids} for ids in found) for pair in two if pair[0] != pair[1])


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 9), min_size=1))
def test_the_fuller_record_stays_and_of_equal_ones_the_older(weights: dict[int, int]) -> None:
    stays = fuller(weights)
    assert all(weights[one] < weights[stays] or (weights[one] == weights[stays] and stays <= one) for one in weights)


def test_a_clash_says_what_it_is_called() -> None:
    assert Clash(("phone", 4), "", (setting("number", (1, 2, 3), row=("phone", 4)),)).key == "phone-4-"
