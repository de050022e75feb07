"""The queue of duplicates: filtered, decided one by one and many at once, taken back; nobody sees what they may not."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.matching.models import MatchSearch, NotDuplicate
from donors.constituents.matching.search import ask, search
from donors.constituents.records import Email, PhoneNumber
from donors.core.changes import ChangeSet
from donors.core.db import transaction
from tests.cast import OLIVE, Person, sign_in, sign_in_page
from tests.constituents.people import AT, person
from tests.harness.browser import violations
from tests.harness.processes import Live


@pytest.fixture
def pairs(session: Session, cast: dict[Person, int]) -> list[str]:
    """Three pairs: Anna and Ann, Ben and Ben, and two confidential ones."""
    made = []
    for one, other, more in (
        ("Anna Berg", "Ann Berg", {}),
        ("Ben Cole", "Ben Cole", {"phones": (PhoneNumber("212 555 0100"),)}),
        ("Eve Holm", "Eve Holm", {"confidential": True}),
    ):
        mail = (Email(f"{one.split()[0]}@example.org"),)
        made.append("-".join(str(person(session, name, emails=mail, **more).id) for name in (one, other)))
    session.commit()
    with transaction() as writing:
        ask(writing, at=AT)
    search(lambda: AT + timedelta(minutes=1), through="job")
    return made


def decided(session: Session) -> set[str]:
    """The pairs that were set apart."""
    found = {f"{one.low_id}-{one.high_id}" for one in session.scalars(select(NotDuplicate))}
    session.rollback()
    return found


def test_before_anybody_has_looked_the_page_says_so(client: FlaskClient, session: Session, cast) -> None:
    sign_in(client, OLIVE)
    assert "Nobody has looked yet" in client.get("/duplicates").text
    assert "being looked for" in client.post("/duplicates/search", follow_redirects=True).text
    assert [one.everybody for one in session.scalars(select(MatchSearch))] == [True]


def test_the_queue_shows_both_sides_and_why(client: FlaskClient, pairs: list[str]) -> None:
    sign_in(client, OLIVE)
    page = client.get("/duplicates").text
    assert "Eve Holm" not in page
    assert page.index("Ben Cole") < page.index("Ann Berg")
    for said in ("same e-mail", "another form of the given name: Anna / Ann", "same phone", "212 555 0100"):
        assert said in page
    assert all(said in page for said in ("How to read this", "speaks for one and the same", "3 hang together"))
    low, high = pairs[0].split("-")
    beside = client.get(f"/constituents/{low}/merge?with={high}").text
    assert all(said in beside for said in ("Why they may be one", "same e-mail", "How to read this"))
    assert f"/constituents/{low}/merge?with={high}" in page
    assert 'formaction="/constituents/merges"' in page
    assert client.post("/constituents/merges", data={"pair": pairs[:2]}).status_code == 200
    ticked = client.get(f"/duplicates?q=ann&pair={pairs[0]}").text
    assert "Ben Cole" not in ticked
    assert re.search(rf'value="{pairs[0]}"[^>]*checked', ticked)
    assert 'name="next" value="/duplicates?q=ann"' in ticked
    assert "No pair answers to this" in client.get("/duplicates?kind=organization").text
    assert client.get("/duplicates?kind=nonsense&band=x&page=99").status_code == 200


def test_what_is_no_duplicate_leaves_the_queue_and_can_come_back(
    client: FlaskClient, session: Session, pairs: list[str]
) -> None:
    sign_in(client, OLIVE)
    sent = {"pair": pairs, "note": "Cousins."}
    assert "2 pairs will not be shown again." in client.post("/duplicates/apart", data=sent, follow_redirects=True).text
    assert decided(session) == set(pairs[:2])
    assert "Nobody seems to be in here twice" in client.get("/duplicates").text
    shown = client.get("/duplicates?show=decided").text
    assert "Cousins." in shown
    assert "Olive" in shown
    client.post("/duplicates/again", data={"pair": pairs[0]})
    assert decided(session) == {pairs[1]}
    change = session.scalars(select(ChangeSet.id).where(ChangeSet.kind == "duplicates.apart")).one()
    session.rollback()
    answer = client.post("/duplicates/again", data={"pair": "x-y"}, follow_redirects=True)
    assert "Choose at least one pair." in answer.text
    answer = client.post(f"/duplicates/{change}/undo")
    assert (answer.status_code, decided(session)) == (303, set())
    again = client.post("/duplicates/apart", data={"pair": pairs[0]}, follow_redirects=True).text
    assert re.search(r"\w+ \w+ and \w+ \w+ will not be shown again\.", again)


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_queue_is_cleared_by_clicks(page: Page, live_server: Live, session: Session, pairs: list[str]) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/duplicates")
    rows = page.get_by_role("row")
    rows.filter(has_text="Ben Cole").get_by_role("link", name="Merge…").click()
    expect(page.get_by_role("heading", name="Why they may be one")).to_be_visible()
    page.get_by_text("How to read this").click()
    expect(page.get_by_text("A plus speaks for one and the same")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    page.wait_for_url("**/duplicates")
    expect(rows.filter(has_text="Ben Cole")).to_have_count(0)
    rows.filter(has_text="Ann Berg").get_by_role("button", name="Not a duplicate").click()
    expect(page.get_by_text("Nobody seems to be in here twice")).to_be_visible()
    assert decided(session) == {pairs[0]}
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(rows.filter(has_text="Ann Berg")).to_have_count(1)
    assert decided(session) == set()
