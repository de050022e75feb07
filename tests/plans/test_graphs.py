"""What a graph of steps may be, and what an ended step brings about: examples, and laws over drawn graphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.plans.dates import Node
from donors.plans.decide import Following, ended_as, following
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.endings import endings
from donors.plans.templates.graph import loose_ends, problems, ways_to
from donors.plans.terms import OUTCOMES, SKIPPED, SPOKEN

CALL, LETTER, VISIT, CARD = 1, 2, 3, 4
BRANCHED = (
    Node(CALL),
    Node(LETTER, 3, ((CALL, "no answer"),)),
    Node(VISIT, 7, ((CALL, "reached"),)),
    Node(CARD, 1, ((LETTER, ""), (VISIT, "")), joins="any"),
)


def after(*links: tuple[int, str], joins: str = "all", **values: object) -> Draft:
    return Draft("then", links=tuple(Link(*link) for link in links), joins=joins, **values)  # type: ignore[arg-type]


def fields(*drafts: Draft) -> list[tuple[int | None, str]]:
    return [(problem.position, problem.field) for problem in problems(drafts)]


def test_a_branch_opens_and_the_other_is_not_needed() -> None:
    assert following(BRANCHED, {CALL: "reached"}, {2, 3, 4}) == Following((VISIT,), (), {LETTER: CALL})
    assert following(BRANCHED, {CALL: "no answer"}, {2, 3, 4}) == Following((LETTER,), (), {VISIT: CALL})


def test_where_neither_branch_is_taken_nothing_below_is_needed() -> None:
    found = following(BRANCHED, {CALL: "declined"}, {2, 3, 4})
    assert (found.opens, found.not_needed) == ((), {LETTER: CALL, VISIT: CALL, CARD: LETTER})


def test_any_of_opens_when_the_one_branch_that_was_taken_ends() -> None:
    assert following(BRANCHED, {CALL: "reached", LETTER: "not needed", VISIT: ""}, {4}).opens == (CARD,)


def test_what_is_skipped_by_hand_lets_the_others_go_on_but_answers_no_question() -> None:
    steps = (Node(1), Node(2, 0, ((1, ""),)), Node(3, 0, ((1, "reached"),)), Node(4, 0, ((1, SKIPPED),)))
    assert following(steps, {1: SKIPPED}, {2, 3, 4}) == Following((2, 4), (), {3: 1})


def test_criteria_that_do_not_hold_skip_a_step_and_go_on_below() -> None:
    steps = (Node(1), Node(2, 0, ((1, ""),)), Node(3, 0, ((2, ""),)))
    assert following(steps, {1: ""}, {2, 3}, lambda key: key != 2) == Following((3,), (2,), {})


@pytest.mark.parametrize(
    ("state", "result", "ended"),
    [
        ("done", "", ""),
        ("done", "gave", "gave"),
        ("skipped", "", "skipped"),
        ("skipped", "refused", "skipped"),
        ("cancelled", "", "skipped"),
        ("skipped", "not needed", "not needed"),
    ],
)
def test_how_a_task_ended(state: str, result: str, ended: str) -> None:
    assert ended_as(state, result) == ended


def test_all_of_what_excludes_each_other_is_refused_with_the_place() -> None:
    drafts = (Draft("Call"), after((1, "reached")), after((1, "no answer")), after((2, ""), (3, "")))
    [problem] = problems(drafts)
    assert (problem.position, problem.field) == (4, "links")
    assert "step 2 and step 3. They exclude each other." in problem.sentence
    assert fields(*drafts[:3], after((2, ""), (3, ""), joins="any")) == []


def test_only_the_first_step_that_cannot_come_about_is_named() -> None:
    assert fields(Draft("Call"), after((1, "gave"), (1, "declined")), after((2, ""))) == [(2, "links")]


def test_what_a_kind_cannot_end_as() -> None:
    mail = Draft("Write", kind="mail", mail_template_id=1)
    assert fields(mail, after((1, "reached"))) == [(2, "links")]
    assert fields(mail, after((1, "skipped"))) == []


def test_a_wait_with_nothing_after_it_is_a_dead_end() -> None:
    assert fields(Draft("Call"), Draft("A month", 30, (Link(1),), kind="wait")) == [(2, "kind")]
    assert fields(Draft("A month", 30, kind="wait"), after((1, ""))) == []


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("a", -3), "days"),
        (Draft("a", -1000, after="event"), "days"),
        (Draft("a", after="parent due"), "after"),
        (Draft("a", after="easter"), "after"),
        (Draft("a", counts="weeks"), "counts"),
        (Draft("a", kind="fax"), "kind"),
        (Draft("a", kind="mail"), "mail_template_id"),
        (Draft("a", kind="stage"), "stage_id"),
        (Draft("a", role="queue"), "role"),
        (Draft("a", deadline_days=3), "escalates_to"),
        (Draft("a", deadline_days=3, escalates_to="user"), "escalates_to"),
        (Draft("a", kind="note", deadline_days=3, escalates_to="second"), "deadline_days"),
        (Draft("a", deadline_days=-1, escalates_to="second"), "deadline_days"),
    ],
)
def test_what_is_wrong_with_a_step_in_itself(draft: Draft, field: str) -> None:
    assert fields(draft) == [(1, field)]


def test_days_before_an_anchor() -> None:
    assert fields(Draft("a", -30, after="fiscal year end"), Draft("b", -5, counts="working", after="birthday")) == []


def test_outcomes_after_which_nothing_follows_are_told() -> None:
    drafts = (Draft("Call"), after((1, "reached")), after((1, "no answer")))
    assert loose_ends(drafts) == ((1, ("declined", "gave", "skipped")),)
    assert loose_ends((*drafts, after((1, "")))) == ()


def test_the_plan_ends_after_such_an_outcome_where_all_that_is_left_hangs_on_the_step() -> None:
    drafts = (Draft("Write"), after((1, "")), after((2, "reached")), after((3, "")), after((2, "no answer")))
    assert endings(drafts) == {2: "If declined, gave or skipped, the plan ends."}
    assert endings((*drafts, after((1, "")))) == {2: "If declined, gave or skipped, nothing follows."}
    one_left = tuple(after((1, outcome)) for outcome in ("reached", "no answer", "declined", "gave"))
    assert endings((Draft("Call"), *one_left)) == {1: "If skipped, the plan ends."}
    assert endings((Draft("Call"), after((7, "reached")))) == {}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Draft, ...]:
    """Steps that each wait for some of those before them, for outcomes that these can have."""
    size = draw(st.integers(1, 8))
    found = []
    for place in range(1, size + 1):
        many = draw(st.integers(0, min(3, place - 1)))
        link = st.builds(Link, st.integers(1, max(place - 1, 1)), st.sampled_from(OUTCOMES))
        links = draw(st.lists(link, min_size=many, max_size=many, unique=True)) if place > 1 else []
        found.append(Draft(f"Step {place}", 0, tuple(links), joins=draw(st.sampled_from(["all", "any"]))))
    return tuple(found)


def nodes(drafts: tuple[Draft, ...]) -> tuple[Node, ...]:
    return tuple(
        Node(place, 0, tuple((link.position, link.outcome) for link in draft.links), joins=draft.joins)
        for place, draft in enumerate(drafts, start=1)
    )


def lived_through(drafts: tuple[Draft, ...], data: st.DataObject) -> tuple[set[int], dict[int, str]]:
    """A plan from its start to its end with outcomes that are drawn: the steps that opened, and how each ended."""
    steps, ended, opened = nodes(drafts), {}, set()
    waiting = {step.key for step in steps}
    while True:
        found = following(steps, ended, waiting)
        opened |= set(found.opens)
        ended |= dict.fromkeys(found.not_needed, "not needed")
        waiting -= {*found.opens, *found.not_needed}
        left = sorted(opened - set(ended))
        if not left:
            assert waiting == set()
            return opened, ended
        ended[data.draw(st.sampled_from(left))] = data.draw(st.sampled_from(["", *SPOKEN, SKIPPED]))


@given(graphs(), st.data())
def test_every_plan_comes_to_an_end_and_opens_no_step_twice(drafts: tuple[Draft, ...], data: st.DataObject) -> None:
    opened, ended = lived_through(drafts, data)
    assert set(ended) == {*range(1, len(drafts) + 1)}
    assert {key for key, how in ended.items() if how == "not needed"}.isdisjoint(opened)


@given(graphs(), st.data())
def test_a_step_opens_only_by_one_of_the_ways_that_lead_to_it(drafts: tuple[Draft, ...], data: st.DataObject) -> None:
    opened, ended = lived_through(drafts, data)
    for position in opened:
        ways = ways_to(position, drafts)
        assert any(all(ended.get(step) == outcome for step, outcome in way) for way in ways)


@given(graphs())
def test_each_way_leads_to_its_step(drafts: tuple[Draft, ...]) -> None:
    """What the check calls possible is possible: living through the way opens the step."""
    steps = nodes(drafts)
    for position in range(1, len(drafts) + 1):
        for way in ways_to(position, drafts):
            assert position in _opened_by(steps, dict(way), position)


def _opened_by(steps: tuple[Node, ...], way: dict[int, str], target: int) -> set[int]:
    ended: dict[int, str] = {}
    waiting, opened = {step.key for step in steps}, set()
    while True:
        found = following(steps, ended, waiting)
        opened |= set(found.opens)
        waiting -= {*found.opens, *found.not_needed}
        ended |= dict.fromkeys(found.not_needed, "not needed")
        left = opened - set(ended) - {target}
        if not left:
            return opened
        ended |= {key: way.get(key, "") for key in left}
