"""An effect that fails is kept with its reason, costs nothing else, and can be tried again."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import insert, open_change
from donors.core.errors import Blocked
from donors.levels.decide import Change
from donors.levels.effects.decide import (
    DONE,
    FAILED,
    REFUSED,
    RISE,
    START,
    TASK,
)
from donors.levels.effects.queries import failures
from donors.levels.models import EffectRun
from donors.plans.models import PlanTemplate, RunningPlan, Task
from donors.workflows.effects import let_go, run_effects, try_again
from donors.workflows.starting import AT_ONCE
from tests.workflows.effect_world import ACT, TODAY, World
from tests.workflows.falling import falls_over, stands_again


@pytest.fixture
def world(session: Session) -> World:
    """The small world."""
    return World(session)


@pytest.mark.parametrize("many", [1, 7, 30])
def test_what_fails_for_one_is_kept_and_costs_nothing_else(world: World, session: Session, many: int) -> None:
    plans = world.effect(RISE, START, template_id=world.template.id)
    tasks = world.effect(RISE, TASK, words="Call")
    people = [world.person(f"Person {number}") for number in range(many)]
    unlucky = people[many // 2]
    falls_over(session, unlucky)
    world.moved(*people)
    failed = session.execute(select(EffectRun.effect_id, EffectRun.constituent_id).where(EffectRun.outcome == FAILED))
    expected = [tasks.id] if many > AT_ONCE else [plans.id, tasks.id]  # the scheduler makes tasks of many plans
    assert sorted(map(tuple, failed)) == [(effect_id, unlucky) for effect_id in expected]
    assert len(session.scalars(select(Task).where(Task.plan_id.is_(None))).all()) == many - 1
    assert world.outcomes().count(DONE) == 2 * many - len(expected)
    assert {(one.count, "It fell over" in one.why) for one in failures(session)} == {(1, True)}
    stands_again(session)
    within = open_change(session, "again", act=ACT)
    for effect_id in expected:
        assert try_again(session, effect_id, on=TODAY, within=within) == {DONE: 1}
    assert failures(session) == []
    assert len(session.scalars(select(RunningPlan)).all()) == many


def test_nobody_without_a_standing_has_a_change_of_level(world: World, session: Session) -> None:
    world.effect(RISE, TASK, words="Call")
    nobody = Change(world.person(), world.track.id, "Giving", world.band("Friend"), world.band("Patron"))
    with pytest.raises(KeyError):
        run_effects(session, [nobody], on=TODAY, within=world.change)


def test_failures_are_given_up_by_hand_and_not_tried_when_switched_off(world: World, session: Session) -> None:
    empty = insert(session, PlanTemplate(name="Without any version"), within=world.change)
    broken = world.effect(RISE, START, template_id=empty.id)
    anna = world.person()
    world.moved(anna)
    assert failures(session)[0].why.startswith("No plan template found")
    broken.is_active = False
    within = open_change(session, "again", act=ACT)
    with pytest.raises(Blocked, match="Not tried again"):
        try_again(session, broken.id, on=TODAY, within=within)
    assert let_go(session, broken.id, on=TODAY, within=within) == 1
    assert (world.outcomes(), failures(session)) == ([REFUSED], [])
