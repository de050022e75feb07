"""Who is next and why, as pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.pipeline.turn.decide import Ask, Facts, expected, reasons, urgency

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


def test_of_two_alike_more_money_to_be_expected_is_first() -> None:
    likely = facts(has_next_move=False, asks=(Ask(1_000_00, 80),))
    large = facts(has_next_move=False, asks=(Ask(2_000_00, 30),))
    unsaid = facts(has_next_move=False, asks=(Ask(2_800_00),))
    assert [expected(one.asks) for one in (likely, large, unsaid)] == [800_00, 600_00, 700_00]
    assert sorted([large, unsaid, likely], key=lambda one: urgency(one, TODAY)) == [likely, unsaid, large]
    assert expected((), 400) == 100
    assert expected((Ask(400, 0),), 400) == 0


def test_asks_whose_day_has_passed() -> None:
    planned = facts(asks=(Ask(5, planned_on=ago(9)), Ask(5, answer_on=ago(3))))
    awaited = facts(asks=(Ask(5, planned_on=ago(-9)), Ask(5, answer_on=ago(12))))
    assert [one.sentence for one in reasons(planned, TODAY)] == ["The ask was planned for 9 days ago and is not made."]
    assert [one.sentence for one in reasons(awaited, TODAY)] == ["The answer to the ask was expected 12 days ago."]
    assert reasons(facts(asks=(Ask(5, planned_on=TODAY, answer_on=TODAY),)), TODAY) == ()


def test_a_promise_of_the_next_days_is_a_reason() -> None:
    near = [reasons(facts(next_move="Call", next_move_on=ago(-days)), TODAY) for days in (1, 2, 3)]
    assert [[one.sentence for one in found] for found in near] == [
        ["Call is due tomorrow."],
        ["Call is due in 2 days."],
        [],
    ]


def test_who_was_contacted_enough_waits_unless_a_promise_is_due() -> None:
    idle = facts(has_next_move=False)
    held = facts(in_stage_since=ago(90), pressure="At most 4 contacts in 30 days.", ask_amount=5_000_00)
    promised = facts(next_move="Call", next_move_on=TODAY, pressure="At most 4 contacts in 30 days.")
    assert sorted([held, idle, promised], key=lambda one: urgency(one, TODAY)) == [promised, idle, held]
