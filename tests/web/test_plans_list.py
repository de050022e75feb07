"""The list of plans: what is late or paused, of which template, with whose tasks, in which order; late days anew."""

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.core.calendar import off_closed
from donors.core.clock import now
from donors.plans.templates.drafts import Draft, Link
from donors.web.filters import day, full_day
from tests.cast import OLIVE, SAM, Person, sign_in
from tests.workflows.plan_world import World


def test_plans_are_found_by_what_they_wait_for(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    world = World(session, cast[OLIVE])
    world.on = now().date()
    plan = world.plan(Draft("Thank by phone"))
    plan_id, template, task = plan.id, plan.template_id, world.tasks(plan)["Thank by phone"].id
    session.commit()
    sign_in(client, OLIVE)

    def found(asked: str) -> bool:
        return "Anna Berg" in client.get(f"/plans?{asked}").text

    assert "One square a step" in client.get("/plans").text
    assert found(f"template={template}&owner={cast[OLIVE]}&sort=due")
    assert not found("template=999")
    assert not found(f"owner={cast[SAM]}")
    assert not found("show=late")
    assert client.post(f"/plans/tasks/{task}/date", data={"due_on": "2026-01-05"}).status_code == 303
    assert found("show=late&sort=-name")
    assert not found("show=paused")
    assert client.post(f"/plans/{plan_id}/pause").status_code == 303
    assert found("show=paused&sort=-due")
    assert 'data-tone="warn"' in client.get("/plans?show=paused").text.partition("</thead>")[2]
    assert not found("show=late"), "what rests is not late"


def test_what_waits_for_a_late_step_is_drawn_on_the_day_that_it_can_have(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    world, today = World(session, cast[OLIVE]), now().date()
    world.on = today - timedelta(days=30)
    due, done = Draft("Card", 2, (Link(1),), after="parent due"), Draft("Letter", 70, (Link(1),))
    plan = world.plan(Draft("Thank by phone"), done, due)
    planned = world.tasks(plan)["Letter"].due_on
    session.commit()
    sign_in(client, OLIVE)
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(f"/plans/{plan.id}").text).split())
    assert page.count("if what is late before it is done today") == 1, "the card keeps its day"
    assert f"planned for {day(planned, on=today)}" in page
    can = off_closed(today + timedelta(days=70), "monday")
    assert f'title="{full_day(can)}"' in client.get(f"/plans/{plan.id}").text
