"""Posts that mean harm: nothing is carried out, nothing breaks, nothing is kept that should not be."""

import socket
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.settings import organization
from donors.leads.forms import FormDraft, add_form
from donors.leads.models import Lead, LeadForm
from donors.leads.rota import set_rota
from donors.mail.message import Stationery, message_of
from donors.mail.models import Outbox
from donors.web.lead_form.guard import LARGEST_BODY, PATIENCE, Guard, Refusal
from donors.web.lead_form.limits import Limits
from donors.web.lead_form.sealed import Sealer
from tests.cast import OLIVE, Person, sign_in
from tests.harness.application import SECRET
from tests.harness.processes import Live

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ASKS = ("title", "organization", "phone", "address", "introduced_by", "message")
SCRIPT = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}${7*7}'; DROP TABLE lead; --"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def form(limits: Limits, session: Session, cast: dict[Person, int]) -> LeadForm:
    """A form that asks for everything, with Olive on the rota."""
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_rota(session, [cast[OLIVE]], within=change)
    made = add_form(session, FormDraft("All", "All", asks=ASKS, interests=("Birds",)), within=change)
    session.flush()
    session.expunge(made)
    session.commit()
    return made


def sealed(form: LeadForm) -> str:
    """The time in a form that was opened long enough ago."""
    return Sealer((SECRET,)).seal(form.token, now() - timedelta(minutes=1))


def test_scripts_are_words_wherever_they_are_shown(
    app: Flask, client: FlaskClient, session: Session, form: LeadForm
) -> None:
    names = ("title", "given_name", "family_name", "organization", "street", "city", "region", "introduced_by")
    given = {name: f"{SCRIPT} {name}" for name in (*names, "message")}
    sent = {**given, "email": "x@example.org", "sealed": sealed(form)}
    refused = client.post(f"/f/{form.token}", data={**sent, "email": SCRIPT}, headers={"Origin": "http://localhost"})
    assert (refused.status_code, SCRIPT in refused.text, SCRIPT in unescape(refused.text)) == (422, False, True)
    answer = client.post(f"/f/{form.token}", data=sent, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303
    lead = session.scalars(select(Lead)).one()
    assert lead.family_name == f"{SCRIPT} family_name"
    mail = session.scalars(select(Outbox)).one()
    assert (mail.html_body, SCRIPT in mail.text_body) == ("", True)
    standing = {rule.rule for rule in app.url_map.iter_rules()}
    wanted = {"/today": "/today", "/leads": "/leads", "/leads/<int:lead_id>": f"/leads/{lead.id}"}
    pages = [path for rule, path in wanted.items() if rule in standing]
    session.commit()
    sign_in(client, OLIVE)
    for path in pages:
        page = client.get(path)
        assert page.status_code == 200, path
        assert SCRIPT in unescape(page.text), path
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path


def test_line_breaks_in_names_end_in_no_head(client: FlaskClient, session: Session, form: LeadForm) -> None:
    evil = "Iris\r\nBcc: all@example.org\r\n\r\nGive us money"
    given = {"given_name": evil, "family_name": "V", "email": "x@example.org", "sealed": sealed(form)}
    assert client.post(f"/f/{form.token}", data=given, headers={"Origin": "http://localhost"}).status_code == 303
    mail = session.scalars(select(Outbox)).one()
    message = message_of(mail, Stationery(organization(session), "here.example"), at=now())
    assert message["Bcc"] is None
    assert message["Subject"] == "New lead: Iris Bcc: all@example.org Give us money V"
    assert Address(addr_spec=message["To"]).addr_spec == OLIVE.email


HOSTILE: dict[str, dict[str, Any]] = {
    "parameters": {"data": "&".join(f"a{n}=b" for n in range(9000)), "content_type": FORM},
    "one name": {"data": "email=a&" * 9000, "content_type": FORM},
    "a file": {"data": {"given_name": (BytesIO(b"x" * 2000), "evil.exe")}, "content_type": "multipart/form-data"},
    "text": {"data": "given_name=Iris", "content_type": "text/plain"},
    "xml": {"data": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "content_type": "text/xml"},
    "nothing": {"data": b"", "content_type": FORM},
    "bytes": {"data": bytes(range(256)) * 20, "content_type": FORM},
    "broken letters": {"data": "given_name=%ff%fe%00&family_name=%c3%28&email=%00", "content_type": FORM},
    "surrogates": {"data": "given_name=%ed%a0%80&email=x@example.org", "content_type": FORM},
    "deep json": {"data": "[" * 60_000, "content_type": "application/json"},
    "json without a key": {"json": {"email": "x@example.org"}},
    "a key of another kind": {"json": {}, "headers": {"Authorization": "Basic YTpi"}},
    "a forged origin": {
        "data": "email=x@example.org&given_name=I",
        "content_type": FORM,
        "headers": {"Origin": "https://evil.example"},
    },
    "an origin of many lines": {"data": "email=x@example.org", "content_type": FORM, "headers": {"Origin": "x" * 9000}},
    "a strange type": {"data": "x", "content_type": "application/x-www-form-urlencoded; charset=utf-7"},
    "another method": {"method": "PUT", "data": "email=x@example.org", "content_type": FORM},
    "removal": {"method": "DELETE"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_breaks(client: FlaskClient, session: Session, form: LeadForm, name: str) -> None:
    asked = {"method": "POST"} | HOSTILE[name]
    answer = client.open(f"/f/{form.token}", **asked)
    assert answer.status_code in {400, 401, 405, 411, 413, 415, 422}, answer.status
    assert "Set-Cookie" not in answer.headers
    assert "Traceback" not in answer.text
    assert session.scalars(select(Lead)).all() == []


@pytest.mark.parametrize("path", ["/f/", "/f/%00", "/f/..%2f..%2fetc", f"/f/{'x' * 3000}", "/f/a'b--", "/f/é"])
def test_strange_addresses_are_no_forms(client: FlaskClient, form: LeadForm, path: str) -> None:
    for method in ("GET", "POST"):
        answer = client.open(path, method=method, data={"email": "x@example.org"} if method == "POST" else None)
        assert answer.status_code in {400, 404, 405}, (method, answer.status)


def asked(guard: Guard, **environ: Any) -> str:
    """The status of a request to a guard."""
    told: list[str] = []
    full = {"PATH_INFO": "/f/x", "REQUEST_METHOD": "POST", "REMOTE_ADDR": "203.0.113.7", "CONTENT_LENGTH": "3"}
    full |= {"wsgi.input": BytesIO(b"a=b")}
    list(guard({**full, **environ}, lambda status, _headers: told.append(status)))
    return told[0].split()[0]


@pytest.fixture
def at() -> list[float]:
    """The instant, in seconds, for a test to move on."""
    return [6_000_000.0]


@pytest.fixture
def guard(database: str, at: list[float]) -> Guard:
    """A guard before an application that says yes to everything, and reads nothing."""

    def inner(environ: Any, start: Any) -> list[bytes]:
        assert "HTTP_COOKIE" not in environ
        start("200 OK", [])
        return []

    def page(refusal: Refusal) -> str:
        return refusal.words

    return Guard(inner, page, Limits(), clock=lambda: datetime.fromtimestamp(at[0], UTC))


def test_bodies_are_small_whole_and_of_known_length(guard: Guard, at: list[float]) -> None:
    def post(**more: Any) -> str:
        at[0] += 1
        return asked(guard, **more)

    assert post(HTTP_COOKIE="perennial=x") == "200"
    assert post(CONTENT_LENGTH="9") == "400"
    for unknown in ("", "-3", "٣"):
        assert post(CONTENT_LENGTH=unknown) == "411"
    for large in (str(LARGEST_BODY + 1), "9" * 5000):
        assert post(CONTENT_LENGTH=large) == "413"
    assert post(CONTENT_LENGTH=str(10 * 1024 * 1024), **{"wsgi.input": None}) == "413"


def test_a_flood_stays_at_the_guard(guard: Guard, at: list[float]) -> None:
    def post(**more: Any) -> str:
        at[0] += 0.005  # 200 in a second
        return asked(guard, **{"wsgi.input": BytesIO(b"a=b"), **more})

    one = [post() for _ in range(2000)]
    assert (one.count("200"), one.count("503"), one.count("429")) == (3, 9, 1988)
    addresses = (f"198.{n % 100}.{n // 100}.1" for n in range(2000))
    many = [post(REMOTE_ADDR=each) for each in addresses]
    assert set(many) == {"200", "503"}
    assert 30 <= many.count("200") <= 33
    assert asked(guard, REQUEST_METHOD="GET") == "200"


def test_what_a_proxy_says_counts_only_where_proxies_are_trusted(client: FlaskClient, form: LeadForm) -> None:
    told = [
        client.post(f"/f/{form.token}", data={"email": "x"}, headers={"X-Forwarded-For": f"198.51.{n}.1"}).status_code
        for n in range(14)
    ]
    assert told == [422] * 12 + [429] * 2


def raw(live: Live, head: str, body: bytes = b"", *, drip: float = 0.0) -> tuple[bytes, float]:
    """Sends bytes as they are, perhaps a few at a time, and reads the answer; and how long it took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", int(live.url.rpartition(":")[2])), timeout=30) as talk:
        talk.sendall(head.encode() + body)
        try:
            while drip and time.monotonic() - began < 20:
                talk.sendall(b"a")
                time.sleep(drip)
        except OSError:
            pass
        try:
            return talk.recv(4096), time.monotonic() - began
        except OSError:
            return b"", time.monotonic() - began


def test_a_body_that_never_ends_keeps_nobody_waiting(live_server: Live, form: LeadForm) -> None:
    head = f"POST /f/{form.token} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: {{}}\r\n\r\n"
    answer, took = raw(live_server, head.format(5000), b"given_name=Iris", drip=0.5)
    assert took < PATIENCE + 4
    assert not answer or b" 400 " in answer.split(b"\r\n")[0]
    large, took = raw(live_server, head.format(10 * 1024 * 1024), b"x" * 100_000)
    assert took < 4
    assert not large or b" 413 " in large.split(b"\r\n")[0]
    with urllib.request.urlopen(f"{live_server.url}/f/{form.token}", timeout=10) as page:
        assert page.status == 200
