"""Due dates and what a completion frees: the published cases of the model that is to be matched, and laws.

Deliberately different from that model: reminders stand on a day and have no time of day (PLN-011); a plan’s state
counts its own tasks, never those of a template that grew later (PLN-042); an empty template is refused (PLN-043);
no verb changes the constituent of a plan (PLN-016).
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.plans.decide import DateRule, Draft, Node, due_dates, freed, moved, problems, without

PLAIN = DateRule(skips_weekends=False)
MONDAY = DateRule()
FRIDAY = DateRule(reschedule="friday")
CALL, EMAIL, MEETING, OTHER = 1, 2, 3, 4
BRANCHED = (Node(CALL, 0), Node(EMAIL, 1, CALL), Node(MEETING, 2, CALL), Node(OTHER, 2, EMAIL))
CHAIN = (Node(1, 2), Node(2, 3, 1), Node(3, 4, 2))


def on(day: int) -> date:
    return date(2026, 3, day)


def dates(steps: tuple[Node, ...], start: date, rule: DateRule) -> list[date]:
    return [due.on for due in due_dates(steps, on=start, rule=rule).values()]


@pytest.mark.parametrize(
    ("steps", "start", "rule", "expected"),
    [
        # PLN-001: start + own days + the days of all ancestors.
        ((Node(1, 3), Node(2, 10, 1)), 3, PLAIN, [6, 16]),
        # PLN-002: three days after a Wednesday is a Saturday; moved to Monday.
        ((Node(1, 3),), 4, MONDAY, [9]),
        # PLN-003: moved back to Friday.
        ((Node(1, 3),), 4, FRIDAY, [6]),
        # PLN-005: a Sunday goes back two days.
        ((Node(1, 4),), 4, FRIDAY, [6]),
        # PLN-007: on a Saturday, due the same day: the moved date lies before the start.
        ((Node(1, 0),), 7, FRIDAY, [6]),
        # PLN-010: steps without days count as 0.
        ((Node(1, 0), Node(2, 0, 1), Node(3, 5, 2)), 3, PLAIN, [3, 3, 8]),
        # PLN-012, PLN-013
        ((Node(1, 0),), 3, MONDAY, [3]),
        ((Node(1, 1),), 3, PLAIN, [4]),
    ],
)
def test_first_due_dates(steps: tuple[Node, ...], start: int, rule: DateRule, expected: list[int]) -> None:
    assert dates(steps, on(start), rule) == [on(day) for day in expected]


def test_the_original_date_is_kept_beside_the_moved_one() -> None:
    due = due_dates((Node(1, 3),), on=on(4), rule=MONDAY)[1]
    assert (due.original, due.on) == (on(7), on(9))


def test_a_completion_opens_children_and_re_dates_all_below() -> None:
    """PLN-018, with the days of the version that the plan runs on: edits of a template do not leak into it."""
    changes = {change.key: change for change in freed(BRANCHED, CALL, {EMAIL, MEETING, OTHER}, on=on(3), rule=PLAIN)}
    assert {key: change.due.on for key, change in changes.items() if change.due} == {
        EMAIL: on(4),
        MEETING: on(5),
        OTHER: on(6),
    }
    assert {key for key, change in changes.items() if change.opens} == {EMAIL, MEETING}


def test_a_late_completion_counts_from_its_day() -> None:
    """PLN-022: 10 + 3 is Friday the 13th, 10 + 3 + 4 the 17th."""
    first, second = freed(CHAIN, 1, {2, 3}, on=on(10), rule=MONDAY)
    assert (first.opens, first.due and first.due.on) == (True, on(13))
    assert (second.opens, second.due and second.due.on) == (False, on(17))


def test_without_following_completion_children_open_on_their_old_dates() -> None:
    (only,) = freed(CHAIN, 1, {2, 3}, on=on(10), rule=DateRule(follows_completion=False))
    assert (only.key, only.opens, only.due) == (2, True, None)


def test_what_is_closed_already_stays_closed() -> None:
    """Better than the model: completing the parent does not re-open a child that was done out of order."""
    assert freed(CHAIN, 1, {3}, on=on(10), rule=MONDAY) == ()


def test_a_date_set_by_hand_moves_what_waits_below() -> None:
    assert {key: due.on for key, due in moved(CHAIN, 1, {2, 3}, to=on(10), rule=MONDAY).items()} == {
        2: on(13),
        3: on(17),
    }


@st.composite
def forests(draw: st.DrawFn) -> tuple[Node, ...]:
    size = draw(st.integers(1, 12))
    return tuple(
        Node(key, draw(st.integers(0, 60)), draw(st.none() | st.integers(1, key - 1)) if key > 1 else None)
        for key in range(1, size + 1)
    )


rules = st.builds(DateRule, st.booleans(), st.sampled_from(["monday", "friday"]), st.booleans())
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(forests(), days, rules)
def test_laws_of_first_dates(steps: tuple[Node, ...], start: date, rule: DateRule) -> None:
    found = due_dates(steps, on=start, rule=rule)
    for step in steps:
        due = found[step.key]
        above = start if step.parent is None else found[step.parent].original
        assert due.original == above + timedelta(days=step.days_after)
        assert abs((due.on - due.original).days) <= 2
        assert not rule.skips_weekends or due.on.weekday() < 5


@given(forests(), days, rules, st.data())
def test_completing_everything_on_the_first_day_gives_each_step_a_date_and_opens_it_once(
    steps: tuple[Node, ...], start: date, rule: DateRule, data: st.DataObject
) -> None:
    waiting = {step.key for step in steps if step.parent is not None}
    ready = {step.key for step in steps if step.parent is None}
    opened = []
    while ready:
        closed = data.draw(st.sampled_from(sorted(ready)))
        ready.remove(closed)
        changes = freed(steps, closed, waiting, on=start, rule=rule)
        opens = {change.key for change in changes if change.opens}
        assert opens == {step.key for step in steps if step.parent == closed}
        waiting -= opens
        ready |= opens
        opened += sorted(opens)
    assert waiting == set()
    assert len(opened) == len(set(opened))


@given(forests(), days)
def test_completing_on_the_due_day_changes_no_date_without_weekends(steps: tuple[Node, ...], start: date) -> None:
    first = due_dates(steps, on=start, rule=PLAIN)
    waiting = {step.key for step in steps if step.parent is not None}
    for step in steps:
        for change in freed(steps, step.key, waiting, on=first[step.key].on, rule=PLAIN):
            assert change.due == first[change.key]


def draft(subject: str = "Call", parent: int | None = None, **values: object) -> Draft:
    return Draft(subject, parent=parent, **values)  # type: ignore[arg-type]


def test_a_parent_in_the_same_template_is_accepted() -> None:
    """PLN-033"""
    assert problems([draft("a"), draft("b", 1)]) == ()


def test_a_parent_elsewhere_is_refused_with_its_place() -> None:
    """PLN-032: a step can only wait for a step of its own template."""
    (problem,) = problems([draft("a"), draft("x", 7)])
    assert problem.sentence == "Step 2 “x”: it waits for step 7, which this template does not have."


def test_a_circle_is_named() -> None:
    found = problems([draft("a", 3), draft("b", 1), draft("c", 2), draft("d", 2)])
    assert [(problem.position, problem.field) for problem in found] == [(1, "parent"), (2, "parent"), (3, "parent")]
    assert "1 → 3 → 2 → 1" in found[0].sentence


def test_a_step_that_waits_for_itself() -> None:
    assert "(1 → 1)" in problems([draft("a", 1)])[0].sentence


def test_other_mistakes_are_named_too() -> None:
    found = problems([draft(" "), draft("b", days_after=-1), draft("c", days_after=1000), draft("d", role="user")])
    assert [(problem.position, problem.field) for problem in found] == [
        (1, "subject"),
        (2, "days_after"),
        (3, "days_after"),
        (4, "role"),
    ]
    assert problems([])[0].field == "steps"
    assert problems([draft()] * 201)[0].field == "steps"


def test_a_deleted_step_leaves_its_children_to_its_parent() -> None:
    """PLN-044"""
    kept = without([draft("call"), draft("email", 1), draft("meeting", 1), draft("other", 2)], 2)
    assert [(step.subject, step.parent) for step in kept] == [("call", None), ("meeting", 1), ("other", 1)]
