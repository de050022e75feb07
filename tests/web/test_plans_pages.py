"""Pages of plans: templates and their editor, starting after a preview, plans, tasks."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.mail.models import DEAD, Outbox
from donors.plans.models import RunningPlan, Task
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.plans import start_plan, start_plans
from tests.cast import DORA, OLIVE, REX, SAM, Person, sign_in
from tests.constituents.people import person
from tests.web.test_pipeline_pages import get, words
from tests.workflows.plan_world import World

TODAY = now().date()
CHAIN = (Draft("Thank by phone"), Draft("Letter", 3, links=(Link(1),)), Draft("Visit", 14, links=(Link(2),)))


@pytest.fixture
def welcome(session: Session, cast: dict[Person, int]) -> int:
    """The id of a template of three steps, committed."""
    change = open_change(session, "test", act=Act(by=cast[DORA], at=now(), through="web"))
    template_id = create(session, TemplateDraft("Welcome", CHAIN), within=change).id
    session.commit()
    return template_id


@pytest.fixture
def harold(session: Session) -> int:
    """The id of somebody who may have plans, committed."""
    made = person(session, "Harold Nakamura").id
    session.commit()
    return made


@pytest.fixture
def running(session: Session, welcome: int, harold: int, cast: dict[Person, int]) -> int:
    """The id of Harold's plan, started by Olive."""
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    plan = start_plan(session, harold, welcome, cause="by hand", within=change, on=TODAY)
    assert isinstance(plan, RunningPlan)
    plan_id = plan.id
    session.commit()
    return plan_id


def tasks(session: Session, plan_id: int) -> list[Task]:
    found = list(session.scalars(select(Task).where(Task.plan_id == plan_id).order_by(Task.id)))
    session.expunge_all()
    session.rollback()
    return found


def test_empty_pages(client: FlaskClient, cast: dict[Person, int], harold: int) -> None:
    sign_in(client, DORA)
    assert "No plan runs" in get(client, "/plans")
    assert "No template yet" in get(client, "/plans/templates")
    assert "No task is open" in get(client, "/plans/tasks")
    assert "There is no template to start from" in get(client, f"/plans/start?constituent={harold}")


def test_retired_templates_start_nothing(client: FlaskClient, welcome: int, harold: int) -> None:
    sign_in(client, DORA)
    assert client.post(f"/plans/templates/{welcome}/active", data={"active": "0"}).status_code == 303
    assert "retired" in get(client, f"/plans/templates/{welcome}")
    assert "There is no template to start from" in get(client, f"/plans/start?constituent={harold}")


def test_a_plan_starts_after_a_preview(client: FlaskClient, welcome: int, harold: int, session: Session) -> None:
    sign_in(client, OLIVE)
    assert f"constituent={harold}" in get(client, "/plans/start?q=harold")
    preview = words(get(client, f"/plans/start?constituent={harold}&template={welcome}&on=2026-03-04"))
    assert "Mar 9, 2026" in preview  # the 7th is a Saturday
    assert "moved from" in preview
    assert "No officer is assigned." in preview
    sent = {"constituent": harold, "template": welcome, "on": "2026-03-04", "request_key": "start-1"}
    answers = [client.post("/plans/start", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    again = client.post("/plans/start", data=sent | {"request_key": "start-2"})
    assert again.status_code == 422
    assert "running already" in again.text
    assert len(session.scalars(select(RunningPlan)).all()) == 1


def test_a_plan_and_its_tasks(client: FlaskClient, running: int, session: Session) -> None:
    sign_in(client, OLIVE)
    assert "Harold Nakamura" in get(client, "/plans")
    assert "Harold Nakamura" in get(client, "/plans?whose=mine")
    first, second, _third = tasks(session, running)
    assert "Thank by phone" in get(client, "/plans/tasks")
    sent = {"version": first.version, "outcome": "Spoke for ten minutes", "next": f"/plans/{running}"}
    answer = client.post(f"/plans/tasks/{first.id}/done", data=sent)
    assert (answer.status_code, answer.location) == (303, f"/plans/{running}")
    assert "Spoke for ten minutes" in get(client, f"/plans/{running}")
    again = client.post(f"/plans/tasks/{first.id}/done", data=sent | {"outcome": "Nobody there"})
    assert again.status_code == 409
    assert "You wrote “Nobody there”." in again.text
    assert "Spoke for ten minutes" in again.text
    assert [task.state for task in tasks(session, running)] == ["done", "open", "waiting"]
    assert client.post(f"/plans/tasks/{second.id}/skip", data={"outcome": "she wrote"}).status_code == 303
    assert [task.state for task in tasks(session, running)] == ["done", "skipped", "open"]
    assert client.post(f"/plans/tasks/{second.id}/reopen").status_code == 303
    assert [task.state for task in tasks(session, running)] == ["done", "open", "waiting"]


def test_another_day_another_owner(
    client: FlaskClient, running: int, session: Session, cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    first = tasks(session, running)[0]
    on = (TODAY + timedelta(days=30)).isoformat()
    assert client.post(f"/plans/tasks/{first.id}/date", data={"due_on": "x"}).status_code == 422
    assert client.post(f"/plans/tasks/{first.id}/date", data={"due_on": on}).status_code == 303
    assert client.post(f"/plans/tasks/{first.id}/owner", data={"owner": cast[SAM]}).status_code == 303
    changed = tasks(session, running)[0]
    assert (changed.due_on.isoformat(), changed.owner_id) == (on, cast[SAM])
    stale = client.post(f"/plans/tasks/{first.id}/date", data={"due_on": on, "version": first.version})
    assert stale.status_code == 409
    assert "changed by somebody else" in stale.text


def test_a_plan_is_stopped_with_a_reason(client: FlaskClient, running: int) -> None:
    sign_in(client, OLIVE)
    assert client.post(f"/plans/{running}/stop", data={"reason": ""}).status_code == 422
    assert client.post(f"/plans/{running}/stop", data={"reason": "moved away"}).status_code == 303
    assert "moved away" in get(client, f"/plans/{running}")
    assert "Harold Nakamura" in get(client, "/plans?show=ended")
    assert "No plan runs" in get(client, "/plans")


def test_a_task_of_ones_own(client: FlaskClient, harold: int, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    get(client, f"/plans/tasks/new?constituent={harold}")
    sent = {"subject": "Order paper", "due_on": TODAY.isoformat(), "owner": cast[OLIVE], "constituent": harold}
    wrong = client.post("/plans/tasks/new", data=sent | {"due_on": "soon"})
    assert wrong.status_code == 422
    assert "Order paper" in wrong.text
    assert client.post("/plans/tasks/new", data=sent).status_code == 303
    page = words(get(client, "/today"))
    assert "Order paper" in page
    assert "Harold Nakamura" in get(client, "/plans/tasks?show=due")


def test_plans_that_are_asked_for_say_so(
    client: FlaskClient, welcome: int, harold: int, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    start_plans(session, [harold], Start(welcome, TODAY, "list"), within=change)
    session.commit()
    sign_in(client, OLIVE)
    assert "tasks are being made" in get(client, "/plans")
    plan_id = session.scalars(select(RunningPlan.id)).one()
    session.rollback()
    assert "Its tasks are being made" in get(client, f"/plans/{plan_id}")


def test_readers_read_and_designers_design(client: FlaskClient, welcome: int, running: int, session: Session) -> None:
    first = tasks(session, running)[0]
    sign_in(client, REX)
    get(client, f"/plans/templates/{welcome}")
    get(client, f"/plans/tasks/{first.id}")
    assert client.post(f"/plans/tasks/{first.id}/done").status_code == 403
    get(client, "/plans/templates/new", 403)
    sign_in(client, OLIVE)
    get(client, "/plans/templates/new")
    for address in ("/plans/999", "/plans/tasks/999", "/plans/templates/999"):
        get(client, address, 404)


def test_a_plan_rests_goes_on_moves_and_begins_anew_each_with_the_way_back(
    client: FlaskClient, running: int, session: Session
) -> None:
    sign_in(client, OLIVE)
    here = f"/plans/{running}"

    def press(act: str, **sent: object) -> int:
        return client.post(f"{here}/{act}", data=sent).status_code

    assert press("pause", reason="She is travelling") == 303
    page = words(get(client, here))
    assert "She is travelling. Nothing of it comes up until it goes on." in page
    assert "The plan is paused. Undo" in page
    assert press("pause") == 409
    assert [task.state for task in tasks(session, running)] == ["waiting"] * 3
    assert press("resume", shifts="y") == 303
    before = [task.due_on for task in tasks(session, running)]
    assert press("shift", days="x") == 422
    assert press("shift", days="0") == 422
    assert press("shift", days="7") == 303
    assert all(task.due_on > due for task, due in zip(tasks(session, running), before, strict=True))
    undo = re.findall(r"/plans/changes/(\d+)/undo", get(client, here))[-1]
    assert client.post(f"/plans/changes/{undo}/undo").location == here
    assert [task.due_on for task in tasks(session, running)] == before
    stale = client.post(f"{here}/stop", data={"reason": "gone", "version": "1"})
    assert stale.status_code == 409
    assert 'value="gone"' in stale.text
    anew = client.post(f"{here}/restart", data={"reason": "From the top"})
    assert anew.status_code == 303
    assert anew.location != here
    assert "Stopped on" in get(client, here)


def test_a_plan_that_is_over_only_offers_to_begin_anew(client: FlaskClient, running: int) -> None:
    sign_in(client, OLIVE)
    here = f"/plans/{running}"
    assert "The whole plan" in get(client, here)
    assert client.post(f"{here}/stop", data={"reason": "She moved away"}).status_code == 303
    over = get(client, here)
    assert "The whole plan" not in over
    assert re.findall(r'action="/plans/\d+/(\w+)"', over) == ["restart"]
    sign_in(client, REX)
    assert "/restart" not in get(client, here)


def test_a_template_leads_to_the_load_that_it_would_bring_for_a_view(
    client: FlaskClient, welcome: int, harold: int
) -> None:
    sign_in(client, OLIVE)
    assert f'href="/plans/start?template={welcome}"' in get(client, f"/plans/templates/{welcome}")
    here = f"/plans/start?template={welcome}"
    assert f'href="/constituents?plan={welcome}"' in get(client, here)
    assert "Tick those for whom “Welcome” is to start" in get(client, f"/constituents?plan={welcome}")
    ticked = client.post(f"/constituents/chosen?plan={welcome}", data={"act": "plan", "ids": harold})
    assert f"plan={welcome}" in ticked.location
    assert client.post("/constituents/views", data={"name": "Friends of ours"}).status_code == 303
    form = re.search(r'<form class="deciding".*?</form>', get(client, here), re.DOTALL)
    assert form is not None
    assert "Friends of ours" in form[0]
    view = re.findall(r'<option value="(\d+)">Friends of ours', form[0])[0]
    asked = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0])) | {"view": view}
    page = words(get(client, "/constituents/chosen/plan?" + urlencode(asked)))
    assert "The load on each officer 3 tasks in all" in page
    assert "1 plan of “Welcome” starts on" in page
    sign_in(client, REX)
    assert "/plans/start" not in get(client, f"/plans/templates/{welcome}")


def test_a_start_asks_for_days_that_nobody_knows_and_says_what_the_gate_would_refuse(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[DORA], at=now(), through="web"))
    steps = (
        Draft("Seat plan", -7, after="event"),
        Draft("Call to confirm", -2, after="event", kind="move", method="call"),
    )
    gala = create(session, TemplateDraft("Gala", steps), within=change).id
    ines = person(session, "Ines Carvalho", do_not_contact=True).id
    session.commit()
    sign_in(client, OLIVE)
    page = words(get(client, f"/plans/start?constituent={ines}&template={gala}&on=2026-03-02"))
    assert "Not known; the picture takes" in page
    assert "The contact gate would refuse some of it today Call to confirm: This person wants no contact." in page
    sent = {"constituent": ines, "template": gala, "on": "2026-03-02"}
    refused = client.post("/plans/start", data=sent)
    assert refused.status_code == 422
    assert "counted from the event, which is not known" in refused.text
    sent |= {"event": "2026-06-17"}
    refused = client.post("/plans/start", data=sent)
    assert refused.status_code == 422
    assert "Ines Carvalho wants no contact at all: say why there is to be a plan all the same." in refused.text
    assert client.post("/plans/start", data=sent | {"despite": "She asked for a seat"}).status_code == 303
    found = session.scalars(select(Task).order_by(Task.due_on)).all()
    assert [task.due_on.isoformat() for task in found] == ["2026-06-10", "2026-06-15"]


def test_a_step_whose_mail_never_left_says_so(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    world = World(session, cast[OLIVE])
    plan = world.plan(Draft("Write", kind="mail", mail_template_id=world.mail.id))
    world.run()
    session.commit()
    sign_in(client, OLIVE)
    address = f"/plans/{plan.id}"
    assert "not sent" not in get(client, address)
    mail = session.scalars(select(Outbox)).one()
    mail.state, mail.last_error = DEAD, "550 no such mailbox"
    session.commit()
    page = words(get(client, address))
    assert "not sent" in page
    assert "Its mail has not left: 550 no such mailbox" in page
