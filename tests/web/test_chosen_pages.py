"""Acts on chosen rows of the list: announced, done once, taken back; and the form that narrows the list."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.contact import add_point
from donors.constituents.edit import edit
from donors.constituents.models import Constituent
from donors.constituents.records import PhoneNumber
from donors.core.changes import ChangeSet, amend
from donors.core.clock import now
from donors.mail.decide import Channel
from donors.mail.gate import Asked, may_contact
from donors.pipeline.models import Assignment, Prospect
from donors.plans.models import RunningPlan, Task
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.begin import begin
from donors.workflows.plans import start_plan
from donors.workflows.worth_a_look import worth_a_look
from tests.cast import ADA, OLIVE, REX, VERA, Person, sign_in
from tests.constituents.people import TODAY as EARLIER
from tests.constituents.people import change, person

Ids = dict[str, int]
TODAY = now().date()


@pytest.fixture
def people(session: Session, cast: dict[Person, int]) -> Ids:
    """Anna and Ben; Dee, who died; Flo, who wants no contact; somebody confidential; a plan of two steps."""
    within = change(session)
    begin(session, within=within)
    names = {"anna": "Anna Berg", "ben": "Ben Cole", "dee": "Dee Dodd", "flo": "Flo Fern"}
    ids = {key: person(session, name).id for key, name in names.items()}
    ids["secret"] = person(session, "Cy Secret", confidential=True).id
    edit(session, session.get_one(Constituent, ids["flo"]), values={"do_not_contact": True}, within=within)
    amend(session, session.get_one(Constituent, ids["dee"]), within=within, is_deceased=True)
    steps = (Draft("Call", 2), Draft("Write", 5))
    ids["plan"] = create(session, TemplateDraft("Welcome", steps=steps), within=within).id
    session.commit()
    return ids


def told(answer: Any) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def sent(answer: Any) -> dict[str, Any]:
    """What the form at the foot of an announcing page would send."""
    form = answer.text[answer.text.index('id="carry-out"') :]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def count(session: Session, model: Any) -> int:
    """How many rows there are."""
    found = session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()
    return found


def test_a_plan_for_many_is_announced_started_once_and_taken_back(
    client: FlaskClient, people: Ids, session: Session
) -> None:
    sign_in(client, OLIVE)
    ids = [str(people[key]) for key in ("anna", "ben", "dee", "flo", "secret")]
    led = client.post("/constituents/chosen?q=e", data={"act": "plan", "ids": ids})
    assert led.status_code == 303
    page = client.get(led.location)
    assert "2 plans of “Welcome” start" in told(page)
    assert "with 4 tasks" in told(page)
    assert "Deceased Dee Dodd" in told(page)
    assert "Wants no contact at all Flo Fern" in told(page)
    assert "Secret" not in told(page)
    form = sent(page)
    first = client.post(led.location, data=form)
    assert first.status_code == 303
    assert client.post(led.location, data=form).location == first.location
    assert (count(session, RunningPlan), count(session, Task)) == (2, 4)
    again = told(client.get(led.location))
    assert "Nothing: nobody of the chosen is left" in again
    assert "Has this plan open already" in again
    assert "2 plans of “Welcome” started. Left out Deceased Dee Dodd 1" in told(client.get(first.location))
    assert client.post(f"{first.location}/undo").status_code == 303
    assert (count(session, RunningPlan), count(session, Task)) == (0, 0)
    assert "All is as it was before" in told(client.get(first.location))
    sign_in(client, VERA)
    assert client.get(first.location).status_code == 404
    assert client.post(f"{first.location}/undo").status_code == 404


def test_all_that_match_get_an_officer_unless_the_list_moved(
    client: FlaskClient, people: Ids, cast: dict[Person, int], session: Session
) -> None:
    sign_in(client, OLIVE)
    assert client.get("/constituents/chosen/officer?everybody=yes").status_code == 403
    sign_in(client, ADA)
    path = f"/constituents/chosen/officer?everybody=yes&f=name%7Ccontains%7Cb&officer={cast[OLIVE]}"
    page = client.get(path)
    assert f"{OLIVE.name} becomes the primary officer of 2 constituents" in told(page)
    form = sent(page)
    edit(session, session.get_one(Constituent, people["flo"]), values={"family_name": "Bern"}, within=change(session))
    session.commit()
    stale = client.post(path, data=form)
    assert stale.status_code == 409
    assert "Nothing was done yet" in told(stale)
    assert client.post(path, data=sent(stale) | {"reason": "new region"}).status_code == 303
    assert count(session, Assignment) == 3
    assert "theirs already" in told(client.get(path)).lower()


def test_many_enter_the_pipeline_and_nobody_twice(client: FlaskClient, people: Ids, session: Session) -> None:
    sign_in(client, OLIVE)
    path = f"/constituents/chosen/prospects?ids={people['anna']}&ids={people['ben']}&ids=x&ids=99999"
    done = client.post(path, data=sent(client.get(path)))
    assert "2 constituents entered" in told(client.get(done.location))
    assert count(session, Prospect) == 2
    assert "In this pipeline already" in told(client.get(path))


def test_no_contact_is_one_change(client: FlaskClient, people: Ids, session: Session) -> None:
    sign_in(client, OLIVE)
    path = f"/constituents/chosen/no-contact?ids={people['anna']}&ids={people['dee']}&ids={people['secret']}"
    client.post(path, data=sent(client.get(path)))
    marked = session.scalars(select(Constituent.name).where(Constituent.do_not_contact).order_by(Constituent.name))
    assert marked.all() == ["Anna Berg", "Dee Dodd", "Flo Fern"]
    assert len(session.scalars(select(ChangeSet).where(ChangeSet.kind == "constituents.no_contact")).all()) == 1
    assert "Nobody is chosen" in told(client.get("/constituents/chosen/no-contact"))
    assert client.post("/constituents/chosen", data={"act": "dance"}).status_code == 404


def test_conditions_are_put_together_without_script(client: FlaskClient, people: Ids) -> None:
    sign_in(client, REX)
    empty = client.get("/constituents/filter?sort=name&act=add:0")
    assert 'name="field"' in empty.text
    form = (
        "/constituents/filter?sort=name&open=any&field=name&operator=contains&value=berg&field=name&operator=contains"
    )
    half = client.get(f"{form}&value=&close=1&act=apply")
    assert half.status_code == 422
    whole = client.get(f"{form}&value=cole&close=1&act=look")
    assert "Name contains “berg” or Name contains “cole”. 2 constituents answer to this." in told(whole)
    led = client.get(f"{form}&value=cole&close=1&act=apply")
    assert led.location == "/constituents?sort=name&match=any&f=name%7Ccontains%7Cberg&f=name%7Ccontains%7Ccole"
    page = told(client.get(led.location))
    assert "Name contains “berg” or Name contains “cole”." in page
    assert "Anna Berg" in page
    assert "Dee Dodd" not in page


def test_a_view_shows_its_conditions_and_lets_them_go(client: FlaskClient, people: Ids) -> None:
    sign_in(client, OLIVE)
    address = "match=any&f=name%7Ccontains%7Cberg&f=name%7Ccontains%7Ccole"
    kept = client.post(f"/constituents/views?{address}", data={"name": "Two"}).location
    page = client.get(kept)
    assert "Name contains “berg” or Name contains “cole”." in told(page)
    without = re.search(r'href="([^"]+)" aria-label="Take away: Name contains “cole”"', page.text)
    assert without is not None
    fewer = told(client.get(without[1].replace("&amp;", "&")))
    assert "Ben Cole" not in fewer
    assert "Two, changed" in fewer
    cleared = re.search(r'href="([^"]+)"[^>]*>Clear', page.text)
    assert cleared is not None
    assert "Dee Dodd" in told(client.get(cleared[1].replace("&amp;", "&")))


def test_what_is_worth_a_look_before_plans_start_can_be_left_out(
    client: FlaskClient, session: Session, cast: dict[Person, int], people: Ids
) -> None:
    within = change(session)
    steps = (Draft("Ring", 1, kind="move", method="call"), Draft("Write", 5))
    calls = create(session, TemplateDraft("Calls", steps=steps), within=within).id
    assert isinstance(
        start_plan(session, people["anna"], people["plan"], cause="x", within=within, on=TODAY), RunningPlan
    )
    add_point(session, session.get_one(Constituent, people["anna"]), given=PhoneNumber("413 555 0101"), within=within)
    session.commit()
    sign_in(client, OLIVE)
    asked = f"/constituents/chosen/plan?ids={people['anna']}&ids={people['ben']}&template={calls}&started_on=2027-03-01"
    page = client.get(asked)
    assert "1 has another plan open Anna Berg" in told(page)
    assert "1 has no phone for “Ring” Ben Cole" in told(page)
    assert "with 4 tasks from Mar 2, 2027 to Mar 8, 2027" in told(page), "the 6th is a Saturday"
    assert "All days, as they are for Anna Berg" in told(page)
    less = client.get(f"{asked}&without=phone")
    assert "Left out by you: no phone for “Ring”" in told(less)
    assert "1 plan of “Calls” starts" in told(less)
    assert sent(less)["without"] == ["phone"]
    done = client.post("/constituents/chosen/plan", data=sent(less), follow_redirects=True)
    assert "1 plan of “Calls” started." in told(done)
    assert "Ben Cole" in told(done)
    assert f'href="/plans?template={calls}"' in done.text


def test_what_is_worth_a_look_is_what_the_gate_says_of_each(
    session: Session, cast: dict[Person, int], people: Ids
) -> None:
    within = change(session)
    steps = (Draft("Ring", 1, kind="move", method="call"), Draft("Write", 5, kind="move", method="letter"))
    template = create(session, TemplateDraft("Calls", steps=steps), within=within).id
    withdraw(session, session.get_one(Constituent, people["ben"]), said=Said("phone", EARLIER, "call"), within=within)
    session.flush()
    ids = [people[key] for key in ("anna", "ben", "flo")]
    found = {one.key: one.ids for one in worth_a_look(session, ids, template, on=TODAY)}
    for channel in ("phone", "post"):
        refused = [one for one in ids if not allowed(session, one, channel)]
        assert list(found.get(f"no-{channel}", ())) == refused
        assert list(found[channel]) == ids, "no address is known of anybody"


def allowed(session: Session, one: int, channel: Channel) -> bool:
    """What the gate answers for one person."""
    return may_contact(session, Asked(one, channel, "personal", key=f"{one}/{channel}"), at=now()).allowed
