"""Moving plans to the newest version: shown for each, then done for the ticked ones or for all, and taken back."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.core.clock import now
from donors.plans.models import RunningPlan, Task
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create, revise
from donors.web.filters import day
from donors.workflows.plans import start_plan
from tests.cast import DORA, VERA, Person, sign_in
from tests.constituents.people import person
from tests.web.test_pipeline_pages import get, words

FIRST = (Draft("Thank by phone"), Draft("Letter", 3, (Link(1),)))
SECOND = (Draft("Thank by phone"), Draft("Letter", 10, (Link(1),)), Draft("Visit", 14, (Link(2),)))


@pytest.fixture
def behind(session: Session, cast: dict[Person, int]) -> int:
    """The id of a template in two versions, with two plans on the first, committed."""
    change = open_change(session, "test", act=Act(by=cast[DORA], at=now(), through="web"))
    template_id = create(session, TemplateDraft("Welcome", FIRST), within=change).id
    for name in ("Harold Nakamura", "Ines Carvalho"):
        start_plan(session, person(session, name).id, template_id, cause="by hand", within=change, on=now().date())
    revise(session, template_id, TemplateDraft("Welcome", SECOND), within=change)
    session.commit()
    return template_id


def versions(session: Session) -> list[int]:
    found = sorted(session.scalars(select(RunningPlan.version_id)))
    session.rollback()
    return found


def letter(session: Session) -> str:
    """The day of the letter in the plan that began last, as pages say it."""
    found = session.scalars(select(Task.due_on).where(Task.subject == "Letter").order_by(Task.id.desc())).first()
    session.rollback()
    return day(found, on=now().date())


def test_plans_are_moved_after_a_look_and_back_again(client: FlaskClient, behind: int, session: Session) -> None:
    sign_in(client, DORA)
    first, _ = versions(session)
    address = f"/plans/templates/{behind}/move"
    assert "Move 2 plans to version 2" in words(get(client, f"/plans/templates/{behind}"))
    page = words(get(client, address))
    assert "10 days after step 1 is done (was: 3 days after step 1 is done)" in page
    assert "New: “Visit”" in page
    told = re.search(r"Letter: (\w+ \d+(?:, \d+)?) → (\w+ \d+(?:, \d+)?)", page)
    assert told is not None
    assert told[1] == letter(session)
    assert "the same as above" in page, "the second plan meets what the first does"
    one = re.findall(r'name="ids" value="(\d+)"', get(client, address))[0]
    answer = client.post(address, data={"act": "chosen", "ids": one, "why": "Better"})
    assert answer.status_code == 303
    assert versions(session) == [first, first + 1]
    assert letter(session) == told[2], "the day is the one that was shown"
    assert client.post(address, data={"act": "all"}).status_code == 303
    assert versions(session) == [first + 1, first + 1]
    assert "All plans run on version 2" in get(client, address)
    for change_id in session.scalars(select(ChangeSet.id).where(ChangeSet.kind == "plan.carry")).all()[::-1]:
        session.rollback()
        assert client.post(f"/plans/changes/{change_id}/undo").status_code == 303
    assert versions(session) == [first, first]


def test_nothing_moves_where_nobody_is_ticked(client: FlaskClient, behind: int, session: Session) -> None:
    sign_in(client, DORA)
    address = f"/plans/templates/{behind}/move"
    assert "2 plans run on an older version" in words(get(client, f"/plans/templates/{behind}"))
    nobody = client.post(address, data={"act": "chosen"})
    assert nobody.status_code == 422
    assert "tick those that are to go" in nobody.text
    assert len(set(versions(session))) == 1


def test_who_may_not_design_may_not_move(client: FlaskClient, behind: int, cast: dict[Person, int]) -> None:
    sign_in(client, VERA)
    get(client, f"/plans/templates/{behind}/move", 403)
    assert client.post("/plans/changes/1/undo").status_code == 404
