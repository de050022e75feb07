"""Many tasks and plans at once, by the rules of one."""

import random
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.models import RunningPlan, Task
from donors.plans.running.close import Completion, close_many, complete, skip
from donors.plans.running.pause import pause, pause_many, resume, resume_many, shift, shift_many
from donors.plans.running.task import re_date
from tests.cast import OLIVE, Person
from tests.harness.statements import counted
from tests.workflows.plan_world import World, branched


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    return World(session, cast[OLIVE])


Act = Callable[[Session, World, list[int], list[int]], object]
ONE_BY_ONE: dict[str, Act] = {
    "complete": lambda session, world, tasks, _plans: [
        tried(lambda one=one: complete(session, one, HOW, within=world.change())) for one in tasks
    ],
    "skip": lambda session, world, tasks, _plans: [
        tried(lambda one=one: skip(session, one, HOW, within=world.change())) for one in tasks
    ],
    "pause": lambda session, world, _tasks, plans: [
        tried(lambda one=one: pause(session, one, on=march(6), within=world.change())) for one in plans
    ],
    "resume": lambda session, world, _tasks, plans: [
        tried(lambda one=one: resume(session, one, on=march(20), shifts=True, within=world.change())) for one in plans
    ],
    "shift": lambda session, world, _tasks, plans: [
        tried(lambda one=one: shift(session, one, 4, within=world.change())) for one in plans
    ],
}
ALL_AT_ONCE: dict[str, Act] = {
    "complete": lambda session, world, tasks, _plans: close_many(session, tasks, HOW, within=world.change()),
    "skip": lambda session, world, tasks, _plans: close_many(session, tasks, HOW, within=world.change(), skipped=True),
    "pause": lambda session, world, _tasks, plans: pause_many(session, plans, on=march(6), within=world.change()),
    "resume": lambda session, world, _tasks, plans: resume_many(
        session, plans, on=march(20), shifts=True, within=world.change()
    ),
    "shift": lambda session, world, _tasks, plans: shift_many(session, plans, 4, within=world.change()),
}
HOW = Completion(march(6), "said so", result="reached")


def tried(act: Callable[[], object]) -> None:
    try:
        act()
    except (Blocked, Invalid, NotFound):
        return


def rows(session: Session) -> tuple[object, ...]:
    """Everything that plans and tasks hold, but for change sets and how often a row was written."""
    columns = [column for column in Task.__table__.c if column.key not in ("created_in", "version")]
    tasks = session.execute(select(*columns).order_by(Task.id))
    held = (RunningPlan.id, RunningPlan.state, RunningPlan.ended_on, RunningPlan.paused_on)
    plans = session.execute(select(*held).order_by(RunningPlan.id))
    return [tuple(row) for row in tasks], [tuple(row) for row in plans]


@pytest.mark.parametrize("seed", range(3))
def test_many_at_once_are_as_one_by_one(world: World, session: Session, seed: int) -> None:
    chance = random.Random(seed)
    made = [branched(world, who=world.person(f"P{n}", f"p{n}@example.org")) for n in range(6)]
    for plan in made:
        task = chance.choice([*world.tasks(plan).values()])
        tried(lambda task=task: re_date(session, task.id, march(chance.randint(3, 30)), within=world.change()))
        how = chance.choice(["reached", "no answer", "declined", "gave"])
        if chance.random() < 0.5:
            world.complete(world.tasks(plan)["Call"], march(chance.randint(3, 9)), result=how)
        if chance.random() < 0.3:
            tried(lambda plan=plan: pause(session, plan.id, on=march(9), within=world.change()))
    ids = [*session.scalars(select(Task.id)), 999_999]
    some = [one for one in ids if chance.random() < 0.4]
    plans = [*(plan.id for plan in made), 999_999]
    for name, act in ONE_BY_ONE.items():
        with session.begin_nested() as apart:
            act(session, world, some, plans)
            expected = rows(session)
            apart.rollback()
        session.expire_all()
        with session.begin_nested() as together:
            ALL_AT_ONCE[name](session, world, some, plans)
            assert rows(session) == expected, name
            together.rollback()
        session.expire_all()


def test_many_are_closed_in_few_statements(world: World, session: Session) -> None:
    counts = []
    for many in (2, 12):
        made = [branched(world, who=world.person(f"P{many}{n}", f"p{many}{n}@example.org")) for n in range(many)]
        version = {plan.version_id for plan in made}
        calls = [world.tasks(plan)["Call"].id for plan in made]
        session.flush()
        with counted(session) as statements:
            close_many(session, calls, HOW, within=world.change())
        counts.append(len(statements) - 5 * len(version))
    assert counts[1] <= counts[0] + 3
