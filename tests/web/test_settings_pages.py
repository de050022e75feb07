"""Settings of the organization, of purposes, and the page of changes with its way back."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.create import create
from donors.constituents.models import Constituent
from donors.constituents.records import NewConstituent
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import settle, transaction
from donors.core.settings import organization
from donors.giving.gift_input import GiftInput
from donors.giving.models import Campaign, Credit, Fund, Gift
from donors.rollups.queries import values_of
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gift
from donors.workflows.refresh import drain
from tests.cast import ADA, DORA, OLIVE, Person, sign_in

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORGANIZATION = {
    "name": "Rivermouth",
    "zone": "America/Los_Angeles",
    "locale": "en_US",
    "currency": "USD",
    "portfolio_warning": "120",
    "portfolio_limit": "150",
    "fiscal_start_month": "1",
    "fiscal_named_for_end": "yes",
}


@pytest.fixture
def gift_id(session: Session, cast: dict[Person, int]) -> int:
    """A gift of 100.00 from the one constituent, on 1 February 2026."""
    begin(session, within=open_change(session, "organization.begin", act=Act(None, AT, "setup")))
    within = open_change(session, "constituent.create", act=Act(cast[OLIVE], AT, "web"))
    giver = create(session, NewConstituent(given_name="Ines", family_name="Carvalho"), within=within)
    wanted = GiftInput(giver.id, 10000, date(2026, 2, 1))
    made = record_gift(session, wanted, act=Act(cast[OLIVE], AT, "web", request_key="a"), on=AT.date())
    gift_id = made.gift.id
    settle(keep=True)
    return gift_id


def test_the_organization_is_saved_and_its_old_name_kept(client: FlaskClient, app: Flask, gift_id: int) -> None:
    sign_in(client, ADA)
    answer = client.post("/settings/organization", data=ORGANIZATION)
    assert answer.status_code == 303
    with app.app_context(), transaction() as session:
        assert organization(session).name == "Rivermouth"
        assert session.scalar(select(ChangeSet.kind).order_by(ChangeSet.id.desc()).limit(1)) == "organization.change"


def test_another_fiscal_year_labels_gifts_anew_and_queues_everybody(
    client: FlaskClient, app: Flask, gift_id: int
) -> None:
    sign_in(client, ADA)
    client.post("/settings/organization", data=ORGANIZATION | {"fiscal_start_month": "2"})
    with app.app_context(), transaction() as session:
        while drain(session, at=AT, on=AT.date()):
            pass
        assert session.scalar(select(Credit.fiscal_year)) == 2027


def test_another_currency_is_refused_once_there_are_gifts(client: FlaskClient, gift_id: int) -> None:
    sign_in(client, ADA)
    answer = client.post("/settings/organization", data=ORGANIZATION | {"currency": "EUR", "name": "Kept while typed"})
    assert answer.status_code == 422
    assert "Kept while typed" in answer.text
    assert "gifts are kept in" in answer.text


def test_purposes_are_added_retired_and_checked(client: FlaskClient, app: Flask, cast: dict[Person, int]) -> None:
    sign_in(client, ADA)
    assert client.post("/settings/purposes/funds/add", data={"name": "Roof  fund"}).status_code == 303
    assert client.post("/settings/purposes/funds/add", data={"name": "Roof fund"}).status_code == 422
    campaign = {"name": "The Boathouse", "goal": "1,500,000", "starts_on": "2026-01-01", "ends_on": "2025-01-01"}
    assert client.post("/settings/purposes/campaigns/add", data=campaign).status_code == 422
    assert client.post("/settings/purposes/campaigns/add", data=campaign | {"ends_on": ""}).status_code == 303
    with app.app_context(), transaction() as session:
        fund = session.scalars(select(Fund)).one()
        assert (fund.name, session.scalars(select(Campaign)).one().goal) == ("Roof fund", 150_000_000)
        fund_id = fund.id
    client.post(f"/settings/purposes/funds/{fund_id}/active", data={"active": "no"})
    with app.app_context(), transaction() as session:
        assert not session.scalars(select(Fund)).one().is_active
    assert client.post("/settings/purposes/boats/add", data={"name": "A"}).status_code == 404


def test_a_gift_is_undone_from_the_page_of_changes_and_brought_back(
    client: FlaskClient, app: Flask, gift_id: int
) -> None:
    sign_in(client, DORA)
    with app.app_context(), transaction() as session:
        recorded = session.scalars(select(ChangeSet).where(ChangeSet.kind == "gift.record")).one().id
        giver_id = session.scalars(select(Constituent)).one().id
    page = client.get(f"/settings/audit/{recorded}")
    assert page.status_code == 200
    assert "Undo it" in page.text
    assert client.post(f"/settings/audit/{recorded}/undo").status_code == 303
    with app.app_context(), transaction() as session:
        assert session.scalar(select(Gift.id)) is None
        assert values_of(session, giver_id)["lifetime_total"] in (0, None)
        undoing = session.scalars(select(ChangeSet).where(ChangeSet.undoes_id == recorded)).one().id
    assert client.post(f"/settings/audit/{undoing}/undo").status_code == 303
    with app.app_context(), transaction() as session:
        assert session.scalar(select(Gift.id)) == gift_id
        assert values_of(session, giver_id)["lifetime_total"] == 10000
    listed = client.get("/settings/audit")
    assert "Gift recorded" in listed.text
    assert "undone" in listed.text


def test_what_later_changes_stand_on_is_not_undone(client: FlaskClient, app: Flask, gift_id: int) -> None:
    sign_in(client, DORA)
    with app.app_context(), transaction() as session:
        created = session.scalars(select(ChangeSet).where(ChangeSet.kind == "constituent.create")).one().id
    page = client.get(f"/settings/audit/{created}")
    assert "cannot be undone" in page.text
    assert client.post(f"/settings/audit/{created}/undo").status_code == 409
    with app.app_context(), transaction() as session:
        assert session.scalar(select(Gift.id)) == gift_id
