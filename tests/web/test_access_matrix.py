"""Every route, every role: the declared table is what happens, and nothing that is not declared is open."""

import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from donors.accounts.models import AuditEvent
from donors.accounts.permissions import PERMISSIONS, carries
from donors.web.access import FRESH, TABLE, WORDS, need_of
from tests.cast import CAST, EACH_ONCE, SAM, Person, sign_in

ANYBODY = {"bare", "public"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
SEE = "settings.read"
# No scheduler runs here, and that is what it answers.
TELLS_OF_TROUBLE = {"health.health_page"}
# Doors leave rows of their own on a GET: a session is touched, a refusal is recorded.
# Answers of reports are kept when they were found; they hold nothing that the facts do not.
AT_THE_DOOR = {"sign_in_session", "audit_event", "sign_in_attempt", "answer"}
VALUES = {"int": 987654321, "string": "nobody", "path": "no/where", "date": "2026-03-09", "uuid": "0" * 32}


def rules(app: Flask) -> list[Rule]:
    """All routes."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def calls(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and address of everything that can be asked, with ids that nobody has."""
    found = []
    for rule in rules(app):
        converters = rule._converters
        values = {name: _value(converters[name].__class__.__name__) for name in rule.arguments}
        built = rule.build(values)
        assert built is not None, rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((rule.endpoint, method, built[1]))
    return found


def _value(converter: str) -> object:
    known = converter.removesuffix("Converter").lower()
    return VALUES.get({"integer": "int", "unicode": "string", "anyconverter": "string"}.get(known, known), "nobody")


def ask(client: FlaskClient, method: str, path: str) -> TestResponse:
    """One request, without following."""
    return client.open(path, method=method)


def was_refused(response: TestResponse) -> bool:
    """Whether the door stayed shut: 403, or the way to the sign-in."""
    return response.status_code == 403 or "/accounts/sign-in" in response.headers.get("Location", "")


def test_every_route_is_declared_and_every_line_is_a_route(app: Flask) -> None:
    routes = {rule.endpoint for rule in rules(app)}
    declared = {f"{part}.{view}".lstrip(".") for part, views in TABLE.items() for view in views}
    assert routes - declared == set(), "declare these in donors/web/access.py"
    assert declared - routes == set(), "no page answers to these lines of donors/web/access.py"
    assert declared >= FRESH


def test_every_need_is_known() -> None:
    needs = set(itertools.chain.from_iterable(views.values() for views in TABLE.values()))
    assert needs <= set(PERMISSIONS) | WORDS


def test_who_may_only_see_the_settings_sends_nothing_to_them(app: Flask) -> None:
    sent = [(method, path) for endpoint, method, path in calls(app) if method in UNSAFE and need_of(endpoint) == SEE]
    assert sent == []


def test_a_stranger_from_the_street_meets_the_sign_in(app: Flask, client: FlaskClient) -> None:
    for endpoint, method, path in calls(app):
        response = ask(client, method, path)
        assert was_refused(response) == (need_of(endpoint) not in ANYBODY), (method, path, response.status)


@pytest.mark.parametrize(("person", "database"), EACH_ONCE, indirect=["database"])
def test_every_route_opens_for_the_roles_of_the_table(
    app: Flask, client: FlaskClient, cast: dict[Person, int], person: Person
) -> None:
    for endpoint, method, path in calls(app):
        if endpoint == "accounts.sign_out":
            continue
        sign_in(client, person)
        need = need_of(endpoint) or ""
        allowed = need in WORDS or carries(person.role, need)
        response = ask(client, method, path)
        assert was_refused(response) == (not allowed), (person.role, method, path, response.status)
        assert response.status_code < 500 or endpoint in TELLS_OF_TROUBLE, (person.role, method, path)


def test_an_undeclared_route_is_shut_for_everybody(own_app: Flask, cast: dict[Person, int]) -> None:
    own_app.add_url_rule("/back-door", "back_door", lambda: "open")
    client = own_app.test_client()
    for person in CAST:
        sign_in(client, person)
        assert client.get("/back-door").status_code == 403


WITHOUT_TOKEN = frozenset({"unsubscribe.confirm", "lead_form.send"})
"""Mail programs post to the first by themselves, and its signed address is the token; to the second all the world may
post, and nobody is looked up, so that nothing is done in anybody's name."""


def test_no_unsafe_method_without_its_token(app: Flask, client: FlaskClient, cast: dict[Person, int]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for endpoint, method, path in calls(app):
        if method in UNSAFE and endpoint not in WITHOUT_TOKEN:
            person = next(person for person in CAST if _may(person, endpoint))
            sign_in(client, person)
            assert ask(client, method, path).status_code == 400, (method, path)


def test_no_get_changes_the_database(
    app: Flask, client: FlaskClient, cast: dict[Person, int], session: Session
) -> None:  # fmt: skip
    before = fingerprint(session)
    for endpoint, method, path in calls(app):
        if method == "GET":
            person = next(person for person in CAST if _may(person, endpoint))
            sign_in(client, person)
            ask(client, method, path)
    assert fingerprint(session) == before


def test_a_refusal_is_recorded(client: FlaskClient, cast: dict[Person, int], session: Session) -> None:
    sign_in(client, SAM)
    assert client.get("/settings/users").status_code == 403
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.what == "access refused"))
    assert event.user_id == cast[SAM]
    assert event.detail == {"endpoint": "settings_users.users_page", "permission": "users.manage"}


def fingerprint(session: Session) -> dict[str, list[str]]:
    """All rows of all tables but those at the door, as text."""
    names = set(inspect(session.get_bind()).get_table_names()) - AT_THE_DOOR
    found = {}
    for name in sorted(names):
        found[name] = sorted(repr(tuple(row)) for row in session.execute(text(f'SELECT * FROM "{name}"')))
    session.rollback()
    return found


def _may(person: Person, endpoint: str) -> bool:
    need = need_of(endpoint) or ""
    return need in WORDS or carries(person.role, need)
