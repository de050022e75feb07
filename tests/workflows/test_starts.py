"""Rules start plans: after a gift, after hours, at night when somebody lapses; each happening once."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, open_change
from donors.core.errors import Blocked, Invalid
from donors.giving.models import Gift
from donors.plans.models import RUNNING, STARTING, Task
from donors.plans.starts.decide import COOL_DOWN, DONE, FAILED, ONCE, REFUSED
from donors.plans.starts.event import DAYS, EVENTS, Ask, Event, Happening, Numbers, Which, Window
from donors.plans.starts.models import StartRun
from donors.plans.starts.queries import tallies
from donors.plans.starts.set_rules import RuleDraft, add_rule, change_rule, remove_rule, switch_rule
from donors.workflows.gifts import record_gifts
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.refresh import drain
from donors.workflows.starting import AT_ONCE
from donors.workflows.starts import let_starts_go, run_starts_between, start_again
from donors.workflows.undo import undo_change
from tests.workflows.falling import falls_over, stands_again
from tests.workflows.start_world import ACT, AT, TODAY, World, gift


@pytest.fixture
def world(session: Session) -> World:
    """The small world."""
    return World(session)


def night(world: World, on: date) -> int:
    """What the job of a night does, for everybody."""
    within = open_change(world.session, "night", act=ACT)
    return run_starts_between(world.session, low=0, high=10**9, on=on, within=within, by_night=True)


def test_a_first_gift_starts_the_plan_at_once_and_never_again(world: World) -> None:
    world.rule("first gift")
    anna = world.person()
    world.gives(anna)
    (plan,) = world.plans()
    assert (plan.constituent_id, plan.state, plan.cause) == (anna, RUNNING, "first gift")
    assert len(world.session.scalars(select(Task).where(Task.plan_id == plan.id)).all()) == 2
    world.gives(anna, on=TODAY + timedelta(1))
    assert night(world, TODAY + timedelta(1)) == 0
    assert world.outcomes() == [DONE]


def test_a_gift_of_somebody_who_gave_before_is_no_first_one(world: World) -> None:
    anna = world.person()
    world.gives(anna, on=TODAY - timedelta(400))
    world.rule("first gift")
    world.gives(anna)
    assert world.outcomes() == []


def test_old_gifts_that_are_recorded_today_start_nothing(world: World) -> None:
    world.rule("first gift")
    world.rule("gift over", amount=1_000)
    world.gives(world.person(), on=TODAY - timedelta(31), today=TODAY)
    world.gives(world.person(), on=TODAY - timedelta(30), today=TODAY)
    assert world.outcomes() == [DONE, REFUSED]


def test_what_happened_before_the_rule_was_made_starts_nothing(world: World) -> None:
    anna = world.person()
    world.gives(anna, on=TODAY - timedelta(1))
    rule = world.rule("gift over", amount=1_000, since=TODAY)
    world.gives(anna)
    assert [run.happened_on for run in world.session.scalars(select(StartRun))] == [TODAY]
    switch_rule(world.session, rule.id, active=False, on=TODAY, within=world.change)
    world.gives(anna, on=TODAY + timedelta(1))
    switch_rule(world.session, rule.id, active=True, on=TODAY + timedelta(2), within=world.change)
    assert night(world, TODAY + timedelta(2)) == 0


def test_each_large_gift_counts_but_one_copy_runs_at_a_time(world: World) -> None:
    world.rule("gift over", amount=100_000)
    anna = world.person()
    world.gives(anna, 99_999)
    world.gives(anna, 100_000)
    world.gives(anna, 250_000)
    assert world.outcomes() == [DONE, REFUSED]
    assert world.plans()[0].cause == "gift of 1,000.00 or more"


def test_once_and_cool_down(world: World) -> None:
    other = world.new_template("Other")
    world.rule("gift over", amount=1_000, once=True)
    world.rule("gift over", amount=1_000, cool_down=10, template_id=other.id)
    anna = world.person()
    world.gives(anna)
    world.gives(anna, on=TODAY + timedelta(9))
    assert world.outcomes() == [DONE, DONE, ONCE, COOL_DOWN]
    world.gives(anna, on=TODAY + timedelta(10))
    assert world.outcomes()[4:] == [ONCE, REFUSED]  # the cool-down is over, and the plan runs still


def test_a_lapse_is_seen_at_night_once_for_each_last_gift(world: World) -> None:
    world.rule("lapse", days=365)
    anna = world.person()
    world.gives(anna, on=TODAY)
    lapsed = TODAY + timedelta(365)
    assert [night(world, day) for day in (lapsed - timedelta(1), lapsed, lapsed, lapsed + timedelta(1))] == [0, 1, 0, 0]
    world.gives(anna, on=lapsed + timedelta(5))
    assert night(world, lapsed + timedelta(6)) == 0
    assert night(world, lapsed + timedelta(5 + 365 + 3)) == 0
    assert world.outcomes() == [DONE, REFUSED]  # a night was missed, the lapse was not; but the first plan runs


def test_hours_add_up_and_each_full_hundred_counts(world: World) -> None:
    world.rule("hours", hours=100 * 60)
    anna = world.person()
    world.helps(anna, 20, TODAY - timedelta(100))
    for day in range(8):
        world.helps(anna, 20, TODAY + timedelta(day))
    assert [run.happening for run in world.session.scalars(select(StartRun))] == ["6000"]
    world.helps(anna, 20, TODAY + timedelta(8))
    assert [run.happening for run in world.session.scalars(select(StartRun))] == ["6000", "12000"]
    assert world.plans()[0].cause == "100 hours of volunteering"


def test_the_dead_get_no_plan_and_it_is_said_why(world: World) -> None:
    world.rule("gift over", amount=1_000)
    world.gives(world.person("Dora", is_deceased=True))
    (run,) = world.session.scalars(select(StartRun))
    assert (run.outcome, run.why) == (REFUSED, "Dora is deceased.")


def test_undoing_the_gift_takes_the_plan_back_and_starts_none(world: World) -> None:
    world.rule("gift over", amount=1_000)
    made_in = world.gives(world.person())
    undo_change(world.session, world.session.get_one(ChangeSet, made_in), act=ACT, on=TODAY)
    assert (world.plans(), world.outcomes()) == ([], [])


def test_a_merge_keeps_what_was_answered(world: World) -> None:
    world.rule("first gift")
    anna, twin = world.person("Anna"), world.person("Anna")
    world.gives(anna)
    world.gives(twin)
    within = open_change(world.session, "merge", act=ACT)
    merge_constituents(world.session, Pair(anna, twin), within=within, on=TODAY)
    world.gives(anna, on=TODAY + timedelta(1))
    assert world.outcomes() == [DONE, DONE]


@pytest.mark.parametrize("many", [1, 7, 30])
def test_a_start_that_fails_costs_nobody_the_gift(world: World, session: Session, many: int) -> None:
    rule = world.rule("first gift")
    people = [world.person(f"Person {number}") for number in range(many)]
    falls_over(session, people[many // 2])
    within = open_change(session, "gifts", act=ACT)
    record_gifts(session, [gift(one, 5_000, TODAY) for one in people], within=within, on=TODAY)
    assert len(session.scalars(select(Gift)).all()) == many
    if many > AT_ONCE:
        assert {plan.state for plan in world.plans()} == {STARTING}
        return
    assert sorted(world.outcomes()) == [*[DONE] * (many - 1), FAILED]
    assert (tallies(session)[rule.id].started, tallies(session)[rule.id].failed) == (many - 1, 1)
    stands_again(session)
    again = open_change(session, "again", act=ACT)
    assert start_again(session, rule.id, on=TODAY, within=again) == {DONE: 1}
    assert world.outcomes() == [DONE] * many
    assert let_starts_go(session, rule.id, within=again) == 0


def test_what_failed_can_be_let_go(world: World, session: Session) -> None:
    rule = world.rule("first gift")
    anna = world.person()
    falls_over(session, anna)
    world.gives(anna)
    assert let_starts_go(session, rule.id, within=open_change(session, "let go", act=ACT)) == 1
    assert world.outcomes() == [REFUSED]


def test_rules_are_checked_and_kept(world: World, session: Session) -> None:
    def add(event: str, **numbers: int) -> None:
        add_rule(session, RuleDraft(event, world.template.id, numbers), on=TODAY, within=world.change)

    with pytest.raises(Invalid, match="amount"):
        add("gift over")
    with pytest.raises(Invalid, match="days"):
        add("lapse", days=0)
    with pytest.raises(Invalid, match="event"):
        add("full moon")
    rule = world.rule("first gift", cool_down=30)
    with pytest.raises(Invalid, match="another event"):
        change_rule(session, rule.id, RuleDraft("lapse", world.template.id, {"days": 3}), within=world.change)
    change_rule(
        session, rule.id, RuleDraft("first gift", world.template.id, once=True, cool_down=9), within=world.change
    )
    assert (rule.once, rule.cool_down) == (True, 0)
    world.gives(world.person())
    with pytest.raises(Blocked, match="Switch it off"):
        remove_rule(session, rule.id, within=world.change)


def test_a_part_registers_an_event_of_its_own(world: World) -> None:
    late = world.person("Late")

    def overdue(_session: Session, numbers: Numbers, window: Window, _which: Which) -> list[Happening]:
        return [Happening(late, "pledge 7", window.until - timedelta(numbers["days"]))]

    asks = (Ask("days", "Days overdue", DAYS),)
    EVENTS.add(Event("pledge overdue", "Pledge overdue", "pledge {days} days overdue", overdue, asks, by_time=True))
    world.rule("pledge overdue", days=14)
    world.gives(world.person())
    assert world.outcomes() == []
    assert night(world, TODAY) == 1
    assert world.plans()[0].cause == "pledge 14 days overdue"
    assert night(world, TODAY + timedelta(1)) == 0


gifts_of = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([500, 5_000, 200_000]), st.sampled_from([-40, -20, -3, -1, 0])),
    min_size=1,
    max_size=6,
)
rules_of = st.lists(
    st.tuples(
        st.sampled_from([("first gift", {}), ("gift over", {"amount": 5_000}), ("lapse", {"days": 2})]),
        st.sampled_from([{}, {"once": True}, {"cool_down": 5}]),
    ),
    min_size=1,
    max_size=3,
)


@given(rules=rules_of, gifts=gifts_of)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_by_one_and_all_together_start_the_same(session: Session, rules: list[Any], gifts: list[Any]) -> None:
    assert came_of(session, rules, gifts, "each") == came_of(session, rules, gifts, "together")
    assert came_of(session, rules, gifts, "together") == came_of(session, rules, gifts, "by the queue")


def came_of(session: Session, rules: list[Any], gifts: list[Any], how: str) -> list[Any]:
    """What became of all happenings after gifts of a day in one way or another, and the night after."""
    session.rollback()
    session.expunge_all()
    world = World(session)
    made = [
        world.rule(event, since=date(2026, 1, 1), template_id=world.new_template(f"T{place}").id, **numbers, **often)
        for place, ((event, numbers), often) in enumerate(rules)
    ]
    people = [world.person(f"P{number}", is_deceased=number == 3) for number in range(4)]
    dated = sorted(
        ((people[who], amount, TODAY + timedelta(ago)) for who, amount, ago in gifts), key=lambda one: one[2]
    )
    if how == "each":
        for who, amount, on in dated:
            world.gives(who, amount, on, today=TODAY)
    else:
        within = open_change(session, "gifts", act=ACT)
        wanted = [gift(who, amount, on) for who, amount, on in dated]
        crowd = [
            gift(world.person("Crowd"), 100, TODAY - timedelta(60)) for _ in range(501 if how == "by the queue" else 0)
        ]
        record_gifts(session, [*wanted, *crowd], within=within, on=TODAY)
        while drain(session, at=AT, on=TODAY):
            pass
    night(world, TODAY)
    order = {rule.id: place for place, rule in enumerate(made)}
    ids = list(session.scalars(select(Gift.id).where(Gift.constituent_id.in_(people)).order_by(Gift.id)))

    def key(run: StartRun) -> str:
        return f"gift {ids.index(int(run.happening))}" if run.happening.isdigit() else run.happening

    runs = session.scalars(select(StartRun).where(StartRun.constituent_id.in_(people))).all()
    found = [(order[run.rule_id], people.index(run.constituent_id), key(run), run.outcome, run.why) for run in runs]
    session.rollback()
    return sorted(found)
