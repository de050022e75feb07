"""Due dates and what a completion moves: the published cases of the model that is to be matched, and laws.

Deliberately different from that model: reminders stand on a day and have no time of day (PLN-011); a plan’s state
counts its own tasks, never those of a template that grew later (PLN-042); an empty template is refused (PLN-043);
no verb changes the constituent of a plan (PLN-016).
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.calendar import add_working_days, is_working, next_yearly
from donors.plans.dates import DateRule, Days, Due, Moving, Node, after_one, below, due_dates, in_order, moved
from donors.plans.templates.drafts import Draft, Link, without
from donors.plans.templates.graph import problems
from donors.plans.terms import PARENT_DUE

PLAIN = DateRule(skips_weekends=False)
MONDAY = DateRule()
FRIDAY = DateRule(reschedule="friday")
CALL, EMAIL, MEETING, OTHER = 1, 2, 3, 4
BRANCHED = (Node(CALL, 0), after_one(EMAIL, 1, CALL), after_one(MEETING, 2, CALL), after_one(OTHER, 2, EMAIL))
CHAIN = (Node(1, 2), after_one(2, 3, 1), after_one(3, 4, 2))


def on(day: int) -> date:
    return date(2026, 3, day)


def dates(steps: tuple[Node, ...], start: date, rule: DateRule) -> list[date]:
    return [due.on for due in due_dates(steps, Days(start), rule).values()]


@pytest.mark.parametrize(
    ("steps", "start", "rule", "expected"),
    [
        # PLN-001: start + own days + the days of all ancestors.
        ((Node(1, 3), after_one(2, 10, 1)), 3, PLAIN, [6, 16]),
        # PLN-002: three days after a Wednesday is a Saturday; moved to Monday.
        ((Node(1, 3),), 4, MONDAY, [9]),
        # PLN-003: moved back to Friday.
        ((Node(1, 3),), 4, FRIDAY, [6]),
        # PLN-005: a Sunday goes back two days.
        ((Node(1, 4),), 4, FRIDAY, [6]),
        # PLN-007: on a Saturday, due the same day: the moved date lies before the start.
        ((Node(1, 0),), 7, FRIDAY, [6]),
        # PLN-010: steps without days count as 0.
        ((Node(1, 0), after_one(2, 0, 1), after_one(3, 5, 2)), 3, PLAIN, [3, 3, 8]),
        # PLN-012, PLN-013
        ((Node(1, 0),), 3, MONDAY, [3]),
        ((Node(1, 1),), 3, PLAIN, [4]),
    ],
)
def test_first_due_dates(steps: tuple[Node, ...], start: int, rule: DateRule, expected: list[int]) -> None:
    assert dates(steps, on(start), rule) == [on(day) for day in expected]


def test_the_original_date_is_kept_beside_the_moved_one() -> None:
    due = due_dates((Node(1, 3),), Days(on(4)), MONDAY)[1]
    assert (due.original, due.on) == (on(7), on(9))


def closed(steps: tuple[Node, ...], key: int, day: date, waiting: set[int], rule: DateRule) -> dict[int, date]:
    """The new dates when a step is closed and opens those after it."""
    opening = [step.key for step in steps if key in step.parents and step.key in waiting]
    moving = Moving({key: day}, {step.key: day for step in steps}, waiting, opening)
    return {key: due.on for key, due in moved(steps, moving, rule).items()}


def test_a_completion_re_dates_all_below() -> None:
    """PLN-018, with the days of the version that the plan runs on: edits of a template do not leak into it."""
    dates = closed(BRANCHED, CALL, on(3), {EMAIL, MEETING, OTHER}, PLAIN)
    assert dates == {EMAIL: on(4), MEETING: on(5), OTHER: on(6)}


def test_a_late_completion_counts_from_its_day() -> None:
    """PLN-022: 10 + 3 is Friday the 13th, 10 + 3 + 4 the 17th."""
    assert closed(CHAIN, 1, on(10), {2, 3}, MONDAY) == {2: on(13), 3: on(17)}


def test_steps_counted_from_a_due_date_stay_when_it_is_done() -> None:
    kept = (CHAIN[0], Node(2, 3, ((1, ""),), PARENT_DUE), CHAIN[2])
    assert closed(kept, 1, on(10), {2, 3}, MONDAY) == {}


def test_what_is_closed_already_is_left_alone() -> None:
    assert closed(CHAIN, 1, on(10), {3}, MONDAY) == {}


@pytest.mark.parametrize("after", ["parent due", "parent done"])
def test_a_date_set_by_hand_moves_what_waits_below(after: str) -> None:
    steps = (CHAIN[0], Node(2, 3, ((1, ""),), after), CHAIN[2])
    moving = Moving({1: on(10)}, {1: on(10), 2: on(8), 3: on(12)}, {2, 3}, closing=False)
    assert {key: due.on for key, due in moved(steps, moving, MONDAY).items()} == {2: on(13), 3: on(17)}


JOINED = (Node(1, 2), Node(2, 10), Node(3, 1, ((1, ""), (2, ""))), Node(4, 1, ((1, ""), (2, "")), joins="any"))


def test_all_of_counts_from_the_last_and_any_of_from_the_first() -> None:
    assert dates(JOINED, on(2), PLAIN) == [on(4), on(12), on(13), on(5)]


def test_a_step_that_opens_is_counted_from_the_day_that_opens_it() -> None:
    moving = Moving({1: on(20)}, {1: on(20), 2: on(12)}, {3, 4}, opening=[4])
    assert {key: due.on for key, due in moved(JOINED, moving, PLAIN).items()} == {3: on(21), 4: on(21)}


def test_anchors_are_counted_backward_and_to_the_earlier_working_day() -> None:
    event = date(2026, 6, 21)
    steps = (Node(1, -14, after="event"), after_one(2, 3, 1))
    found = due_dates(steps, Days(on(3), {"event": event}), FRIDAY)
    assert found[1] == Due(date(2026, 6, 7), date(2026, 6, 5))
    assert found[2].on == date(2026, 6, 10)
    with pytest.raises(KeyError):
        due_dates(steps, Days(on(3)), FRIDAY)


HOLIDAYS = frozenset({date(2026, 4, 3), date(2026, 4, 6)})


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Good Friday, the weekend and Easter Monday
        (date(2026, 4, 7), -1, date(2026, 4, 2)),
        (date(2026, 4, 4), 0, date(2026, 4, 4)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2026, 3, 6), 5, date(2026, 3, 13)),
    ],
)
def test_working_days(start: date, days: int, expected: date) -> None:
    assert add_working_days(start, days, HOLIDAYS) == expected


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-60, 60), st.sets(st.integers(-90, 90), max_size=20))
def test_laws_of_working_days(start: date, days: int, shut: set[int]) -> None:
    holidays = frozenset(start + timedelta(days=each) for each in shut)
    end = add_working_days(start, days, holidays)
    low, high = sorted((start, end))
    between = [low + timedelta(days=n) for n in range((high - low).days + 1)]
    counted = [day for day in between if is_working(day, holidays) and day != start]
    assert len(counted) == abs(days)
    assert days == 0 or is_working(end, holidays)


def test_the_next_birthday() -> None:
    leap = date(1952, 2, 29)
    assert next_yearly(leap, date(2026, 2, 28)) == date(2026, 2, 28)
    assert next_yearly(leap, date(2027, 3, 1)) == date(2028, 2, 29)
    assert next_yearly(date(1980, 12, 31), date(2026, 12, 31)) == date(2026, 12, 31)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Node, ...]:
    """Steps that each wait for some of those before them."""
    size = draw(st.integers(1, 12))
    found = []
    for key in range(1, size + 1):
        parents = draw(st.sets(st.integers(1, key - 1), max_size=3)) if key > 1 else set()
        links = tuple((parent, "") for parent in sorted(parents))
        after = draw(st.sampled_from(["parent due", "parent done"])) if links else "start"
        counts, joins = draw(st.sampled_from(["calendar", "working"])), draw(st.sampled_from(["all", "any"]))
        found.append(Node(key, draw(st.integers(0, 60)), links, after, counts, joins))
    return tuple(draw(st.permutations(found)))


rules = st.builds(DateRule, st.booleans(), st.sampled_from(["monday", "friday"]), st.just(HOLIDAYS))
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(graphs(), days, rules)
def test_laws_of_first_dates(steps: tuple[Node, ...], start: date, rule: DateRule) -> None:
    found = due_dates(steps, Days(start), rule)
    assert set(found) == {step.key for step in steps}
    for step in steps:
        due = found[step.key]
        above = [found[parent].original for parent in step.parents] or [start]
        base = max(above) if step.joins == "all" else min(above)
        count = add_working_days(base, step.days, HOLIDAYS)
        assert due.original == (count if step.counts == "working" else base + timedelta(days=step.days))
        assert abs((due.on - due.original).days) <= 4
        assert is_working(due.on, HOLIDAYS) if rule.skips_weekends else due.on == due.original


@given(graphs(), days)
def test_completing_on_the_due_day_changes_no_date_without_weekends(steps: tuple[Node, ...], start: date) -> None:
    first = due_dates(steps, Days(start), PLAIN)
    known = {key: due.original for key, due in first.items()}
    ended: set[int] = set()
    for step in sorted(in_order(steps), key=lambda one: first[one.key].original):
        ended.add(step.key)
        waiting = set(below(steps, step.key)) - ended
        moving = Moving({step.key: known[step.key]}, known, waiting)
        for key, due in moved(steps, moving, PLAIN).items():
            assert due == first[key]


@given(graphs(), days, rules, st.data())
def test_moving_a_step_moves_nothing_but_what_is_below(
    steps: tuple[Node, ...], start: date, rule: DateRule, data: st.DataObject
) -> None:
    top = data.draw(st.sampled_from([step.key for step in steps]))
    known = {key: due.on for key, due in due_dates(steps, Days(start), rule).items()}
    day = start + timedelta(days=data.draw(st.integers(-30, 90)))
    found = moved(steps, Moving({top: day}, known | {top: day}, {*known} - {top}, closing=False), rule)
    assert set(found) <= set(below(steps, top))
    assert {step.key for step in steps if step.parents == (top,)} <= set(found)


def draft(subject: str = "Call", parent: int | None = None, **values: object) -> Draft:
    links = () if parent is None else (Link(parent),)
    return Draft(subject, links=links, **values)  # type: ignore[arg-type]


def test_a_parent_in_the_same_template_is_accepted() -> None:
    """PLN-033"""
    assert problems([draft("a"), draft("b", 1)]) == ()


def test_a_parent_elsewhere_is_refused_with_its_place() -> None:
    """PLN-032: a step can only wait for a step of its own template."""
    (problem,) = problems([draft("a"), draft("x", 7)])
    assert problem.sentence == "Step 2 “x”: it waits for step 7, which this template does not have."


def test_a_circle_is_named() -> None:
    found = problems([draft("a", 3), draft("b", 1), draft("c", 2), draft("d", 2)])
    assert [(problem.position, problem.field) for problem in found] == [(1, "links"), (2, "links"), (3, "links")]
    assert "1 → 3 → 2 → 1" in found[0].sentence


def test_a_step_that_waits_for_itself() -> None:
    assert "(1 → 1)" in problems([draft("a", 1)])[0].sentence


def test_other_mistakes_are_named_too() -> None:
    found = problems([draft(" "), draft("b", days=-1), draft("c", days=1000), draft("d", role="user")])
    assert [(problem.position, problem.field) for problem in found] == [
        (1, "subject"),
        (2, "days"),
        (3, "days"),
        (4, "role"),
    ]
    assert problems([])[0].field == "steps"
    assert problems([draft()] * 201)[0].field == "steps"


def test_a_deleted_step_leaves_its_children_to_its_parent() -> None:
    """PLN-044"""
    kept = without([draft("call"), draft("email", 1), draft("meeting", 1), draft("other", 2)], 2)
    assert [(step.subject, step.links) for step in kept] == [
        ("call", ()),
        ("meeting", (Link(1),)),
        ("other", (Link(1),)),
    ]
