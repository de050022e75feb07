"""What scripts add, in a real browser: drawers over the page, rows chosen at once, a file that shows how far it is."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.cast import ADA, sign_in_page
from tests.harness.browser import violations
from tests.harness.house import House
from tests.harness.processes import Live

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_conditions_are_put_together_in_a_drawer(page: Page, live_server: Live, house: House) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/constituents")
    page.get_by_role("link", name="Filter").click()
    drawer = page.get_by_role("dialog", name="Filter")
    drawer.get_by_label("What").select_option(label="Name")
    drawer.get_by_label("With what").fill("walter")
    drawer.get_by_role("button", name="Count").click()
    drawer.get_by_text("Name contains “walter”").wait_for()
    assert violations(page) == []
    drawer.get_by_role("button", name="Show them").last.click()
    page.wait_for_url("**/constituents?f=name*")
    page.get_by_label("Choose all on this page").check()
    page.get_by_text("chosen").wait_for()
    assert violations(page) == []


def test_columns_are_found_by_typing(page: Page, live_server: Live, house: House) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/constituents")
    page.get_by_role("button", name="Columns").click()
    columns = page.get_by_role("dialog", name="Columns")
    columns.get_by_label("Find a column").fill("soft streak")
    columns.get_by_label("Lifetime total", exact=True).wait_for(state="hidden")
    assert violations(page) == []
    columns.get_by_label("Soft credit: fiscal years in a row").check()
    columns.get_by_role("button", name="Show").click()
    page.wait_for_url("**col=soft_current_streak*")


def test_a_reason_opens_over_the_page_and_gives_the_focus_back(page: Page, live_server: Live, house: House) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/constituents/{house.hidden}")
    page.locator("a.why").first.click()
    page.get_by_role("dialog").get_by_role("heading", name="What counts").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.matches('a.why')")


def test_a_large_file_shows_how_far_it_is(page: Page, live_server: Live, house: House, tmp_path: Path) -> None:
    sign_in_page(page, live_server.url, ADA)
    page.goto(f"{live_server.url}/imports/new")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    line.send("Network.emulateNetworkConditions", slow)
    file = tmp_path / "gifts.csv"
    file.write_text("gift_key,amount,date\n" + "".join(f"G{number},5.00,2026-01-02\n" for number in range(60_000)))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.locator("progress:not([value='0'])").wait_for()
    page.wait_for_url("**/imports/*/columns")
