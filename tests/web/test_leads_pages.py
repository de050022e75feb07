"""Pages of leads: the queue, one lead, many at once, suggested constituents, conversion."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import Grant
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.clock import now
from donors.leads.models import Lead, LeadAttempt, SuggestionRule
from donors.leads.new_lead import Agreed, NewLead
from donors.leads.receive import receive
from donors.leads.suggestion_rules import RuleDraft, add_rule
from donors.mail.models import Outbox
from donors.pipeline.standard import install_standard
from tests.cast import ADA, OLIVE, REX, SAM, Person, sign_in
from tests.constituents.people import home, person

TODAY = now().date()
Ids = dict[str, int]


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> Ids:
    """Ann wrote and waits for too long; Bo is Sam's; Cy is somebody confidential whom Olive sees; Ina is unseen."""
    within = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    install_standard(session, within=within)
    cy, ina = (person(session, name, confidential=True) for name in ("Cy Secret", "Ina Unseen"))
    insert(session, Grant(user_id=cast[OLIVE], constituent_id=cy.id, reason="hers"), within=within)
    at = now() - timedelta(days=9)
    ann = NewLead(
        "web_form",
        given_name="Ann",
        family_name="Lee",
        email="ann@x.org",
        interests=("Boats",),
        message="May I come & see?",
        introducer_id=ina.id,
        answer_hours=1,
        consents=(Agreed("email", "Yes, write <to> me."),),
    )
    bo = NewLead("event", given_name="Bo", family_name="Ek", owner_id=cast[SAM], organization="Acme")
    hidden = NewLead("suggestion", given_name="Cy", family_name="Secret", constituent_id=cy.id, by_rota=False)
    rows = [receive(session, one, within=within, at=at, on=at.date()) for one in (ann, bo, hidden)]
    ids = dict(zip(("ann", "bo", "cy"), (row.id for row in rows), strict=True))
    ids |= {"known": person(session, "Ann Lee").id, "home": home(session, "Lee household").id}
    session.commit()
    return ids | {"sam": cast[SAM]}


def told(answer: Any) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def undo(client: FlaskClient, session: Session) -> None:
    """Presses the button beside what was said last."""
    change = session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)).one()
    session.rollback()
    assert client.post(f"/leads/undo/{change}").status_code == 303


def test_the_queue_says_why_how_late_and_how_each_fits(client: FlaskClient, session: Session, world: Ids) -> None:
    sign_in(client, OLIVE)
    client.post(f"/leads/{world['ann']}/fit", data={"interest": "4"})
    client.post(f"/leads/{world['ann']}/fit", data={"linkage": "0"})
    page = client.get("/leads")
    text = told(page)
    for said in ("Ann Lee", "Web form", "interested in Boats", "May I come &amp; see?", "days late", "e-mail allowed"):
        assert said in text, said
    for said in ("Interest: 4 of 5", "Linkage: 0 of 5", "Ability: not judged"):
        assert said in page.text, said
    assert "Ina Unseen" not in page.text
    assert "Cy Secret" in page.text
    assert "Bo Ek" in told(client.get("/leads?tab=all&q=acme"))
    assert "Ann Lee" not in told(client.get("/leads?tab=all&q=acme"))
    assert "Nobody waits" not in text
    assert "Nothing here" in told(client.get("/leads?tab=returned"))
    assert "Ann Lee" in told(client.get("/leads?tab=new&f=interest|at+least|4"))
    assert "Ann Lee" not in told(client.get("/leads?tab=new&f=interest|at+least|5"))


def test_a_lead_leads_on_to_the_next_that_is_new(client: FlaskClient, world: Ids) -> None:
    sign_in(client, SAM)
    assert "Next: Bo Ek" in told(client.get(f"/leads/{world['ann']}"))
    assert "Next: Ann Lee" in told(client.get(f"/leads/{world['bo']}"))
    client.post(f"/leads/{world['ann']}/try", data={"method": "call", "outcome": "reached"})
    assert "Next: Bo Ek" in told(client.get(f"/leads/{world['ann']}"))
    assert "Next:" not in told(client.get(f"/leads/{world['bo']}"))


def test_whoever_goes_through_a_queue_is_led_on_in_it(client: FlaskClient, world: Ids) -> None:
    sign_in(client, OLIVE)
    ann, bo, cy = (world[name] for name in ("ann", "bo", "cy"))
    queue = "tab=all&source=suggestion"
    assert f'href="/leads/{cy}?{queue}"'.replace("&", "&amp;") in client.get(f"/leads?{queue}").text
    assert "Next: Cy Secret" in told(client.get(f"/leads/{ann}?{queue}"))
    assert "Next:" not in told(client.get(f"/leads/{cy}?{queue}"))
    queue = "tab=new&sort=-name"
    page = client.get(f"/leads/{ann}?{queue}")
    assert "Next: Bo Ek" in told(page)
    assert f'href="/leads?{queue}"'.replace("&", "&amp;") in page.text
    led = client.post(f"/leads/{ann}/disqualify?{queue}", data={"reason": "no_fit"})
    assert led.location == f"/leads/{ann}?{queue}&then={bo}"
    assert "Next: Bo Ek" in told(client.get(led.location))
    wrong = client.post(f"/leads/{bo}/disqualify?{queue}", data={"reason": ""})
    assert "Next: Cy Secret" in told(wrong)
    bulk = client.post(f"/leads/choose?{queue}", data={"act": "convert", "everybody": "yes"})
    assert f'action="/leads/convert?{queue}'.replace("&", "&amp;") in client.get(bulk.location).text


def test_a_lead_about_somebody_hidden_is_nobodys_to_strangers(client: FlaskClient, world: Ids) -> None:
    sign_in(client, SAM)
    assert client.get(f"/leads/{world['cy']}").status_code == 404
    assert "Cy Secret" not in client.get("/leads?tab=all").text + client.get("/search?q=secret").text
    assert client.post(f"/leads/{world['cy']}/try", data={"method": "call", "outcome": "reached"}).status_code == 404
    assert client.get(f"/leads/convert?ids={world['cy']}").status_code == 404


def test_a_lead_about_somebody_hidden_is_given_to_no_stranger(
    client: FlaskClient, session: Session, world: Ids
) -> None:
    sign_in(client, OLIVE)
    one = client.post(f"/leads/{world['cy']}/owner", data={"to": world["sam"]})
    assert one.status_code == 422
    assert "may not see whom this is about" in told(one)
    ids = {"ids": [world["ann"], world["cy"]], "to": world["sam"]}
    assert "Sam Stranger may not see whom it is about" in told(client.get("/leads/chosen/owner", query_string=ids))
    assert client.post("/leads/chosen/owner", data=ids | {"agreed": "1"}).status_code == 303
    owners = {row.id: row.owner_id for row in session.scalars(select(Lead))}
    assert (owners[world["ann"]], owners[world["cy"]]) == (world["sam"], None)
    assert session.scalars(select(Outbox.subject)).all() == ["A lead for you: Ann Lee"]


def test_what_is_done_to_a_lead_is_said_and_taken_back(client: FlaskClient, session: Session, world: Ids) -> None:
    sign_in(client, OLIVE)
    here = f"/leads/{world['ann']}"
    wrong = client.post(f"{here}/try", data={"method": "call", "note": "What she said"})
    assert wrong.status_code == 422
    assert "Say what came of it" in wrong.text
    assert "What she said" in wrong.text
    client.post(f"{here}/try", data={"method": "call", "outcome": "left_word", "note": "On the machine"})
    page = told(client.get(here))
    assert "Call: left word" in page
    assert "“Yes, write &lt;to&gt; me.”" in page
    client.post(f"{here}/disqualify", data={"reason": "not_now", "words": "Sells the house"})
    assert "Not now: Sells the house" in told(client.get(here))
    undo(client, session)
    assert session.get_one(Lead, world["ann"]).status == "working"
    session.rollback()
    client.post(f"{here}/follow-up", data={"follow_up_on": TODAY.isoformat()})
    assert "Ann Lee" in told(client.get("/leads?tab=due"))
    assert client.post(f"{here}/disqualify", data={"reason": ""}).status_code == 422
    for said in ("It is theirs now. They have a mail about it.", "It is theirs now. Undo"):
        given = client.post(f"{here}/owner", data={"to": world["sam"]})
        assert said in told(client.get(given.location))
    stale = client.post(f"{here}/owner", data={"to": "", "version": "1"})
    assert stale.status_code == 409
    assert session.scalars(select(LeadAttempt.note)).all() == ["On the machine"]


def test_readers_look_and_do_nothing(client: FlaskClient, world: Ids) -> None:
    sign_in(client, REX)
    assert "Log a try" not in client.get(f"/leads/{world['bo']}").text
    assert client.post(f"/leads/{world['bo']}/fit", data={"interest": "3"}).status_code == 403


def test_many_are_not_disqualified_without_a_reason(client: FlaskClient, world: Ids) -> None:
    sign_in(client, OLIVE)
    ids = [world["ann"], world["bo"]]
    page = client.get(f"/leads/chosen/disqualify?tab=all&ids={ids[0]}&ids={ids[1]}")
    assert "Choose why." not in told(page)
    assert "Disqualify 2" in told(page)
    without = client.post("/leads/chosen/disqualify?tab=all", data={"ids": ids, "reason": "", "agreed": "2"})
    assert without.status_code == 422
    assert "Choose why." in told(without)


def test_where_nothing_is_ticked_the_queue_says_so(client: FlaskClient, world: Ids) -> None:
    sign_in(client, SAM)
    for act in ("owner", "convert"):
        led = client.post("/leads/choose?tab=all", data={"act": act})
        assert led.headers["Location"] == "/leads?tab=all"
    assert "Tick a lead first." in told(client.get("/leads?tab=all"))
    all_of_them = client.post("/leads/choose?tab=all", data={"act": "convert", "everybody": "yes"})
    assert all_of_them.headers["Location"] == f"/leads/convert?ids={world['ann']}&ids={world['bo']}&tab=all"


def test_many_at_once_are_announced_done_and_taken_back(client: FlaskClient, session: Session, world: Ids) -> None:
    sign_in(client, OLIVE)
    ids = [world["ann"], world["bo"]]
    led = client.post("/leads/choose?tab=all", data={"act": "disqualify", "ids": ids})
    page = client.get(f"{led.headers['Location']}&reason=no_fit")
    assert "2 leads out of the queue, for good." in told(page)
    address = "/leads/chosen/disqualify?tab=all"
    moved = client.post(address, data={"ids": ids, "reason": "no_fit", "agreed": "1"})
    assert moved.status_code == 409
    done = client.post(address, data={"ids": ids, "reason": "no_fit", "agreed": "2"})
    assert done.status_code == 303
    assert {session.get_one(Lead, one).status for one in ids} == {"disqualified"}
    session.rollback()
    result = client.get(done.headers["Location"])
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', result.text) == ["/leads"]
    assert "2 leads out of the queue, for good. Undo" in told(result)
    undo(client, session)
    assert {session.get_one(Lead, one).status for one in ids} == {"new"}
    session.rollback()
    assert "1 lead goes to Olive Officer." in told(client.get(f"/leads/chosen/owner?ids={ids[0]}"))
    assert f'value="{TODAY.isoformat()}"' in client.get(f"/leads/chosen/follow-up?ids={ids[0]}").text
    filtered = f"/leads/chosen/owner?tab=all&owner={world['sam']}&everybody=yes&to={world['sam']}"
    assert "1 lead of those chosen" in told(client.get(filtered))
    assert "Theirs already" in told(client.get(f"/leads/chosen/owner?ids={world['bo']}&to={world['sam']}"))


def test_suggested_are_taken_up_or_put_off(client: FlaskClient, session: Session, world: Ids) -> None:
    sign_in(client, ADA)
    rule = {"name": "Known", "reason": "Is in the file", "open": "all", "field": "name", "operator": "contains"}
    made = client.post("/settings/suggestions/new", data={**rule, "value": "Ann", "close": "", "act": "save"})
    assert made.status_code == 303, told(made)
    assert client.post("/settings/suggestions/new", data={**rule, "value": "", "act": "save"}).status_code == 422
    sign_in(client, OLIVE)
    page = client.get("/leads/suggested")
    assert "Is in the file" in page.text
    assert f'href="/constituents/{world["known"]}"' in page.text
    ids = [world["known"]]
    led = client.post("/leads/suggested/choose", data={"act": "not_now", "ids": ids})
    assert "1 person: Ann Lee" in told(client.get(led.headers["Location"]))
    assert client.post("/leads/suggested/not-now", data={"ids": ids, "words": "Sick"}).status_code == 422
    client.post("/leads/suggested/not-now", data={"ids": ids, "reason": "not_now"})
    assert "Nobody is suggested" in client.get("/leads/suggested").text
    undo(client, session)
    took = client.post("/leads/suggested/choose", data={"act": "take_up", "ids": ids})
    lead = session.scalars(select(Lead).order_by(Lead.id.desc()).limit(1)).one()
    assert took.headers["Location"] == f"/leads/{lead.id}"
    assert (lead.constituent_id, lead.reason) == (world["known"], "Is in the file")
    session.rollback()
    assert client.post("/leads/suggested/choose", data={"act": "take_up", "ids": ids}).status_code == 409


def test_a_rule_is_shown_in_words_and_put_out_of_use(client: FlaskClient, session: Session, world: Ids) -> None:
    within = open_change(session, "test", act=Act(by=None, at=now(), through="web"))
    criteria = {"field": "name", "operator": "contains", "value": "Lee"}
    row = add_rule(session, RuleDraft("Lees", "Is a Lee", criteria), within=within).id
    session.commit()
    sign_in(client, ADA)
    assert "contains" in told(client.get("/settings/suggestions"))
    assert "Is a Lee" in client.get(f"/settings/suggestions/{row}").text
    client.post(f"/settings/suggestions/{row}/activate", data={"active": "no"})
    assert session.get_one(SuggestionRule, row).is_active is False


def test_reports_open_with_who_is_behind_and_as_files(client: FlaskClient, world: Ids) -> None:
    sign_in(client, OLIVE)
    assert "Ann Lee" in told(client.get("/reports/lead-sources?source=Web+form&step=leads"))
    assert "Waiting" in told(client.get("/reports/lead-sources"))
    assert "Half are answered within" in told(client.get("/reports/answer-times"))
    assert "Who brings people" not in told(client.get("/reports/introducers"))
    for name in ("lead-sources", "introducers", "answer-times"):
        assert "definition" in client.post(f"/reports/{name}/file", data={"form": "json"}).text
        assert client.post(f"/reports/{name}/file?as_of=2020-01-01", data={"form": "csv"}).status_code == 200
    assert "No lead had come in by then" in told(client.get("/reports/lead-sources?as_of=2020-01-01"))
