"""The public form: what is taken, what is asked once more, where somebody is led, and what is kept of it."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.settings import organization, set_organization
from donors.leads.arrivals import LIMITS, OF_FORM, prune_arrivals
from donors.leads.forms import FormDraft, add_form, change_form, mark_of, set_form_active
from donors.leads.models import Lead, LeadArrival, LeadConsent, LeadForm
from donors.leads.new_lead import NewLead
from donors.leads.receive import receive_many
from donors.leads.rota import set_rota
from donors.mail.models import Outbox
from donors.web.lead_form.limits import Limits
from donors.web.lead_form.sealed import Sealer
from tests.cast import OLIVE, Person
from tests.harness.application import SECRET

LETTER = "You may write to me about <visits> & talks."
DRAFT = FormDraft(
    "Visits",
    "Come and see the river",
    "We show you round.",
    asks=("phone", "message", "introduced_by"),
    interests=("Birds", "Boats"),
    consents=(("email", LETTER), ("phone", "You may call me.")),
    answer_hours=24,
)
IRIS = {
    "given_name": "Iris",
    "family_name": "Núñez",
    "email": "iris@example.org",
    "message": "Hello\r\nthere",
    "interest": ["Birds", "Bombs"],
    "consent": [f"email-{mark_of(LETTER)}"],
}
HERE = {"Origin": "http://localhost"}


@pytest.fixture
def form(limits: Limits, session: Session, cast: dict[Person, int]) -> LeadForm:
    """A form with Olive on the rota, on a day on which nobody has sent anything."""
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_rota(session, [cast[OLIVE]], within=change)
    made = add_form(session, DRAFT, within=change)
    session.flush()
    session.expunge(made)  # so that nothing of it is read while the application writes
    session.commit()
    return made


def sealed(form: LeadForm, ago: timedelta = timedelta(minutes=1)) -> str:
    """The time in a form that was opened so long ago."""
    return Sealer((SECRET,)).seal(form.token, now() - ago)


def send(client: FlaskClient, form: LeadForm, given: dict[str, Any], **headers: str) -> TestResponse:
    """Sends the form from its own page, opened a minute ago."""
    return client.post(f"/f/{form.token}", data={"sealed": sealed(form), **given}, headers={**HERE, **headers})


def leads(session: Session) -> list[Lead]:
    """All leads, as they are now."""
    session.expire_all()
    found = list(session.scalars(select(Lead).order_by(Lead.id)))
    session.expunge_all()
    session.commit()
    return found


def test_what_is_sent_is_kept_and_told(client: FlaskClient, session: Session, form: LeadForm, cast: Any) -> None:
    page = client.get(f"/f/{form.token}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text
    assert " checked" not in page.text
    assert unescape(page.text).count(LETTER) == 1
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    answer = send(client, form, IRIS)
    assert (answer.status_code, answer.location) == (303, f"/f/{form.token}/thanks")
    assert "Set-Cookie" not in answer.headers
    assert "Thank you" in client.get(answer.location).text
    [lead] = leads(session)
    assert (lead.given_name, lead.family_name, lead.message) == ("Iris", "Núñez", "Hello\nthere")
    assert (lead.interests, lead.source, lead.form_id, lead.owner_id) == (["Birds"], "web_form", form.id, cast[OLIVE])
    assert lead.answer_due_at is not None
    said = session.scalars(select(LeadConsent)).one()
    assert (said.channel, said.wording, said.granted) == ("email", LETTER, True)
    mail = session.scalars(select(Outbox)).one()
    assert (mail.to_address, mail.subject) == (OLIVE.email, "New lead: Iris Núñez")
    assert all(words in mail.text_body for words in ("iris@example.org", "> Hello\n> there", f"/leads/{lead.id}\n"))
    arrival = session.scalars(select(LeadArrival)).one()
    assert (arrival.network, arrival.outcome) == ("127.0.0.0/24", "taken")


def test_the_same_twice_is_one_lead(client: FlaskClient, session: Session, form: LeadForm) -> None:
    for _ in range(2):
        assert send(client, form, IRIS).status_code == 303
    assert len(leads(session)) == 1
    assert session.scalar(select(func.count()).select_from(Outbox)) == 1
    session.commit()
    assert send(client, form, {**IRIS, "message": "And one more thing."}).status_code == 303
    assert len(leads(session)) == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": ""}, "Give an e-mail address"),
        ({"email": "iris at example"}, "Is not an e-mail address"),
        ({"given_name": "", "family_name": ""}, "Give your name"),
        ({"family_name": "N\x00úñez"}, "cannot be shown"),
        ({"message": "x" * 5001}, "longer than 5,000"),
        ({"phone": "my number"}, "not a telephone number"),
        ({"consent": ["email-0123456789ab"]}, "words of a consent have changed"),
        ({"sealed": ""}, "send it from here"),
        ({"sealed": "forged"}, "send it from here"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client: FlaskClient, session: Session, form: LeadForm, given: dict[str, Any], words: str
) -> None:
    answer = send(client, form, {**IRIS, "introduced_by": "Old <Joe>", **given})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Old &lt;Joe&gt;"' in answer.text
    assert re.search(r'value="Birds" checked', answer.text)
    assert leads(session) == []


@pytest.mark.parametrize(
    ("ago", "words"), [(timedelta(seconds=1), "That was quick"), (timedelta(days=2), "open for long")]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_too_quick_and_too_old_are_asked_again(
    client: FlaskClient, session: Session, form: LeadForm, ago: timedelta, words: str
) -> None:
    answer = send(client, form, {**IRIS, "sealed": sealed(form, ago)})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="iris@example.org"' in answer.text
    assert leads(session) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_machine_in_the_trap_reads_the_same_thanks(client: FlaskClient, session: Session, form: LeadForm) -> None:
    answer = send(client, form, {**IRIS, "website": "http://spam.example"})
    assert (answer.status_code, answer.location) == (303, f"/f/{form.token}/thanks")
    assert leads(session) == []
    assert session.scalars(select(LeadArrival.outcome)).all() == ["trapped"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_own_hosts_may_send_and_are_led_to(client: FlaskClient, session: Session, form: LeadForm) -> None:
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_organization(session, replace(organization(session), own_hosts=("river.example",)), within=change)
    draft = replace(DRAFT, redirect_to="https://river.example/thanks")
    change_form(session, session.get_one(LeadForm, form.id), draft, within=change, expect=None)
    session.commit()
    policy = client.get(f"/f/{form.token}").headers["Content-Security-Policy"]
    assert "form-action 'self' https://river.example;" in policy
    path, given = f"/f/{form.token}", {**IRIS, "sealed": ""}
    foreign = client.post(path, data=given, headers={"Origin": "https://river.example.evil.example"})
    assert (foreign.status_code, len(leads(session))) == (422, 0)
    null = client.post(path, data=given, headers={"Origin": "null"})
    assert (null.status_code, 'value="Iris"' in null.text) == (422, True)
    own = client.post(path, data=given, headers={"Origin": "https://river.example"})
    assert (own.status_code, own.location) == (303, "https://river.example/thanks")
    assert len(leads(session)) == 1
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_organization(session, replace(organization(session), own_hosts=()), within=change)
    session.commit()
    assert send(client, form, {**IRIS, "message": "2"}).location == f"/f/{form.token}/thanks"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_network_sends_so_many_and_no_more(client: FlaskClient, session: Session, form: LeadForm) -> None:
    many = [
        LeadArrival(at=now(), network="127.0.0.0/24", form_id=form.id, outcome="taken") for _ in range(LIMITS[0][1])
    ]
    session.add_all(many)
    session.commit()
    answer = send(client, form, IRIS)
    assert (answer.status_code, 'value="Iris"' in answer.text, leads(session)) == (429, True, [])
    assert prune_arrivals(session, before=now() + timedelta(1), limit=100) == len(many)
    session.commit()
    assert send(client, form, IRIS).status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_form_takes_so_many_an_hour(client: FlaskClient, session: Session, form: LeadForm) -> None:
    change = open_change(session, "test", act=Act(None, now(), "web"))
    many = [NewLead("web_form", email="a@example.org", form_id=form.id, by_rota=False)] * OF_FORM[1]
    receive_many(session, many, within=change, at=now(), on=now().date())
    session.commit()
    answer = send(client, form, IRIS)
    assert (answer.status_code, 'value="Iris"' in answer.text, len(leads(session))) == (429, True, OF_FORM[1])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_closed_form_and_none_at_all(client: FlaskClient, session: Session, form: LeadForm) -> None:
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_form_active(session, session.get_one(LeadForm, form.id), active=False, within=change)
    session.commit()
    closed = send(client, form, IRIS)
    assert (closed.status_code, "form is closed" in closed.text, leads(session)) == (410, True, [])
    nowhere = client.get("/f/nobody-knows-it")
    assert (nowhere.status_code, "no form here" in nowhere.text) == (404, True)
