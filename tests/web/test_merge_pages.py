"""Pages that make records one and part them again: side by side, preview, many at once, and the way back."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.contact import add_point
from donors.constituents.edit import edit
from donors.constituents.models import Alias, Constituent
from donors.constituents.queries import contact_points
from donors.constituents.records import Address
from donors.core.changes import ChangeSet, amend
from donors.giving.gift_input import GiftInput
from donors.levels.standard import install_standard as install_levels
from donors.rollups.standard import install_standard as install_figures
from donors.workflows.gifts import record_gifts
from tests.cast import OLIVE, REX, VERA, Person, sign_in, sign_in_page
from tests.constituents.people import TODAY, change, person
from tests.harness.browser import violations
from tests.harness.processes import Live

pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def two(session: Session, cast: dict[Person, int]) -> tuple[int, int]:
    """Anna with much, and Ann, who gave too and wants no mail."""
    install_figures(session, within=change(session))
    install_levels(session, currency="USD", within=change(session))
    anna, ann = person(session, "Anna Berg", title="Dr.", nickname="Pip"), person(session, "Ann Berg", note="Sings")
    gifts = [GiftInput(anna.id, 120_000, TODAY), GiftInput(ann.id, 30_000, TODAY)]
    record_gifts(session, gifts, within=change(session), on=TODAY)
    withdraw(session, ann, said=Said("email", TODAY, "call"), within=change(session))
    ids = anna.id, ann.id
    session.commit()
    return ids


def text(answer: Any) -> str:
    """The page."""
    body: str = answer.get_data(as_text=True)
    return body


def merge_of(session: Session) -> int:
    """The act that merged them."""
    session.rollback()
    return session.scalars(select(Alias.created_in)).one()


def test_a_preview_shows_what_would_come_and_changes_nothing(
    client: FlaskClient, two: tuple[int, int], session: Session
) -> None:
    sign_in(client, OLIVE)
    page = text(client.get(f"/constituents/{two[0]}/merge?with={two[1]}"))
    assert "Sings" in page
    assert "refused" in page
    form = {"with": str(two[1]), "survivor": str(two[0]), "from-given_name": str(two[1])}
    seen = client.post(f"/constituents/{two[0]}/merge", data=form | {"act": "preview", "request_key": "p"})
    assert "$1,500.00" in text(seen)
    assert f'name="from-given_name" value="{two[1]}" checked' in text(seen)
    assert session.scalars(select(Alias)).all() == []
    assert session.scalars(select(ChangeSet).where(ChangeSet.kind == "constituent.merge")).all() == []
    session.rollback()
    done = client.post(f"/constituents/{two[0]}/merge", data=form | {"act": "merge", "request_key": "p"})
    assert done.location == f"/constituents/{two[0]}"
    story = text(client.get(done.location))
    assert f"/constituents/merges/{merge_of(session)}/undo" in story


def test_who_has_moved_keeps_the_new_address_as_the_one_used_first(
    client: FlaskClient, two: tuple[int, int], session: Session
) -> None:
    for key, street in zip(two, ("1 Old Road", "2 New Road"), strict=True):
        who = session.get_one(Constituent, key)
        add_point(session, who, given=Address(street=street, city="Troy"), within=change(session))
    session.commit()
    sign_in(client, OLIVE)
    page = text(client.get(f"/constituents/{two[0]}/merge?with={two[1]}"))
    assert "Address used first" in page
    assert "E-mail used first" not in page
    form = {"with": str(two[1]), "survivor": str(two[0]), "from-address": str(two[1]), "act": "merge"}
    client.post(f"/constituents/{two[0]}/merge", data=form)
    assert [one.street for one in contact_points(session, two[0]).addresses] == ["2 New Road", "1 Old Road"]


def test_a_merge_that_cannot_be_keeps_what_was_chosen(client: FlaskClient, two: tuple[int, int]) -> None:
    sign_in(client, OLIVE)
    form = {"with": str(two[0]), "survivor": str(two[0]), "act": "merge"}
    refused = client.post(f"/constituents/{two[0]}/merge", data=form)
    assert (refused.status_code, "one and the same" in text(refused)) == (409, True)


def test_pairs_are_previewed_and_made_one_in_one_act(
    client: FlaskClient, two: tuple[int, int], session: Session
) -> None:
    sign_in(client, OLIVE)
    assert "No pair to merge" in text(client.get("/constituents/merges"))
    low, high = two
    others = "-".join(str(person(session, name).id) for name in ("Ben Cole", "Bén Cole"))
    session.commit()
    pairs = {"pair": [f"{low}-{high}", others, f"{low}-{low}", "nonsense", f"{low}-999999"]}
    page = text(client.get(f"/constituents/merges?pair={low}-{high}&next=/duplicates?band=sure"))
    assert all(words in page for words in ("Ann Berg", f'href="/duplicates?band=sure&amp;pair={low}-{high}">Cancel'))
    assert 'href="/duplicates" aria-current="page"' in page
    page = text(client.post("/constituents/merges", data=pairs | {"act": "preview"}))
    assert all(words in page for words in ("4 records become 2", "$1,500.00", "one and the same", "1 pair left out"))
    done = client.post("/constituents/merges", data=pairs | {"act": "merge", "next": "/constituents"})
    assert done.status_code == 303
    (merge,) = set(session.scalars(select(Alias.created_in)))
    assert session.get_one(ChangeSet, merge).kind == "constituent.merge_many"
    session.rollback()
    back = text(client.post(f"/constituents/merges/{merge}/undo", data={"act": "preview", "request_key": "b"}))
    assert all(words in back for words in ("$1,500.00 → <b>$1,200.00</b>", "<b>$300.00</b>", "Bén Cole, number"))


def test_the_way_back_names_what_was_set_since(client: FlaskClient, two: tuple[int, int], session: Session) -> None:
    sign_in(client, OLIVE)
    anna, ann = two
    client.post(f"/constituents/{anna}/merge", data={"with": str(ann), "survivor": str(anna)})
    address = f"/constituents/merges/{merge_of(session)}/undo"
    assert "Nothing was added or changed since." in text(client.get(address))
    values = {"note": "Paints", "family_name": "Lind"}
    edit(session, session.get_one(Constituent, anna), values=values, within=change(session))
    record_gifts(session, [GiftInput(anna, 700, TODAY)], within=change(session), on=TODAY)
    session.commit()
    page = text(client.get(address))
    assert all(words in page for words in ("Good to know", "Sings", "Paints", "Recorded since the merge"))
    since = page[page.index('id="set-since"') :]
    assert all(words in since for words in ("Family name", ">Berg<", "<b>Lind</b>", "the program"))
    wanted = {"before": f"constituent-{anna}-note", "act": "preview", "request_key": "u"}
    seen = text(client.post(address, data=wanted))
    assert all(words in seen for words in ("<b>$1,207.00</b>", "<b>$300.00</b>", ">$1,507.00<", '-note" checked'))
    assert session.get_one(Constituent, anna, populate_existing=True).note == "Paints"
    session.rollback()
    back = client.post(address, data=wanted | {"act": "undo"})
    assert back.location == f"/constituents/{anna}"
    assert session.get_one(Constituent, anna, populate_existing=True).note == ""
    assert client.get(f"/constituents/{ann}").status_code == 200
    assert client.get(address).status_code == 409
    assert client.get("/constituents/merges/999999/undo").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_undo_that_cannot_be_says_why_on_its_page(
    client: FlaskClient, two: tuple[int, int], session: Session
) -> None:
    sign_in(client, OLIVE)
    anna, ann = two
    client.post(f"/constituents/{anna}/merge", data={"with": str(ann), "survivor": str(anna)})
    address = f"/constituents/merges/{merge_of(session)}/undo"
    row = session.get_one(Constituent, anna)
    edit(session, row, values={"note": "Paints"}, within=change(session))
    amend(session, row, within=change(session), restricted_on=TODAY)
    session.commit()
    refused = client.post(address, data={"before": f"constituent-{anna}-note"})
    assert refused.status_code == 409
    assert all(words in text(refused) for words in ("Not undone", "is restricted since", '-note" checked'))


def test_who_may_not_see_gifts_and_levels_merges_without_being_told_of_them(
    client: FlaskClient, two: tuple[int, int], session: Session
) -> None:
    sign_in(client, VERA)
    anna, ann = two
    form = {"with": str(ann), "survivor": str(anna)}
    beside = text(client.post(f"/constituents/{anna}/merge", data=form | {"act": "preview"}))
    many = text(client.post("/constituents/merges", data={"pair": f"{anna}-{ann}", "act": "preview"}))
    client.post(f"/constituents/{anna}/merge", data=form)
    back = text(client.get(f"/constituents/merges/{merge_of(session)}/undo"))
    assert "What you may not see" in beside
    assert "What you may not see" in back
    assert "Nothing has been changed yet" in many
    for page in (beside, many, back):
        assert not any(words in page for words in ("Credits of gifts", "1,500", "Patron", "would change"))


def test_who_may_only_read_merges_nothing(client: FlaskClient, two: tuple[int, int]) -> None:
    sign_in(client, REX)
    assert client.get(f"/constituents/merges?pair={two[0]}-{two[1]}").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_merge_and_undo_by_clicks(page: Page, live_server: Live, two: tuple[int, int]) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/constituents/{two[0]}/merge?with={two[1]}")
    page.get_by_role("radio", name="Ann", exact=True).check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("cell", name="$1,500.00").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("heading", name="Ann Berg", level=1)).to_be_visible()
    page.get_by_role("link", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name="Who comes back")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_role("heading", name="Anna Berg", level=1)).to_be_visible()
    page.goto(f"{live_server.url}/constituents/{two[1]}")
    expect(page.get_by_role("heading", name="Ann Berg", level=1)).to_be_visible()
