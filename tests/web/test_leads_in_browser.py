"""A lead from the queue to a conversion into a household, and back, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import HouseholdMembership
from donors.leads.models import Lead
from tests.cast import OLIVE, sign_in_page
from tests.harness.browser import violations
from tests.harness.processes import Live
from tests.web.test_leads_pages import Ids, world

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

__all__ = ["world"]  # the fixture


def try_and_judge(page: Page) -> None:
    """Logs a try on the page of a lead, and says how far it is interested."""
    page.get_by_text("Reached", exact=True).click()
    page.get_by_label("What was said").fill("Wants to see the boats.")
    page.get_by_role("button", name="Log", exact=True).click()
    expect(page.get_by_text("“Wants to see the boats.”")).to_be_visible()
    page.get_by_role("button", name="Interest: 4 of 5").click()
    expect(page.get_by_role("img", name="Interest: 4 of 5")).to_be_visible()


def convert(page: Page) -> None:
    """Converts it into somebody new in a household that is there, after the look that is asked for."""
    page.get_by_label("Somebody new").check()
    page.get_by_role("button", name="Convert", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Look first whether it is Ann Lee")
    page.get_by_label("I have looked").first.check()
    page.get_by_role("heading", name="Household").click()
    page.locator('input[name="home"][value="other"]').check()
    page.get_by_label("Find a household").fill("Lee house")
    page.get_by_role("option", name="Lee household").click()
    page.get_by_role("button", name="Convert", exact=True).click()
    page.wait_for_url("**/leads/*")
    page.get_by_role("link", name="Ann Lee", exact=True).first.click()
    page.wait_for_url("**/constituents/*")


def test_a_lead_is_tried_judged_converted_into_a_household_and_taken_back(
    page: Page, live_server: Live, session: Session, world: Ids
) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/leads")
    page.get_by_role("link", name="Ann Lee").click()
    try_and_judge(page)
    assert violations(page) == []
    page.get_by_role("link", name="Convert", exact=True).click()
    convert(page)
    expect(page.get_by_role("heading", name="Where they came from")).to_be_visible()
    expect(page.get_by_role("link", name="Lee household").first).to_be_visible()
    assert len(session.scalars(select(HouseholdMembership.id)).all()) == 1
    session.rollback()
    page.get_by_role("button", name="Undo the conversion").click()
    page.wait_for_url("**/leads/*")
    expect(page.get_by_text("It is taken back.")).to_be_visible()
    lead = session.get_one(Lead, world["ann"])
    assert (lead.status, lead.interest, lead.constituent_id) == ("working", 4, None)
    assert session.scalars(select(HouseholdMembership.id)).all() == []
