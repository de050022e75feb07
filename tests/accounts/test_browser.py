"""The door in a real browser: keyboard only, on a phone, without a violation of accessibility rules."""

import pytest
from playwright.sync_api import Page

from tests.cast import ADA, OLIVE, PASSWORD, Person, sign_in_page
from tests.harness.browser import PHONE, violations
from tests.harness.processes import Live

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_signing_in_by_keyboard(page: Page, live_server: Live, cast: dict[Person, int]) -> None:
    page.goto(f"{live_server.url}/accounts/me")
    page.keyboard.type(OLIVE.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/me")
    assert page.get_by_role("heading", level=1).inner_text() == OLIVE.name


def test_pages_at_the_door_on_a_phone(page: Page, live_server: Live, cast: dict[Person, int]) -> None:
    page.set_viewport_size(PHONE)
    for path in ("/accounts/sign-in", "/accounts/forgot", "/accounts/forgot?sent=1"):
        page.goto(live_server.url + path)
        assert violations(page) == []
    sign_in_page(page, live_server.url, ADA)
    for path in ("/accounts/me", "/accounts/password", "/settings/users", "/settings/users/add"):
        page.goto(live_server.url + path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
