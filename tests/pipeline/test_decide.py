"""Pure rules of the pipeline."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.pipeline.decide import Facts, age_tone, is_substantive, reasons, urgency

TODAY = date(2026, 3, 3)


def facts(**values: object) -> Facts:
    known: dict[str, object] = {"in_stage_since": TODAY, "expected_days": 30, "stage": "Cultivation"}
    return Facts(**(known | {"has_next_move": True} | values))  # type: ignore[arg-type]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_all_in_order_gives_no_reason() -> None:
    assert reasons(facts(next_move="Call", next_move_on=ago(-3)), TODAY) == ()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"next_move": "Send the budget", "next_move_on": ago(11)}, "Send the budget is 11 days late."),
        ({"next_move": "Call", "next_move_on": TODAY}, "Call is due today."),
        ({"next_move": "", "next_move_on": ago(1)}, "A move is 1 day late."),
        ({"task": "Thank her", "task_due_on": ago(4)}, "The task “Thank her” is 4 days late."),
        ({"in_stage_since": ago(33)}, "3 days longer in Cultivation than the 30 expected."),
        ({"level_change": 1, "level": "Patron", "level_since": ago(9)}, "Rose to Patron 9 days ago."),
        ({"level_change": -1, "level": "Friend", "level_since": TODAY}, "Fell to Friend today."),
        ({"has_next_move": False}, "There is no next move."),
    ],
)
def test_each_reason_in_words(values: dict[str, object], sentence: str) -> None:
    assert [reason.sentence for reason in reasons(facts(**values), TODAY)] == [sentence]


def test_what_is_not_a_reason() -> None:
    assert reasons(facts(in_stage_since=ago(30)), TODAY) == ()
    assert reasons(facts(in_stage_since=ago(900), expected_days=None), TODAY) == ()
    assert reasons(facts(level_change=1, level="Patron", level_since=ago(31)), TODAY) == ()


def test_a_late_promise_comes_before_all_else() -> None:
    late = facts(next_move="Call", next_move_on=ago(1))
    stuck = facts(in_stage_since=ago(400))
    small, large = facts(has_next_move=False), facts(has_next_move=False, ask_amount=5)
    assert sorted([small, stuck, large, late], key=lambda one: urgency(one, TODAY)) == [late, stuck, large, small]


dates = st.none() | st.integers(-400, 400).map(ago)


@given(dates, dates, st.integers(-400, 400).map(ago), st.booleans())
def test_reasons_are_ordered_and_of_different_kinds(
    move: date | None, task: date | None, since: date, planned: bool
) -> None:
    found = reasons(facts(next_move_on=move, task_due_on=task, in_stage_since=since, has_next_move=planned), TODAY)
    ranks = [reason.rank for reason in found]
    assert ranks == sorted(set(ranks))


def test_age() -> None:
    assert [age_tone(days, 30) for days in (0, 26, 27, 30, 31)] == ["", "", "near", "near", "over"]
    assert age_tone(900, None) == ""


def test_substantive_means_that_people_spoke() -> None:
    assert is_substantive("visit", "reached")
    assert not is_substantive("call", "no_answer")
    assert not is_substantive("letter", "positive")
