"""Settings › Access record; and every view with real ids: it writes nothing on a GET, and fails in plain words."""

import logging
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from donors.accounts import audit
from donors.accounts.audit import Doing
from donors.core.clock import now
from tests.cast import ADA, DORA, OLIVE, SAM, Person, sign_in
from tests.harness.house import House
from tests.harness.routes import address, open_ids, pages, routes, secret_ids, tables_of

# Doors leave rows of their own on a GET: a session is touched, a refusal or an export is recorded.
AT_THE_DOOR = {"sign_in_session", "audit_event", "sign_in_attempt", "answer"}
one_system = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def record(session: Session, cast: dict[Person, int]) -> None:
    """A day at the doors: 60 sign-ins of Olive's and an export of Dora's between them."""
    for number in range(60):
        audit.note(session, "sign-in", doing=Doing(now(), cast[OLIVE], "192.0.2.7"))
        if number == 30:
            audit.note(session, "export", doing=Doing(now(), cast[DORA]), name="constituents", rows=12)
    session.commit()


def table_rows(html: str) -> list[str]:
    """The rows of the page's table, as text."""
    body = html[html.index("<tbody") : html.index("</tbody")]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("<tr>")[1:]]


def test_the_record_is_shown_and_narrowed(client: FlaskClient, cast: dict[Person, int], record: None) -> None:
    sign_in(client, DORA)
    page = client.get("/settings/access").text
    assert len(table_rows(page)) == 50
    older = re.search(r'href="([^"]*before=\d+[^"]*)"', page)
    assert older is not None
    assert 0 < len(table_rows(client.get(older[1].replace("&amp;", "&")).text)) < 50
    (export,) = table_rows(client.get("/settings/access?what=export").text)
    assert "Dora Director" in export
    assert "name: constituents, rows: 12" in export
    assert len(table_rows(client.get(f"/settings/access?user={cast[DORA]}").text)) == 1
    assert "Nothing was recorded" in client.get("/settings/access?what=export&before=1").text


def test_nonsense_falls_away(client: FlaskClient, cast: dict[Person, int], record: None) -> None:
    sign_in(client, ADA)
    assert client.get("/settings/access?what=%00&user=x&before=99999999999999999999999").status_code == 200


def test_not_everybody_reads_the_record(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, SAM)
    assert client.get("/settings/access").status_code == 403


def fingerprint(session: Session) -> dict[str, int]:
    """A checksum of every table but those at the door."""
    names = set(inspect(session.get_bind()).get_table_names()) - AT_THE_DOOR
    found = {name: hash(tuple(sorted(map(repr, session.execute(text(f'SELECT * FROM "{name}"')))))) for name in names}
    session.rollback()
    return found


def test_no_get_writes_when_there_is_something_to_show(
    app: Flask, client: FlaskClient, session: Session, house: House
) -> None:
    sign_in(client, ADA)
    secret = secret_ids(session, house)
    ids = open_ids(session, secret)
    before = fingerprint(session)
    fed = pages(app, ids) + [(rule, path) for rule, path in pages(app, {**ids, **secret}) if rule.arguments]
    for _rule, path in fed:
        client.get(path)
    after = fingerprint(session)
    assert [name for name in after if after[name] != before[name]] == []


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged as an error."""
    with caplog.at_level(logging.ERROR, logger="donors.web"):
        yield caplog


@one_system
def test_whatever_fails_a_view_answers_with_a_number_and_nothing_else(
    app: Flask, client: FlaskClient, session: Session, house: House, log: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    sign_in(client, ADA)
    ids = open_ids(session, secret_ids(session, house))
    for method in ("GET", "POST"):
        for rule in routes(app, method):
            if rule.endpoint in {"accounts.sign_out", "style.dialog"}:
                continue
            path = address(rule, {name: ids[table][0] for name, table in tables_of(rule).items()})
            answer = _broken(app, client, rule.endpoint, method, path)
            receipt = re.search(r"\b[0-9a-f]{8}\b", answer)
            assert receipt is not None, (method, path, answer[:300])
            assert receipt[0] in log.text, path
            assert not re.search(r"kaputt|Traceback|ZeroDivision|\.py\b", answer), path
            log.clear()


def _broken(app: Flask, client: FlaskClient, endpoint: str, method: str, path: str) -> str:
    def fail(**_arguments: object) -> str:
        raise ZeroDivisionError("kaputt: a secret of the inside")

    view = app.view_functions[endpoint]
    app.view_functions[endpoint] = fail
    try:
        answer = client.open(path, method=method, data={"some": "thing"} if method == "POST" else None)
    finally:
        app.view_functions[endpoint] = view
    assert answer.status_code == 500, (method, path, answer.status, answer.location)
    return answer.text
