"""The board by mouse and keyboard, and a call report on a phone, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page

from tests.cast import OLIVE, sign_in_page
from tests.harness.browser import PHONE, violations, watched
from tests.harness.processes import Live
from tests.web.test_pipeline_pages import World, world

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

__all__ = ["world"]  # the fixture


def test_a_card_is_carried_by_mouse_and_by_keyboard(page: Page, live_server: Live, world: World) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/pipeline")
    lanes = page.locator("section.lane")
    start, aim = lanes.nth(0).locator("article.card").bounding_box(), lanes.nth(1).bounding_box()
    assert start and aim
    page.mouse.move(start["x"] + 90, start["y"] + 50)
    page.mouse.down()
    page.mouse.move(start["x"] + 130, start["y"] + 50, steps=4)
    page.mouse.move(aim["x"] + 90, aim["y"] + 60, steps=8)
    page.mouse.up()
    page.get_by_text("Harold Nakamura is in Qualification now.").wait_for()
    page.locator("section.lane").nth(1).get_by_role("link", name="Harold Nakamura").focus()
    page.keyboard.press("Alt+ArrowLeft")
    page.get_by_text("Harold Nakamura is in Identification now.").wait_for()
    assert violations(page) == []


def test_a_card_is_carried_by_finger(browser: Browser, live_server: Live, world: World) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    with watched(context.new_page()) as page:
        sign_in_page(page, live_server.url, OLIVE)
        page.goto(f"{live_server.url}/pipeline")
        card = page.locator("section.lane").nth(0).locator("article.card").bounding_box()
        assert card
        finger = context.new_cdp_session(page)

        def touch(kind: str, x: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": card["y"] + 40}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", card["x"] + 60)
        page.locator(".carried").wait_for()
        for x in range(80, 345, 20):
            touch("touchMove", card["x"] + x)
        page.locator("[data-drop]", has_text="Qualification").wait_for()
        touch("touchEnd", 0)
        page.get_by_text("Harold Nakamura is in Qualification now.").wait_for()
    context.close()


def test_a_call_report_takes_six_taps(browser: Browser, live_server: Live, world: World) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    with watched(context.new_page()) as page:
        sign_in_page(page, live_server.url, OLIVE)
        page.goto(f"{live_server.url}/today")
        page.locator(".dock").get_by_text("Log").tap()
        page.locator("#main ul.lines").get_by_text("Harold Nakamura").tap()
        page.locator(".choice").get_by_text("Visit").tap()
        page.locator("#report").tap()
        page.keyboard.type("She liked the roof.")
        page.get_by_text("Positive").tap()
        assert violations(page) == []
        page.get_by_role("button", name="Log it").tap()
        page.wait_for_url("**/constituents/**")
        page.goto(f"{live_server.url}/pipeline/{world.harold}")
        page.get_by_text("She liked the roof.").wait_for()
    context.close()


@pytest.mark.parametrize(
    "address", ["/today", "/pipeline", "/pipeline/list", "/pipeline/moves", "/plans", "/plans/tasks"]
)
def test_pages_are_free_of_axe_violations(page: Page, live_server: Live, world: World, address: str) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(live_server.url + address)
    assert violations(page) == []
