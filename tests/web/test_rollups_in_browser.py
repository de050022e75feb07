"""Somebody new defines a figure in the browser, sees what it yields, keeps it, and sorts the list by it."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.giving.gift_input import GiftInput, SplitInput
from donors.giving.purposes import add_fund
from donors.workflows.gifts import record_gift
from tests.cast import ADA, Person, sign_in_page
from tests.harness.browser import violations
from tests.harness.processes import Live
from tests.reports.givers import TODAY, Givers, givers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    """People with gifts, two of them to scholarships last year."""
    found = givers(session)
    act = Act(by=None, at=now(), through="cli")
    fund = add_fund(session, "Scholarships", within=open_change(session, "fund.add", act=act))
    last_year = TODAY.replace(year=TODAY.year - 1, month=6, day=1)
    for name, dollars in (("Fred Faller", 75), ("Nina New", 425)):
        split = SplitInput(fund.id, dollars * 100)
        record_gift(session, GiftInput(found.ids[name], dollars * 100, last_year, splits=(split,)), act=act, on=TODAY)
    session.commit()
    return found


def test_the_largest_gift_to_scholarships_and_its_date(page: Page, live_server: Live, made: Givers) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/settings/rollups")
    page.get_by_role("link", name="New rollup").click()
    page.get_by_label("Name").fill("Largest to scholarships")
    page.get_by_label("What of them").select_option("Largest")
    page.get_by_label("Time frame").select_option("The last full years")
    page.get_by_label("How many years").fill("2")
    page.get_by_role("button", name="Condition", exact=True).click()
    expect(page.get_by_label("What", exact=True)).to_have_count(1)
    page.get_by_label("What", exact=True).select_option("Funds")
    page.get_by_label("How Funds compares").wait_for()
    page.get_by_role("group", name="With what").get_by_label("Scholarships").check()
    page.get_by_label("First person").fill("Nina")
    page.get_by_role("option", name=re.compile("Nina New")).click()
    page.get_by_role("button", name="Preview").click()
    figure = page.locator("details.figure-of", has_text="Nina New")
    figure.get_by_text("$425.00").first.wait_for()
    assert "where Funds includes “Scholarships”" in page.locator("#main").inner_text()
    page.get_by_role("button", name="What would follow").click()
    page.locator("#largest").get_by_text("Nina New").wait_for()
    assert violations(page) == []
    _keep_and_sort(page, live_server.url)


def _keep_and_sort(page: Page, url: str) -> None:
    page.get_by_role("button", name="Save").click()
    page.get_by_text("“Largest to scholarships” is saved.").wait_for()
    page.get_by_role("link", name="Another like it").click()
    page.get_by_label("Name").fill("Date of the largest to scholarships")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("“Date of the largest to scholarships” is saved.").wait_for()
    page.goto(f"{url}/settings/rollups/largest_to_scholarships")
    page.get_by_role("link", name="Constituents by it").click()
    rows = page.locator("tbody tr")
    rows.first.get_by_text("Nina New").wait_for()
    assert "$425.00" in rows.nth(0).inner_text()
    assert "Fred Faller" in rows.nth(1).inner_text()
