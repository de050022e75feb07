"""What is confidential stays so: for strangers its ids answer 404 everywhere, and no page or file has a word of it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from donors.core.changes import Act, amend, open_change
from donors.core.clock import now
from donors.core.db import Base
from donors.pipeline.models import Move
from tests.cast import ADA, DORA, GINA, OLIVE, REX, SAM, VERA, Person, sign_in
from tests.harness.crawl import is_text, walk
from tests.harness.house import CALLED, FAMILY, PRIVATE, SAID, House
from tests.harness.routes import Ids, address, may, open_ids, pages, routes, secret_ids, tables_of

STRANGERS = (SAM, GINA, VERA, REX)
HIDDEN = re.compile(f"{FAMILY}|{SAID}|{PRIVATE}", re.IGNORECASE)
OWN = re.compile(PRIVATE, re.IGNORECASE)

TELLS_OF_TROUBLE = "/health"
"""Its 503 is an answer: no scheduler runs beside these tests."""

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _whole_pages(app: Flask) -> None:
    """A page that fails is an answer like others, so that one of them does not hide the rest."""
    app.config["PROPAGATE_EXCEPTIONS"] = False


def calls(rule: Rule, secret: Ids, ids: Ids) -> Iterator[str]:
    """Addresses of a route in which at least one id is of something hidden."""
    tables = tables_of(rule)
    for argument, table in tables.items():
        others = {name: ids[other][0] for name, other in tables.items() if name != argument and ids[other]}
        whole = {name: secret.get(other, ids[other])[0] for name, other in tables.items() if name != argument}
        for one in secret.get(table, ()):
            if len(others) == len(tables) - 1:
                yield address(rule, {**others, argument: one})
            yield address(rule, {**whole, argument: one})


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_the_ids_of_the_hidden_are_nobodys_to_strangers(
    app: Flask, client: FlaskClient, session: Session, house: House, method: str
) -> None:
    sign_in(client, SAM)
    secret = secret_ids(session, house)
    ids = open_ids(session, secret)
    wrong = []
    for rule in routes(app, method):
        person = next((one for one in STRANGERS if may(one, rule.endpoint)), None)
        found = sorted(set(calls(rule, secret, ids)))
        if person is None or not found:
            continue
        sign_in(client, person)
        for path in found:
            answer = client.open(path, method=method)
            if answer.status_code != 404 or HIDDEN.search(answer.text):
                wrong.append(f"{method} {path} as {person.role}: {answer.status} {answer.location or ''}")
    assert not wrong, "\n".join(wrong)
    assert secret_ids(session, house) == secret


def starts(app: Flask, ids: Ids) -> list[str]:
    """Every page, and those without an id also searched for the hidden, and as a file."""
    fed = pages(app, ids)
    lists = [path for rule, path in fed if not rule.arguments]
    asked = [f"{path}?{query}" for path in lists for query in (f"q={CALLED}", "format=csv", "officer=all&shown=all")]
    return [*(path for _, path in fed), *asked]


@pytest.mark.parametrize("person", [*STRANGERS[:3], DORA], ids=lambda person: person.name)
def test_no_page_and_no_file_has_a_word_of_the_hidden(
    app: Flask, client: FlaskClient, session: Session, house: House, person: Person
) -> None:
    sign_in(client, person)
    ids = open_ids(session, secret_ids(session, house))
    unseen = OWN if person is DORA else HIDDEN
    told: list[str] = []
    broken: list[str] = []

    def look(path: str, text: str, status: int) -> None:
        if status >= 500 and not path.startswith(TELLS_OF_TROUBLE):
            broken.append(f"{path}: {status}")
        if match := unseen.search(text):
            told.append(f"{path}: …{' '.join(text[max(0, match.start() - 80) : match.end() + 40].split())}…")

    first = starts(app, ids)
    opened = walk(client, first, each=look, limit=300 if person is SAM else len(first))
    assert not broken, "\n".join(broken)
    assert not told, f"{person.name} reads what is hidden from them:\n" + "\n".join(told)
    assert opened > 40


@pytest.mark.parametrize(("person", "reads"), [(DORA, False), (ADA, True)], ids=["director", "administrator"])
def test_the_record_of_changes_keeps_a_private_report(
    client: FlaskClient, session: Session, house: House, person: Person, reads: bool
) -> None:
    private = session.scalars(select(Move).where(Move.confidential_to.is_not(None))).one()
    within = open_change(session, "move.change", act=Act(None, now(), "web"))
    amend(session, private, within=within, report="")
    session.commit()
    sign_in(client, person)
    page = client.get(f"/settings/audit/{within.id}")
    assert (PRIVATE in page.text) is reads
    assert ("for its officer and administrators only" in page.text) is not reads


def test_the_test_can_see(app: Flask, client: FlaskClient, session: Session, house: House) -> None:
    """Olive, who may, does find each of the words: the walk reaches where they stand."""
    sign_in(client, OLIVE)
    secret = secret_ids(session, house)
    ids = open_ids(session, secret)
    found: set[str] = set()

    def look(_path: str, text: str, _status: int) -> None:
        found.update(word.lower() for word in HIDDEN.findall(text))

    with_ids = [path for fed in (ids, {**ids, **secret}) for rule, path in pages(app, fed) if rule.arguments]
    walk(client, [f"/constituents/{house.walter}", *with_ids], each=look, limit=len(with_ids) + 1)
    assert found == {FAMILY.lower(), SAID.lower(), PRIVATE.lower()}


def parameters(app: Flask, client: FlaskClient, ids: Ids) -> list[str]:
    """Names of fields and parameters, as pages show them to the one who is signed in."""
    names: set[str] = set()

    def gather(_path: str, text: str, _status: int) -> None:
        names.update(re.findall(r'<(?:input|select)\b[^>]*\bname="([a-z_]+)"', text))
        names.update(re.findall(r"[?;]([a-z_]+)=\d+", text))

    walk(client, [path for _, path in pages(app, ids)], each=gather, limit=120)
    return sorted(names - {"csrf_token", "request_key", "version"})


def faults(answer: TestResponse) -> list[str]:
    """What an answer to a stranger must not be."""
    told = HIDDEN.search(answer.text) if is_text(answer.content_type) else None
    wrong = told or (answer.status_code >= 500 and answer.request.path != TELLS_OF_TROUBLE)
    return [f"{answer.request.method} {answer.request.full_path}: {answer.status} {told}"] if wrong else []


def test_ids_of_the_hidden_in_a_query_or_a_form_bring_nothing(
    app: Flask, client: FlaskClient, session: Session, house: House
) -> None:
    """Every field and parameter there is gets ids that the stranger must not use."""
    sign_in(client, SAM)
    secret = secret_ids(session, house)
    ids = open_ids(session, secret)
    wanted = dict.fromkeys(parameters(app, client, ids), str(house.hidden))
    wrong = []
    for rule, path in pages(app, ids):
        if may(SAM, rule.endpoint):
            for query in (wanted, {"constituent": house.hidden}):
                wrong += faults(client.get(path, query_string=query))
    for rule, path in pages(app, ids, "POST"):
        if may(SAM, rule.endpoint) and rule.endpoint != "accounts.sign_out":
            for form in ({}, wanted):
                sign_in(client, SAM)
                wrong += faults(client.post(path, data=form))
    assert not wrong, "\n".join(wrong)
    assert secret_ids(session, house) == secret


WITHOUT_KEYS = {"sight_grant", "rollup_value", "past_value", "dirty", "outbox", "constituent_alias"}


def test_every_table_about_people_is_known_to_lead_to_them(session: Session, house: House) -> None:
    """A table with a plain number for a constituent would go past these tests."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if column.name.endswith("constituent_id") and not column.foreign_keys:
                assert table.name in WITHOUT_KEYS, table
