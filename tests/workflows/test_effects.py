"""Effects of levels on both databases: what they do, what is kept of them, and that they never cost anybody a level."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import open_change
from donors.levels.effects.decide import (
    COOL_DOWN,
    DONE,
    FALL,
    LEAVE,
    NOTICE,
    ONCE,
    REFUSED,
    RISE,
    START,
    STOP,
    TASK,
)
from donors.levels.effects.queries import runs_of
from donors.levels.models import EffectRun, Notice
from donors.pipeline.assign import Charge, assign
from donors.plans.models import PlanTemplate, RunningPlan, Task
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.effects import effects_of, run_effects
from tests.workflows.effect_world import ACT, AT, TODAY, World


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def test_a_rise_starts_a_plan_with_its_tasks(world: World, session: Session) -> None:
    world.effect(RISE, START, template_id=world.template.id)
    anna = world.person()
    within = world.moved(anna)
    [plan] = session.scalars(select(RunningPlan))
    assert (plan.cause, plan.state, plan.created_in) == ("level Patron", "running", within.id)
    assert len(session.scalars(select(Task)).all()) == 2
    [line] = runs_of(session, anna, limit=9)
    assert (line.run.outcome, line.run.plan_id, line.old, line.new, line.plan) == (
        DONE,
        plan.id,
        "Friend",
        "Patron",
        "Welcome",
    )
    world.moved(anna, old="Circle", new="Patron")
    assert world.outcomes() == [DONE]


def test_an_open_copy_and_the_dead_are_refused_with_the_reason(world: World, session: Session) -> None:
    world.effect(RISE, START, template_id=world.template.id)
    anna, dead = world.person(), world.person("Dora", is_deceased=True)
    world.moved(anna)
    world.moved(anna, dead)
    assert world.outcomes() == [DONE, REFUSED, REFUSED]
    assert "running already" in runs_of(session, anna, limit=1)[0].run.why
    assert runs_of(session, dead, limit=1)[0].run.why == "Dora is deceased."


@pytest.mark.parametrize("many", [2, 60])
def test_leaving_stops_the_plans_that_the_level_has_started_and_no_other(
    world: World, session: Session, many: int
) -> None:
    other = create(session, TemplateDraft("Other", (Draft("Call", 3),)), within=world.change)
    world.effect(RISE, START, template_id=world.template.id)
    world.effect(LEAVE, START, template_id=other.id)
    stop = world.effect(LEAVE, STOP)
    people = [world.person(f"Person {number}") for number in range(many)]
    world.moved(*people)
    world.moved(*people, old="Patron", new="Friend")
    plans = session.execute(select(RunningPlan.template_id, RunningPlan.state, RunningPlan.ended_reason)).all()
    assert {tuple(row) for row in plans if row.template_id == world.template.id} == {
        (world.template.id, "stopped", "left level Patron")
    }
    assert {row.state for row in plans if row.template_id == other.id} <= {"running", "starting"}
    states = set(session.scalars(select(Task.state).join(RunningPlan).where(RunningPlan.state == "stopped")))
    assert states <= {"cancelled"}
    runs = session.scalars(select(EffectRun).where(EffectRun.effect_id == stop.id)).all()
    assert {(run.outcome, run.why) for run in runs} == {(DONE, "One plan was stopped.")}


def test_a_plan_begins_anew_where_the_old_one_stops_first(world: World, session: Session) -> None:
    world.effect(RISE, START, None, template_id=world.template.id)
    world.effect(LEAVE, STOP, None)
    anna = world.person()
    world.moved(anna, old=None, new="Friend")
    world.moved(anna)
    assert session.scalars(select(RunningPlan.state).order_by(RunningPlan.id)).all() == ["stopped", "running"]


def test_a_task_goes_to_the_officer_or_a_stand_in(world: World, session: Session) -> None:
    olive, sam, named = world.user("Olive", deactivated_at=AT), world.user("Sam"), world.user("Nora")
    world.effect(RISE, TASK, words="Call to thank", days=3, users=[named])
    anna, ben = world.person(), world.person("Ben")
    for officer, role in ((sam, "secondary"), (olive, "primary")):
        session.get_one(User, officer).deactivated_at = None
        assign(session, anna, Charge(officer, TODAY, role), within=world.change)
    session.get_one(User, olive).deactivated_at = AT
    session.flush()
    world.moved(anna, ben)
    found = session.execute(select(Task.constituent_id, Task.owner_id, Task.subject, Task.due_on, Task.note)).all()
    friday = date(2026, 3, 13)
    note = "Went from Friend to Patron."
    assert sorted(map(tuple, found)) == [
        (anna, sam, "Call to thank", friday, note),
        (ben, named, "Call to thank", friday, note),
    ]
    assert runs_of(session, anna, limit=1)[0].run.task_id is not None


def test_a_task_that_nobody_can_do_waits_without_owner(world: World, session: Session) -> None:
    world.effect(RISE, TASK, words="Call to thank")
    world.moved(world.person())
    assert session.scalars(select(Task.owner_id)).all() == [None]


def test_a_notice_is_kept_for_each_who_is_told(world: World, session: Session) -> None:
    one, other = world.user("Olive"), world.user("Sam")
    world.effect(FALL, NOTICE, None, users=[one, other])
    world.moved(world.person(), old="Patron", new=None)
    assert sorted(session.scalars(select(Notice.user_id))) == [one, other]


def test_once_and_cool_down_are_asked_of_what_ran(world: World) -> None:
    world.effect(RISE, TASK, words="Once", once=True)
    world.effect(RISE, TASK, words="Rest", cool_down=30)
    anna = world.person()
    for days in (0, 29, 30):
        world.moved(anna, on=TODAY + timedelta(days))
    assert world.outcomes() == [DONE, DONE, ONCE, COOL_DOWN, ONCE, DONE]


def test_a_retired_template_starts_nothing(world: World, session: Session) -> None:
    world.effect(RISE, START, template_id=world.template.id)
    session.get_one(PlanTemplate, world.template.id).is_active = False
    session.flush()
    world.moved(world.person())
    assert world.outcomes() == [REFUSED]


@pytest.mark.parametrize("many", [3, 50])
def test_what_is_foreseen_is_what_is_carried_out(world: World, session: Session, many: int) -> None:
    olive = world.user("Olive")
    world.effect(RISE, START, None, template_id=world.template.id)
    world.effect(RISE, START, template_id=world.template.id)
    world.effect(LEAVE, STOP, None)
    world.effect(RISE, TASK, words="Call", once=True)
    world.effect(RISE, NOTICE, users=[olive])
    people = [world.person(f"Person {number}", is_deceased=number % 3 == 1) for number in range(many)]
    world.moved(*people[::2], old=None, new="Friend")
    before = set(session.scalars(select(EffectRun.id)))
    within = open_change(session, "move", act=ACT)
    changes = [world.changed(one, "Friend", "Patron", within) for one in people]
    foreseen = effects_of(session, changes, on=TODAY)
    assert set(session.scalars(select(EffectRun.id))) == before
    run_effects(session, changes, on=TODAY, within=within)
    for one in foreseen:
        rows = session.scalars(select(EffectRun).where(EffectRun.effect_id == one.rule.id)).all()
        outcomes = [row.outcome for row in rows if row.id not in before]
        assert (one.runs, one.refused) == (outcomes.count(DONE), outcomes.count(REFUSED))
    started = len(session.scalars(select(RunningPlan).where(RunningPlan.created_in == within.id)).all())
    assert sum(one.plans for one in foreseen if one.rule.act == START) == started
    assert sum(one.tasks for one in foreseen if one.rule.act == START) == started * 2
    assert sum(one.told for one in foreseen) == len(session.scalars(select(Notice)).all())
