"""The pages of rights: the register, the file, an objection that holds, an erasure that takes the name to be typed."""

import json

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from donors.accounts.models import AuditEvent
from donors.constituents.models import Constituent, PersonRequest
from donors.giving.gift_input import GiftInput
from donors.plans.running.task import OwnTask
from donors.plans.running.task import add as add_task
from donors.workflows.gifts import record_gifts
from tests.cast import ADA, DORA, OLIVE, Person, sign_in, sign_in_page
from tests.constituents.people import TODAY, change, person
from tests.harness.browser import violations
from tests.harness.processes import Live

one_system = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def post(client: FlaskClient, path: str, told: dict[str, str], *, follow: bool = False) -> TestResponse:
    """Sends a form."""
    return client.post(path, data=told, follow_redirects=follow)


@pytest.fixture
def anna(session: Session, cast: dict[Person, int]) -> int:
    """Somebody who asks."""
    anna = person(session, "Anna Berg", note="Sings").id
    session.commit()
    return anna


@one_system
def test_a_request_is_entered_answered_and_seen(client: FlaskClient, anna: int) -> None:
    sign_in(client, DORA)
    assert "Nobody waits for an answer" in client.get("/rights").text
    told = {"kind": "access", "received_on": "2020-01-02", "note": "By letter."}
    page = post(client, f"/rights/{anna}/requests", told, follow=True)
    assert "By letter." in page.text
    assert "days late" in client.get("/rights").text
    assert "Requests of persons" in client.get("/today").text
    wrong = post(client, f"/rights/{anna}/requests", told | {"received_on": "2999-01-01"})
    assert (wrong.status_code, "lies in the future" in wrong.text.lower()) == (422, True)
    post(client, f"/rights/{anna}/requests/1", {"answer": "refused", "note": ""})
    assert "Answer it" in client.get(f"/rights/{anna}").text
    post(client, f"/rights/{anna}/requests/1", {"answer": "followed", "note": "Sent."})
    assert "Anna Berg" in client.get("/rights?show=answered&q=berg").text


@one_system
def test_the_file_is_read_taken_along_and_on_record(client: FlaskClient, session: Session, anna: int) -> None:
    euros = GiftInput(anna, 50_00, TODAY, currency="EUR", base_amount=55_00)
    record_gifts(session, [euros], within=change(session), on=TODAY)
    session.commit()
    sign_in(client, ADA)
    page = client.get(f"/rights/{anna}/file").text
    assert all(text in page for text in ("Sings", "€50.00", "$55.00", "Name is hidden", "Written by act"))
    assert not any(text in page for text in ("$50.00", "5,000", "Created in", "Is primary", "Constituent id"))
    told = json.loads(client.get(f"/rights/{anna}/file.json").data)
    assert told["person"] == "Anna Berg"
    assert {row["currency"] for one in told["held"] if one["table"] == "credit" for row in one["rows"]} == {"EUR"}
    found = session.scalars(select(AuditEvent.detail).where(AuditEvent.what == "export").order_by(AuditEvent.id)).all()
    assert [(one["name"], one["constituent"], one["form"]) for one in found] == [
        ("person", anna, "page"),
        ("person", anna, "json"),
    ]
    session.rollback()
    sign_in(client, OLIVE)
    assert client.get(f"/rights/{anna}/file.json").status_code == 403


@one_system
def test_an_objection_stands_on_the_record_until_it_is_lifted(client: FlaskClient, session: Session, anna: int) -> None:
    sign_in(client, DORA)
    told = {"received_on": "2026-03-01", "note": "Wants to be left in peace."}
    post(client, f"/rights/{anna}/requests", told | {"kind": "objection"})
    assert 'value="followed"' not in client.get(f"/rights/{anna}/requests/1").text
    assert post(client, f"/rights/{anna}/requests/1", {"answer": "followed", "note": ""}).status_code == 422
    assert "Nothing is under way" in client.get(f"/rights/{anna}/follow/objection").text
    post(client, f"/rights/{anna}/follow/objection", told)
    assert "Wants to be left in peace." in client.get(f"/constituents/{anna}").text
    assert post(client, f"/rights/{anna}/lift/objection", {"why": ""}).status_code == 422
    post(client, f"/rights/{anna}/lift/objection", {"why": "Said so."})
    assert "left in peace" not in client.get(f"/constituents/{anna}").text
    post(client, f"/rights/{anna}/follow/restriction", told)
    assert "restricted" in client.get(f"/constituents/{anna}").text
    assert post(client, f"/constituents/{anna}/edit", {"given_name": "Ann"}).status_code == 409
    check = add_task(session, OwnTask("Check the address", TODAY, None, anna), within=change(session)).id
    session.commit()
    assert "Their record is restricted since" in client.get(f"/plans/tasks/{check}").text


@pytest.mark.browser
@one_system
def test_the_file_is_read_and_the_person_erased_by_clicks(
    page: Page, live_server: Live, session: Session, anna: int
) -> None:
    sign_in_page(page, live_server.url, DORA)
    page.goto(f"{live_server.url}/rights/{anna}")
    page.get_by_role("link", name="Read and print").click()
    expect(page.get_by_role("heading", name="All about Anna Berg")).to_be_visible()
    expect(page.get_by_text("Sings")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="See what would go").click()
    expect(page.get_by_role("columnheader", name="Why it may stay").first).to_be_visible()
    name = page.get_by_label("Type the name of the person to erase them")
    name.fill("Anna")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Type Anna Berg").first).to_be_visible()
    assert violations(page) == []
    name.fill("anna berg")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", name=f"Rights of Erased person {anna}")).to_be_visible()
    assert session.get_one(Constituent, anna, populate_existing=True).name == f"Erased person {anna}"
    assert session.scalars(select(PersonRequest.answer)).all() == ["followed"]
    session.rollback()
    page.goto(f"{live_server.url}/constituents/{anna}")
    expect(page.get_by_text("was erased on")).to_be_visible()
