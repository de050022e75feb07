"""The list of plans: what is late or paused, of which template, with whose tasks, in which order."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.core.clock import now
from donors.plans.drafts import Draft
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
