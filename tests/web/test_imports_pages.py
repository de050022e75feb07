"""Imports in the browser: upload, columns, check, decisions, apply, result, undo."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent
from donors.constituents.create import create
from donors.constituents.models import Constituent
from donors.constituents.records import NewConstituent
from donors.core.changes import open_change
from donors.giving.models import Gift
from donors.imports.work import work_imports
from donors.workflows.begin import begin
from tests.cast import DORA, GINA, OLIVE, Person, sign_in
from tests.imports.files import ACT, clock, gifts_file

HEAD = "gift id,donor id,name,email,amount,date\n"
FILE = HEAD + 'G1,D1,Anna Lee,anna@example.org,50.00,2026-03-02\nG2,D2,Ben <b>,ben@example.org,"1,5",2026-03-03\n'


@pytest.fixture
def gina(client: FlaskClient, session: Session, cast: dict[Person, int]) -> FlaskClient:
    """Gina, who enters gifts, signed in; Anna Leigh is known."""
    within = open_change(session, "organization.begin", act=ACT)
    begin(session, within=within)
    create(session, NewConstituent(given_name="Cora", family_name="Vance"), within=within)
    session.commit()
    sign_in(client, GINA)
    return client


def upload(client: FlaskClient, content: str | bytes, **said: str) -> str:
    """Uploads a file and returns the address that the answer leads to."""
    plain = content.encode() if isinstance(content, str) else content
    form = {"kind": "gifts", "source": "file", "file": (BytesIO(plain), "supper.csv"), **said}
    answer = client.post("/imports/new", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def checked(client: FlaskClient, content: str | bytes) -> str:
    """Uploads and checks a file with the columns that are recognized; returns the address of the import."""
    address = upload(client, content)
    page = client.get(address).text
    columns = re.findall(r'name="(column\.\w+)">((?:(?!</select>).)*)', page, re.DOTALL)
    said = [(name, re.search(r'value="([^"]*)" selected', options)) for name, options in columns]
    told = {name: header[1] for name, header in said if header is not None}
    answer = client.post(address, data=told)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def gifts(session: Session) -> int:
    """How many gifts there are."""
    found = session.scalar(select(func.count(Gift.id))) or 0
    session.rollback()
    return found


def test_from_upload_to_undo(gina: FlaskClient, session: Session) -> None:
    address = checked(gina, FILE)
    page = gina.get(address).text
    assert "Left out: amount “1,5”" in page
    assert "Ben &lt;b&gt;" in page
    assert "Apply 1 row" in page
    assert gifts(session) == 0
    assert gina.post(f"{address}/apply").status_code == 303
    assert gifts(session) == 1
    page = gina.get(address).text
    assert "Applied" in page
    result = gina.get(f"{address}/result.csv")
    assert result.mimetype == "text/csv"
    assert result.text.splitlines()[0].endswith("line,verdict,reason,remedy,constituent_id,record_id")
    assert "left out" in result.text
    assert "1.5" in result.text
    assert "export" in session.scalars(select(AuditEvent.what)).all()
    session.rollback()
    assert "Gift" in gina.get(f"{address}/undo").text
    assert gina.post(f"{address}/undo").status_code == 303
    assert gifts(session) == 0
    assert "was undone" in gina.get(address).text


def test_a_decision_about_somebody_known(gina: FlaskClient, session: Session) -> None:
    address = checked(gina, HEAD + "G1,D9,Cora Vance,,5.00,2026-03-02\n")
    page = gina.get(address).text
    assert "Likely" in page
    known = session.scalars(select(Constituent.id).where(Constituent.name == "Cora Vance")).one()
    session.rollback()
    assert gina.post(f"{address}/rows/2", data={"decision": "12345"}).status_code == 422
    assert gina.post(f"{address}/rows/2", data={"decision": str(known)}).status_code == 303
    assert "Decided: Cora Vance" in gina.get(address).text
    gina.post(f"{address}/apply")
    assert session.scalars(select(Gift.constituent_id)).one() == known
    session.rollback()


def test_the_columns_of_last_time_are_remembered(gina: FlaskClient) -> None:
    first = upload(gina, "who,when,how much\nAnna,2026-03-02,5.00\n")
    assert gina.post(first, data={"column.amount": "how much"}).status_code == 422
    told = {"column.amount": "how much", "column.received_on": "when", "column.name": "who"}
    assert gina.post(first, data=told).status_code == 303
    page = gina.get(upload(gina, "who,when,how much\nBen,2026-03-02,5.00\n")).text
    assert "remembered from supper.csv" in page
    assert 'value="how much" selected' in page


def test_a_file_that_cannot_be_read_is_told_in_place(gina: FlaskClient) -> None:
    form = {"kind": "gifts", "source": "file", "file": (BytesIO("name\nZoë\n".encode("cp1252")), "old.csv")}
    answer = gina.post("/imports/new", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "line 2" in answer.text
    assert "Zoë" in answer.text
    assert gina.post("/imports/new", data={"kind": "gifts", "source": "file"}).status_code == 422


def test_a_larger_file_goes_on_by_the_scheduler(gina: FlaskClient, session: Session) -> None:
    address = checked(gina, gifts_file(700))
    waiting = gina.get(address)
    assert waiting.headers["Refresh"] == "2"
    assert "being checked" in waiting.text
    assert work_imports(clock) > 0
    assert "Refresh" not in gina.get(address).headers
    gina.post(f"{address}/apply")
    assert gifts(session) == 0
    assert gina.post(f"{address}/go-on").status_code == 303
    assert gifts(session) == 700
    assert "figures and levels follow" in gina.get(address).text
    work_imports(clock)
    page = gina.get(f"{address}?show=matched&page=2")
    assert page.status_code == 200
    assert "26 to 50" in page.text


def test_discard_and_list(gina: FlaskClient) -> None:
    address = checked(gina, FILE)
    assert gina.post(f"{address}/discard").status_code == 303
    page = gina.get("/imports").text
    assert "supper.csv" in page
    assert "discarded" in page
    assert gina.post(f"{address}/apply").status_code == 409


def test_who_may(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    assert client.get("/imports").status_code == 403
    sign_in(client, DORA)
    assert client.get("/imports").status_code == 200
    assert client.get("/imports/987654").status_code == 404
