"""Tasks on Today and in lists: done, put off, handed over, skipped, one or many, and the way back; queues."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.contact import add_point
from donors.constituents.models import Constituent
from donors.constituents.records import PhoneNumber
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.plans.models import QueueMember, Task, TaskQueue
from donors.plans.running.queues import add_queue, set_members
from donors.plans.running.task import OwnTask, add
from donors.plans.templates.drafts import Draft, Link
from donors.web.filters import day
from tests.cast import ADA, OLIVE, SAM, Person, sign_in
from tests.web.test_pipeline_pages import words
from tests.workflows.plan_world import World

one_system = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TODAY = now().date()
LATER = (TODAY + timedelta(days=5)).isoformat()


@pytest.fixture
def ids(session: Session, cast: dict[Person, int]) -> list[int]:
    """Three tasks of Olive's, due today, and one of Sam's."""
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    owners = [(f"Ring {name}", OLIVE) for name in ("Ada", "Bea", "Cleo")] + [("Not hers", SAM)]
    made = [add(session, OwnTask(subject, TODAY, cast[who]), within=change).id for subject, who in owners]
    session.commit()
    return made


def states(session: Session, ids: list[int]) -> list[tuple[str, str, int | None]]:
    """State, reason or result, and owner of tasks."""
    rows = {row.id: row for row in session.scalars(select(Task).execution_options(populate_existing=True))}
    found = [(rows[id_].state, rows[id_].reason or rows[id_].result, rows[id_].owner_id) for id_ in ids]
    session.rollback()
    return found


def undo_of(html: str) -> str:
    """The address of the button that takes the last act back."""
    found = re.search(r'action="(/plans/undo/\d+|[^"]*undo[^"]*)"', html)
    assert found is not None
    return found[1]


def test_today_says_why_and_what_can_be_done(client: FlaskClient, ids: list[int], cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    page = client.get("/today").text
    assert "What waiting costs" in page
    assert "It is due today." in page
    assert "Not hers" not in page
    chosen = client.post("/plans/tasks/chosen", data={"act": "snooze", "ids": ids[:2], "back": "/today"})
    assert chosen.status_code == 303
    form = client.get(chosen.headers["Location"]).text
    assert "Ring Ada" in form
    assert "Ring Cleo" not in form


def test_many_are_put_off_and_it_is_taken_back(
    client: FlaskClient, session: Session, ids: list[int], cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    address = "/plans/tasks/chosen/snooze"
    sent = {"ids": ids[:2], "until": LATER, "reason": "On leave", "back": "/today", "request_key": "k"}
    for wrong in ({"until": TODAY.isoformat()}, {"reason": ""}, {"until": "x"}):
        answer = client.post(address, data={**sent, **wrong, "request_key": "w"})
        assert answer.status_code == 422
    done = client.post(address, data=sent, follow_redirects=True)
    assert "2 tasks put off." in done.text
    assert client.post(address, data=sent).status_code == 303, "the same form again changes nothing"
    assert states(session, ids)[:3] == [("open", "On leave", cast[OLIVE])] * 2 + [("open", "", cast[OLIVE])]
    assert "Ring Ada" not in client.get("/today").text.partition("What waiting costs")[2]
    assert client.post(undo_of(done.text), data={"next": "/today"}).status_code == 303
    assert states(session, ids)[0] == ("open", "", cast[OLIVE])


def test_many_are_done_handed_over_and_skipped(
    client: FlaskClient, session: Session, ids: list[int], cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    chosen = "/plans/tasks/chosen"
    client.post(f"{chosen}/done", data={"ids": ids[0], "result": "reached", "outcome": "Ten minutes"})
    client.post(f"{chosen}/hand-over", data={"ids": ids[1], "owner": cast[SAM], "word": "You know her"})
    client.post(f"{chosen}/skip", data={"ids": ids[2], "reason": "Moved away"})
    assert states(session, ids)[:3] == [
        ("done", "reached", cast[OLIVE]),
        ("open", "Olive Officer: You know her", cast[SAM]),
        ("skipped", "Moved away", cast[OLIVE]),
    ]
    partly = client.post(f"{chosen}/done", data={"ids": [ids[0], ids[1]], "result": ""}, follow_redirects=True)
    assert "1 task marked done." in partly.text
    assert "It is done already." in partly.text
    assert client.get(f"{chosen}/done?ids=999").status_code == 200
    assert client.post(f"{chosen}/done", data={"ids": "999"}).status_code == 422
    assert client.get(f"{chosen}/sing?ids={ids[0]}").status_code == 404
    assert client.post(chosen, data={"act": "sing"}).status_code == 404


@pytest.fixture
def asking(session: Session, cast: dict[Person, int]) -> int:
    """The id of a task of Olive's, due today, of which later steps ask how it ended."""
    world = World(session, cast[OLIVE])
    again = Draft("Call once more", 4, links=(Link(1, "no answer"),))
    plan = world.plan(Draft("Thank by phone"), again, Draft("Letter", 2, links=(Link(1, "reached"),)))
    session.commit()
    found = session.scalars(select(Task.id).where(Task.plan_id == plan.id).order_by(Task.id)).first()
    session.rollback()
    assert found is not None
    return found


def test_where_later_steps_go_by_it_done_asks_how_it_ended_right_there(
    client: FlaskClient, session: Session, asking: int, ids: list[int]
) -> None:
    sign_in(client, OLIVE)
    for address in ("/today", "/plans/tasks"):
        page = client.get(address).text
        form = re.search(rf'<form[^>]*id="ended-{asking}" popover.*?</form>', page, re.DOTALL)
        assert form is not None
        assert re.findall(r'name="result" value="([^"]*)"', form[0]) == ["reached", "no answer", "declined", "gave"]
        assert f'id="ended-{ids[0]}"' not in page, "the others are done by one press"
    own = re.search(r'<select[^>]*name="result".*?</select>', client.get(f"/plans/tasks/{asking}").text, re.DOTALL)
    assert own is not None
    assert "Choose…" in own[0]
    assert "done" not in own[0]
    assert client.post(f"/plans/tasks/{asking}/done", data={"result": ""}).status_code == 422
    assert client.post(f"/plans/tasks/{asking}/done", data={"result": "no answer"}).status_code == 303
    assert states(session, [asking])[0][:2] == ("done", "no answer")


def test_what_follows_is_said_when_a_task_has_ended(client: FlaskClient, session: Session, asking: int) -> None:
    sign_in(client, OLIVE)
    task = f"/plans/tasks/{asking}"
    on = day(TODAY + timedelta(days=4), on=TODAY)
    goes_on = words(client.post(f"{task}/done", data={"result": "no answer"}, follow_redirects=True).text)
    assert f"Thank by phone: no answer. Next: Call once more, {on}." in goes_on
    client.post(f"{task}/reopen")
    plan = re.search(r'href="(/plans/\d+)"', client.get(task).text)
    assert plan is not None
    page = words(client.get(plan[1]).text)
    assert "waits" in page
    assert "only if step 1 ended with “no answer”" in page
    assert "If declined, gave or skipped, the plan ends." in page
    over = words(client.post(f"{task}/done", data={"result": "declined"}, follow_redirects=True).text)
    assert "Thank by phone: declined. The plan ends here; what else it had is not needed." in over


def test_many_are_asked_how_they_ended_before_anything_is_done(
    client: FlaskClient, session: Session, asking: int, ids: list[int]
) -> None:
    sign_in(client, OLIVE)
    address = "/plans/tasks/chosen/done"
    assert "Steps after it go by this." in client.get(f"{address}?ids={asking}").text
    nothing = client.post(address, data={"ids": asking, "result": ""})
    assert nothing.status_code == 422
    assert "No task was marked done." in nothing.text
    assert "How it ended is not said, and later steps ask for it." in nothing.text
    mixed = client.get(f"{address}?ids={asking}&ids={ids[0]}").text
    assert "Steps after 1 of them go by this." in mixed
    assert "those that ask how they ended stay open" in mixed
    partly = words(client.post(address, data={"ids": [asking, ids[0]], "result": ""}, follow_redirects=True).text)
    assert "1 task marked done." in partly
    assert [state for state, _, _ in states(session, [asking, ids[0]])] == ["open", "done"]


@one_system
def test_one_is_put_off_and_handed_over_from_its_page(
    client: FlaskClient, session: Session, ids: list[int], cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    task = f"/plans/tasks/{ids[0]}"
    assert client.post(f"{task}/snooze", data={"until": LATER, "reason": ""}).status_code == 422
    assert client.post(f"{task}/snooze", data={"until": TODAY.isoformat(), "reason": "Why"}).status_code == 422
    assert client.post(f"{task}/snooze", data={"until": LATER, "reason": "Why", "version": "9"}).status_code == 409
    assert client.post(f"{task}/snooze", data={"until": LATER, "reason": "On leave"}).status_code == 303
    assert "On leave" in client.get(task).text
    assert client.post(f"{task}/owner", data={"owner": cast[SAM], "word": "Please"}).status_code == 303
    assert states(session, ids)[0] == ("open", "Olive Officer: Please", cast[SAM])


@one_system
def test_a_task_shows_whom_it_is_about_and_leads_back_to_its_list(
    client: FlaskClient, session: Session, asking: int
) -> None:
    sign_in(client, OLIVE)
    anna = session.get_one(Task, asking).constituent_id
    change = open_change(session, "test", act=Act(None, now(), "web"))
    person = session.get_one(Constituent, anna)
    add_point(session, person, given=PhoneNumber("413 555 0101", "home"), within=change)
    session.commit()
    here = f"/plans/tasks/{asking}?next=/plans/tasks?show=due"
    page = client.get(here).text
    assert f'href="/constituents/{anna}"' in page
    assert 'href="tel:4135550101"' in page
    assert "Last gift none yet" in words(page)
    assert "Last contact none on record" in words(page)
    assert page.count('name="next" value="/plans/tasks?show=due"') >= 5
    withdraw(session, session.get_one(Constituent, anna), said=Said("phone", TODAY, "call"), within=change)
    session.commit()
    refused = client.get(here).text
    assert "tel:" not in refused
    assert "413 555 0101 home refused" in words(refused)


@one_system
def test_days_to_put_off_to_are_one_press_away_and_nobody_is_chosen_to_take_over(
    client: FlaskClient, session: Session, ids: list[int], cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    task = f"/plans/tasks/{ids[0]}"
    page = client.get(task).text
    days = re.findall(r'name="when" value="([^"]+)"', page)
    assert days == sorted(set(days))
    assert all(date.fromisoformat(day).weekday() < 5 for day in days)
    sent = {"until": LATER, "when": days[-1], "reason": "On leave"}
    assert client.post(f"{task}/snooze", data=sent).status_code == 303
    assert session.get_one(Task, ids[0]).due_on.isoformat() == days[-1]
    session.rollback()
    bulk = f"/plans/tasks/chosen/snooze?ids={ids[1]}"
    assert re.findall(r'name="when" value="([^"]+)"', client.get(bulk).text) == days
    assert client.post(bulk, data=sent | {"ids": ids[1]}).status_code == 303
    assert session.get_one(Task, ids[1]).due_on.isoformat() == days[-1]
    session.rollback()
    assert f'<option value="{cast[OLIVE]}"' not in client.get(task).text, "it is hers already"
    assert client.post(f"{task}/owner", data={"owner": ""}).status_code == 422
    assert client.post(f"/plans/tasks/chosen/hand-over?ids={ids[1]}", data={"ids": ids[1]}).status_code == 422


@one_system
def test_the_list_is_searched_and_sorted(client: FlaskClient, ids: list[int], cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    found = client.get("/plans/tasks?q=bea").text
    assert "Ring Bea" in found
    assert "Ring Ada" not in found
    assert "No task has" in client.get("/plans/tasks?q=zzz%25").text
    for key in ("subject", "-subject", "about", "plan", "-owner", "due", "nonsense"):
        assert client.get(f"/plans/tasks?sort={key}").status_code == 200
    order = re.findall(r"Ring \w+(?=</a>)", client.get("/plans/tasks?sort=-subject").text)
    assert order == ["Ring Cleo", "Ring Bea", "Ring Ada"]
    assert "Ended" in client.get("/plans/tasks?show=done&sort=-ended").text


def test_a_queue_is_made_and_changed(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    sign_in(client, ADA)
    queues = "/settings/queues"
    assert "No queue yet" in client.get(queues).text
    assert client.post(f"{queues}/add", data={"name": " "}).status_code == 422
    sent = {"name": "Thank-you calls", "members": [cast[OLIVE], cast[SAM]], "is_active": "y"}
    assert client.post(f"{queues}/add", data=sent).status_code == 303
    assert client.post(f"{queues}/add", data=sent).status_code == 422, "the name is taken"
    queue = session.scalars(select(TaskQueue)).one().id
    session.rollback()
    changed = {"name": "Calls", "members": cast[OLIVE], "version": "7"}
    stale = client.post(f"{queues}/{queue}", data=changed)
    assert stale.status_code == 409
    assert f"Thank-you calls, members: {OLIVE.name}, {SAM.name}" in stale.text
    version = re.search(r'name="version"[^>]* value="(\d+)"', stale.text)
    assert version is not None
    assert client.post(f"{queues}/{queue}", data=changed | {"version": version[1]}).status_code == 303
    assert session.scalars(select(QueueMember.user_id)).all() == [cast[OLIVE]]
    session.rollback()


def test_a_task_is_taken_from_a_queue_and_put_back(
    client: FlaskClient, session: Session, ids: list[int], cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    queue = add_queue(session, "Calls", within=change).id
    set_members(session, queue, [cast[OLIVE]], within=change)
    session.get_one(Task, ids[0]).owner_id = None
    session.get_one(Task, ids[0]).queue_id = queue
    session.commit()
    sign_in(client, SAM)
    assert client.post(f"/plans/tasks/{ids[0]}/take").status_code == 404
    sign_in(client, OLIVE)
    assert "In your queues" in client.get("/today").text
    assert client.post(f"/plans/tasks/{ids[0]}/take").status_code == 303
    assert states(session, ids)[0][2] == cast[OLIVE]
    assert "back to the queue" in client.get(f"/plans/tasks/{ids[0]}").text
    assert "back to the queue" not in client.get(f"/plans/tasks/{ids[1]}").text
    assert client.post(f"/plans/tasks/{ids[1]}/owner", data={"owner": 0}).status_code == 422
    assert client.post(f"/plans/tasks/{ids[0]}/owner", data={"owner": 0}).status_code == 303
    assert states(session, ids)[0][2] is None
