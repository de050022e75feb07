"""Settings › Lead forms: a form is made, looked at, changed and closed; the rota; own hosts; keys of programs."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from donors.core.settings import organization
from donors.leads.models import Lead, LeadConsent, LeadForm, RotaPlace
from donors.web.lead_form.limits import Limits
from tests.cast import ADA, DORA, OLIVE, SAM, Person, sign_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VISITS = {
    "name": "Visits",
    "title": "Come & see",
    "asks": ["phone", "address", "introduced_by", "message"],
    "interests": "Birds\r\nBoats\r\n",
    "consent_email": "You may write <to> me.",
    "source": "web_form",
    "answer_hours": "8",
}


@pytest.fixture
def made(limits: Limits, client: FlaskClient, session: Session, cast: dict[Person, int]) -> LeadForm:
    """A form that Ada has made, with own hosts, and Sam and Olive on the rota."""
    sign_in(client, ADA)
    hosts = {"own_hosts": "https://www.river.example/give\r\nriver.example", "late_leads_to": "next"}
    assert client.post("/settings/leads/hosts", data=hosts).status_code == 303
    rota = {f"place-{cast[OLIVE]}": "2", f"place-{cast[SAM]}": "1", f"place-{cast[ADA]}": ""}
    assert client.post("/settings/leads/rota", data=rota).status_code == 303
    assert client.post("/settings/leads/forms/new", data=VISITS).status_code == 303
    form = session.scalars(select(LeadForm)).one()
    session.expunge(form)
    session.commit()
    return form


def test_a_form_is_made(client: FlaskClient, session: Session, made: LeadForm, cast: dict[Person, int]) -> None:
    assert (made.interests, made.answer_hours) == (["Birds", "Boats"], 8)
    assert made.consents == [{"channel": "email", "wording": "You may write <to> me."}]
    here = organization(session)
    assert (here.own_hosts, here.late_leads_to) == (("www.river.example", "river.example"), "next")
    rota = session.scalars(select(RotaPlace.user_id).order_by(RotaPlace.position)).all()
    assert rota == [cast[SAM], cast[OLIVE]]
    page = client.get(f"/settings/leads/forms/{made.id}").text
    assert f"/f/{made.token}" in page
    html = unescape(re.search(r"<textarea[^>]*id=\"html\"[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])  # type: ignore[index]
    names = set(re.findall(r' name="(\w+)"', html))
    assert names >= {"family_name", "email", "phone", "street", "introduced_by", "message", "interest", "consent"}
    assert "You may write &lt;to&gt; me." in html
    assert "<script" not in html
    sent = {
        "family_name": "Vega",
        "email": "v@example.org",
        "consent": re.search(r'name="consent" value="([^"]+)"', html)[1],  # type: ignore[index]
    }
    session.commit()
    answer = client.post(f"/f/{made.token}", data=sent, headers={"Origin": "https://river.example"})
    assert answer.status_code == 303
    assert session.scalars(select(LeadConsent.wording)).one() == "You may write <to> me."


def test_what_cannot_be_kept_is_said(client: FlaskClient, session: Session, made: LeadForm) -> None:
    wrong = {**VISITS, "redirect_to": "https://evil.example/", "version": "1"}
    answer = client.post(f"/settings/leads/forms/{made.id}", data=wrong)
    assert (answer.status_code, "not an address on a host of your own" in answer.text.lower()) == (422, True)
    stale = client.post(f"/settings/leads/forms/{made.id}", data={**VISITS, "version": "7"})
    assert (stale.status_code, "in the meantime" in stale.text) == (409, True)
    look = client.post("/settings/leads/forms/look", data={**VISITS, "title": "Another <heading>"})
    assert (look.status_code, "Another &lt;heading&gt;" in look.text) == (200, True)
    hosts = client.post("/settings/leads/hosts", data={"own_hosts": "not a host", "late_leads_to": "next"})
    assert (hosts.status_code, "not the name of a host" in hosts.text) == (422, True)
    assert client.post(f"/settings/leads/forms/{made.id}/active", data={"active": "no"}).status_code == 303
    assert client.get(f"/f/{made.token}").status_code == 410


def test_directors_read_and_officers_stay_out(client: FlaskClient, made: LeadForm) -> None:
    sign_in(client, DORA)
    assert client.get(f"/settings/leads/forms/{made.id}").status_code == 200
    assert client.post("/settings/leads/forms/new", data=VISITS).status_code == 403
    assert client.post(f"/settings/leads/forms/{made.id}", data={**VISITS, "version": "1"}).status_code == 403
    sign_in(client, OLIVE)
    assert client.get("/settings/leads").status_code == 403


@pytest.fixture
def key(client: FlaskClient, made: LeadForm) -> str:
    """The key of the form, as the page tells it once."""
    page = client.post(f"/settings/leads/forms/{made.id}/key").text
    return re.search(r'id="key" value="([^"]+)"', page)[1]  # type: ignore[index]


def test_programs_send_json(client: FlaskClient, session: Session, made: LeadForm, key: str) -> None:
    def send(body: Any, **headers: str) -> TestResponse:
        told = {"Authorization": f"Bearer {key}"} | {name.replace("_", "-"): text for name, text in headers.items()}
        return client.post(f"/f/{made.token}", json=body, headers=told)

    iris = {
        "given_name": "Iris",
        "email": "iris@example.org",
        "source": "event",
        "consents": [{"channel": "post", "wording": "Our words", "granted": False}],
    }
    first = send(iris, Idempotency_Key="4711")
    assert (first.status_code, first.json["taken"]) == (201, "now")
    again = send({**iris, "city": "Elsewhere"}, Idempotency_Key="4711")
    assert (again.status_code, again.json) == (200, {"lead": first.json["lead"], "taken": "before"})
    [lead] = session.scalars(select(Lead)).all()
    assert (lead.source, lead.owner_id is not None, lead.answer_due_at is not None) == ("event", True, True)
    said = session.scalars(select(LeadConsent)).one()
    assert (said.channel, said.granted, said.wording) == ("post", False, "Our words")
    session.commit()
    assert send(iris, Authorization="Bearer another").status_code == 401
    wrong = send({"email": 7, "nickname": "x", "interests": "Birds"})
    assert (wrong.status_code, {one["field"] for one in wrong.json["errors"]}) == (
        422,
        {"email", "nickname", "interests"},
    )
    assert all(one["problem"] and one["remedy"] for one in wrong.json["errors"])
    assert send({"email": "iris@"}).json["errors"][0]["value"] == "iris@"
    assert send([]).status_code == 400
    headers = {"Authorization": f"Bearer {key}"}
    deep = client.post(f"/f/{made.token}", data="[" * 60_000, content_type="application/json", headers=headers)
    assert deep.status_code == 400
    assert client.post(f"/settings/leads/forms/{made.id}/key", data={"drop": "yes"}).status_code == 303
    assert send(iris).status_code == 401
