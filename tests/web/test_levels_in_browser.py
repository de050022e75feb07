"""Somebody new lets a level ask for more and wait before it falls, and decides on one by hand, in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.cast import ADA, Person, sign_in_page
from tests.harness.browser import violations
from tests.harness.processes import Live
from tests.reports.givers import Givers, givers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def test_a_level_that_asks_for_two_gifts(page: Page, live_server: Live, made: Givers) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/settings/tracks/{made.giving}")
    page.get_by_label("When the rules put somebody lower, they fall").select_option("After days of grace")
    page.get_by_label("Days of grace").fill("90")
    rung = page.get_by_role("group", name="Level 3", exact=True)
    rung.get_by_text("What this level asks for besides").click()
    rung.get_by_role("button", name="Condition", exact=True).click()
    rung.get_by_label("What", exact=True).select_option("Number of gifts")
    rung.get_by_label("With what").fill("2")
    assert violations(page) == []
    page.get_by_role("button", name="Save track").click()
    page.get_by_label("It is meant so").check()
    page.get_by_role("button", name="Save track").click()
    expect(page.get_by_text("Giving is saved")).to_be_visible()


def test_a_level_set_by_hand(page: Page, live_server: Live, made: Givers) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/constituents/{made.ids['Rita Riser']}")
    page.get_by_role("link", name="Level, Giving").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile("Patron since"))).to_be_visible()
    drawer.get_by_text("Decide by hand").first.click()
    drawer.get_by_label("Set it by hand").first.check()
    drawer.get_by_label("Level", exact=True).first.select_option("Circle")
    drawer.get_by_label("Why").first.fill("Chairs the board")
    drawer.get_by_role("button", name="Decide").first.click()
    expect(page.get_by_text("The level is set.")).to_be_visible()
    expect(page.get_by_text(re.compile("Chairs the board. The rules alone would give"))).to_be_visible()
    assert violations(page) == []
