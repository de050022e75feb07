"""Steps that end otherwise than by what waited for them: their held mails and planned moves go with them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.mail.models import Outbox
from donors.pipeline.models import Move
from donors.plans.models import RunningPlan
from donors.plans.running.close import Completion
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, revise
from donors.workflows.carry import carry_plans
from donors.workflows.death import record_death
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.optout import reaching_ends
from donors.workflows.plans import start_as, stop_plan
from donors.workflows.tasks import close_tasks
from tests.cast import OLIVE, Person
from tests.workflows.plan_world import World, after


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    return World(session, cast[OLIVE])


def stopped(world: World, plan: RunningPlan) -> None:
    stop_plan(world.session, plan.id, reason="she moved away", on=world.on, within=world.change())


def dead(world: World, _plan: RunningPlan) -> None:
    record_death(world.session, world.constituent(world.anna), died_on=None, within=world.change(), on=world.on)


def silent(world: World, _plan: RunningPlan) -> None:
    world.constituent(world.anna).do_not_contact = True
    reaching_ends(world.session, [world.anna], within=world.change())


def closed(world: World, plan: RunningPlan) -> None:
    ids = [task.id for task in world.tasks(plan).values()]
    close_tasks(world.session, ids, Completion(world.on), within=world.change())


def carried(world: World, plan: RunningPlan) -> None:
    draft = TemplateDraft("Other", (Draft("Meet", 3, kind="wait"), after("Think", 3, 1)))
    revise(world.session, plan.template_id, draft, within=world.change())
    assert carry_plans(world.session, [plan.id], on=world.on, within=world.change()) == {}


def merged(world: World, plan: RunningPlan) -> None:
    other = world.person("Anna Bergh", "bergh@example.org")
    what = Start(plan.template_id, world.on)
    assert isinstance(start_as(world.session, other, what, within=world.change()), RunningPlan)
    merge_constituents(world.session, Pair(other, world.anna), within=world.change(), on=world.on)


@pytest.mark.parametrize("way", [stopped, dead, silent, closed, carried, merged])
def test_whatever_ends_a_step_lets_go_of_them(
    world: World, session: Session, way: Callable[[World, RunningPlan], None]
) -> None:
    plan = world.plan(
        Draft("Write", kind="mail", mail_template_id=world.mail.id, is_held=True),
        Draft("Phone", 1, kind="move", method="call"),
    )
    world.run()
    [held], [move] = session.scalars(select(Outbox)).all(), session.scalars(select(Move)).all()
    assert (held.state, move.state) == ("held", "planned")
    way(world, plan)
    assert (held.state, move.state) == ("dropped", "dropped")
    assert "" not in (held.last_error, move.report)
