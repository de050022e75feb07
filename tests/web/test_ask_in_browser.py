"""An ask from a donor's page in three clicks, with a wide screen and on a phone, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.pipeline.asks.models import Opportunity
from tests.cast import OLIVE, sign_in_page
from tests.harness.browser import DESKTOP, PHONE, violations, watched
from tests.harness.processes import Live
from tests.web.test_ask_pages import World, world

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

__all__ = ["world"]  # the fixture


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "phone"])
def test_an_ask_in_three_clicks(
    browser: Browser, live_server: Live, world: World, session: Session, size: ViewportSize
) -> None:
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    with watched(context.new_page()) as page:
        sign_in_page(page, live_server.url, OLIVE)
        page.goto(f"{live_server.url}/constituents/{world.harold}")
        page.get_by_role("link", name="Ask", exact=True).click()
        page.get_by_role("button", name="$2,500 as the amount").click()
        assert violations(page) == []
        page.get_by_role("button", name="Save the ask").click()
        page.get_by_role("heading", name="$2,500").wait_for()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Considering").click()
        page.get_by_text("The ask is considering now.").first.wait_for()
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("It is taken back.").first.wait_for()
        page.locator(".tag", has_text="planned").wait_for()
    context.close()
    made = session.scalars(select(Opportunity.amount).where(Opportunity.prospect_id == world.prospect)).all()
    assert sorted(amount or 0 for amount in made) == [2_500_00, 5_000_00]


def test_enter_saves_and_takes_no_suggestion(page: Page, live_server: Live, world: World) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/pipeline/asks/new?constituent={world.harold}")
    page.get_by_label("Amount", exact=True).fill("777")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="$777").wait_for()
