"""Pages of constituents: list, views, files, new and changed records, the story, people, merges, search."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent
from donors.constituents.edit import delete, edit
from donors.constituents.models import Constituent, HouseholdMembership, Relationship
from donors.constituents.records import Address, Email
from donors.giving.gift_input import GiftInput
from donors.rollups.standard import install_standard
from donors.segments.models import Segment
from donors.workflows.gifts import record_gifts
from tests.cast import ADA, GINA, OLIVE, REX, VERA, sign_in
from tests.constituents.people import AT, TODAY, change, home, person


@pytest.fixture
def people(session: Session, cast: dict[Any, int]) -> dict[str, int]:
    """Anna with a gift and an address, Ben, a household, and somebody confidential."""
    install_standard(session, within=change(session))
    anna = person(session, "Anna Berg", emails=(Email("a@x.org"),), addresses=(Address(city="Bonn"),))
    ben = person(session, "Ben Cole", external_ids=(("crm", "=1+1"),))
    secret = person(session, "Cy Secret", confidential=True)
    house = home(session, "Old Mill")
    record_gifts(session, [GiftInput(anna.id, 5000, TODAY)], within=change(session), on=TODAY)
    ids = {"anna": anna.id, "ben": ben.id, "secret": secret.id, "house": house.id}
    session.commit()
    return ids


def text(answer: Any) -> str:
    """What the page says."""
    return str(answer.get_data(as_text=True))


def test_the_list_narrows_sorts_and_pages(client: FlaskClient, people: dict[str, int]) -> None:
    sign_in(client, REX)
    page = text(client.get("/constituents?sort=-lifetime_total"))
    assert page.index("Anna Berg") < page.index("Ben Cole")
    assert "Cy Secret" not in page
    assert "$50.00" in page
    assert "Ben Cole" not in text(client.get("/constituents?f=city|equals|bonn"))
    assert "Anna Berg" not in text(client.get("/constituents?q=ben"))
    wrong = text(client.get("/constituents?f=shoe|equals|9"))
    assert "could not be read" in wrong
    assert "Anna Berg" not in wrong


def test_figures_are_for_those_who_may_see_them(client: FlaskClient, people: dict[str, int]) -> None:
    sign_in(client, VERA)
    assert "$50.00" not in text(client.get("/constituents?col=lifetime_total"))
    story = text(client.get(f"/constituents/{people['anna']}"))
    assert "$50.00" not in story
    assert client.get(f"/constituents/{people['anna']}/why/lifetime_total").status_code == 404


def test_a_file_is_for_those_who_may_export(client: FlaskClient, people: dict[str, int], session: Session) -> None:
    sign_in(client, REX)
    assert client.post("/constituents/export").status_code == 403
    assert client.post("/constituents/chosen", data={"act": "file"}).status_code == 403
    sign_in(client, OLIVE)
    answer = client.post("/constituents/export?col=external_id&col=lifetime_total&sort=name")
    rows = answer.get_data(as_text=True).lstrip("\ufeff").split("\r\n")
    assert rows[:3] == [
        "id,name,external_id,lifetime_total",
        f"{people['anna']},Anna Berg,,50.00",
        f"{people['ben']},Ben Cole,'=1+1,",
    ]
    chosen = text(client.post("/constituents/chosen", data={"act": "file", "ids": [str(people["ben"])]}))
    assert "Ben Cole" in chosen
    assert "Anna Berg" not in chosen
    assert session.scalars(select(AuditEvent.detail).where(AuditEvent.what == "export")).first()["rows"] == 3


def test_a_view_is_kept_and_taken_away(client: FlaskClient, people: dict[str, int], session: Session) -> None:
    sign_in(client, OLIVE)
    kept = client.post("/constituents/views?f=city|equals|Bonn&col=city", data={"name": "Bonn", "request_key": "k"})
    again = client.post("/constituents/views?f=city|equals|Bonn&col=city", data={"name": "Bonn", "request_key": "k"})
    assert kept.location == again.location
    page = text(client.get(kept.location))
    assert "Anna Berg" in page
    assert "Ben Cole" not in page
    view_id = session.scalars(select(Segment.id)).one()
    session.rollback()
    sign_in(client, ADA)
    assert client.get(f"/constituents?view={view_id}").status_code == 404
    sign_in(client, OLIVE)
    client.post(f"/constituents/views/{view_id}/drop")
    assert session.scalars(select(Segment)).all() == []


def test_likely_duplicates_are_shown_first(client: FlaskClient, people: dict[str, int], session: Session) -> None:
    sign_in(client, GINA)
    form = {"given_name": "Anna", "family_name": "Berg", "request_key": "one"}
    shown = client.post("/constituents/new?kind=person", data=form)
    assert shown.status_code == 422
    assert "same given name" in text(shown)
    made = client.post("/constituents/new?kind=person", data=form | {"confirmed": "yes"})
    assert made.status_code == 303
    again = client.post("/constituents/new?kind=person", data=form | {"confirmed": "yes"})
    assert again.location == made.location
    assert len(session.scalars(select(Constituent).where(Constituent.name == "Anna Berg")).all()) == 2


def test_a_wrong_form_keeps_what_was_typed(client: FlaskClient, people: dict[str, int]) -> None:
    sign_in(client, GINA)
    answer = client.post("/constituents/new?kind=person", data={"given_name": "Zoë", "email": "nowhere"})
    assert answer.status_code == 422
    assert 'value="Zoë"' in text(answer)
    assert "is not an e-mail address" in text(answer).lower()
    assert client.post("/constituents/new?kind=organization", data={"name": " "}).status_code == 422
    assert client.get("/constituents/new?kind=robot").status_code == 404


def test_a_stale_edit_shows_both_versions(client: FlaskClient, people: dict[str, int], session: Session) -> None:
    anna = people["anna"]
    edit(session, session.get_one(Constituent, anna), values={"nickname": "Nan"}, within=change(session))
    session.commit()
    sign_in(client, GINA)
    mine = {"given_name": "Anna", "family_name": "Berg", "nickname": "Annie", "version": "1"}
    stale = client.post(f"/constituents/{anna}/edit", data=mine)
    assert stale.status_code == 409
    assert "Nan" in text(stale)
    assert "Annie" in text(stale)
    assert client.post(f"/constituents/{anna}/edit", data=mine | {"version": "2"}).status_code == 303
    session.expire_all()
    assert session.get_one(Constituent, anna).nickname == "Annie"


def test_reach_and_consent(client: FlaskClient, people: dict[str, int]) -> None:
    anna = people["anna"]
    sign_in(client, OLIVE)
    assert client.post(f"/constituents/{anna}/reach/emails", data={"address": "b@x.org"}).status_code == 303
    assert client.post(f"/constituents/{anna}/reach/emails", data={"address": "b"}).status_code == 422
    assert client.post(f"/constituents/{anna}/reach/emails/999", data={"act": "out"}).status_code == 404
    said = {"channel": "email", "granted": "yes", "said_on": "2026-03-01", "source": "form"}
    assert client.post(f"/constituents/{anna}/consent", data=said).status_code == 303
    assert client.post(f"/constituents/{anna}/consent", data=said | {"source": ""}).status_code == 422
    page = text(client.get(f"/constituents/{anna}"))
    assert "e-mail allowed" in page
    assert "b@x.org" in page
    assert client.get(f"/constituents/{anna}/reach").status_code == 200


def test_people_around(client: FlaskClient, people: dict[str, int], session: Session) -> None:
    anna, ben, house = people["anna"], people["ben"], people["house"]
    sign_in(client, OLIVE)
    client.post(f"/constituents/{house}/people/stay", data={"other": str(anna), "role": "head"})
    client.post(f"/constituents/{anna}/people/tie", data={"other": str(ben), "kind": "spouse"})
    asked = client.post(f"/constituents/{anna}/people/tie", data={"other_name": "ben", "kind": "friend"})
    assert asked.status_code == 422
    assert "Ben Cole" in text(asked)
    page = text(client.get(f"/constituents/{anna}"))
    assert "Old Mill" in page
    assert "Spouse" in page
    household = text(client.get(f"/constituents/{house}"))
    assert "$50.00" in household
    stay, tie = session.scalars(select(HouseholdMembership.id)).one(), session.scalars(select(Relationship.id)).one()
    session.rollback()
    assert client.post(f"/constituents/{anna}/people/stay/{stay}/end").status_code == 303
    assert client.post(f"/constituents/{anna}/people/tie/{tie}/end").status_code in {303, 422}
    assert client.get(f"/constituents/{house}/people").status_code == 200


def test_two_records_become_one_and_the_old_address_leads_on(
    client: FlaskClient, people: dict[str, int], session: Session
) -> None:
    anna, ben = people["anna"], people["ben"]
    sign_in(client, OLIVE)
    assert "Ben Cole" in text(client.get(f"/constituents/{anna}/merge?q=ben"))
    assert "Given name" in text(client.get(f"/constituents/{anna}/merge?with={ben}"))
    chosen = {"from-given_name": str(ben), "from-family_name": str(anna)}
    form = {"with": str(ben), "survivor": str(anna), "request_key": "m"} | chosen
    assert client.post(f"/constituents/{anna}/merge", data=form).location == f"/constituents/{anna}"
    old = client.get(f"/constituents/{ben}")
    assert (old.status_code, old.location) == (301, f"/constituents/{anna}")
    merged = session.get_one(Constituent, anna, populate_existing=True)
    assert (merged.name, merged.deleted_at) == ("Ben Berg", None)


def test_death_and_removal(client: FlaskClient, people: dict[str, int]) -> None:
    anna = people["anna"]
    sign_in(client, OLIVE)
    client.post(f"/constituents/{anna}/deceased", data={"deceased_on": "2026-02-01"})
    assert "nothing is sent" in text(client.get(f"/constituents/{anna}"))
    client.post(f"/constituents/{anna}/deceased", data={"living": "yes"})
    gone = client.post(f"/constituents/{anna}/remove")
    assert client.get(f"/constituents/{anna}").status_code == 404
    assert "Bring back" in text(client.get(gone.location))
    client.post(f"/constituents/{anna}/restore")
    assert client.get(f"/constituents/{anna}").status_code == 200


def test_nobody_learns_of_confidential_people(client: FlaskClient, people: dict[str, int]) -> None:
    sign_in(client, OLIVE)
    secret = people["secret"]
    for path in ("", "/edit", "/reach", "/people", "/merge", "/why/lifetime_total", "/removed"):
        assert client.get(f"/constituents/{secret}{path}").status_code == 404
    assert "Cy Secret" not in text(client.get("/search?q=secret"))
    sign_in(client, ADA)
    assert "Cy Secret" in text(client.get("/search?q=secret"))


def test_search_offers_rows_to_choose_from(client: FlaskClient, people: dict[str, int]) -> None:
    sign_in(client, OLIVE)
    page = text(client.get("/search?q=ber"))
    assert f'data-choice="{people["anna"]}"' in page
    assert 'data-note="Bonn' in page
    assert "Nobody answers" in text(client.get("/search?q=zzz"))


def test_a_deleted_record_is_not_in_lists(
    app: Flask, client: FlaskClient, people: dict[str, int], session: Session
) -> None:
    delete(session, session.get_one(Constituent, people["ben"]), at=AT, within=change(session))
    session.commit()
    sign_in(client, REX)
    assert "Ben Cole" not in text(client.get("/constituents"))
