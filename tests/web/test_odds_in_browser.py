"""The forecast as it stood on an earlier day, and the asks behind a point of the calibration diagram, in a browser."""

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.asks.decide import Step
from donors.workflows.asks import step_ask
from tests.cast import OLIVE, Person, sign_in_page
from tests.harness.browser import violations
from tests.harness.processes import Live
from tests.web.test_ask_pages import TODAY, World, ago, world

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

__all__ = ["world"]  # the fixture


def test_a_forecast_of_last_month_and_the_asks_of_a_point(
    page: Page, live_server: Live, world: World, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    step_ask(session, world.ask, Step("received", TODAY), within=change)
    session.commit()
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/pipeline/forecast")
    page.get_by_text("No ask is open").wait_for()
    page.get_by_label("As of").fill(ago(30).isoformat())
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Harold Nakamura").wait_for()
    assert violations(page) == []
    page.goto(f"{live_server.url}/reports/calibration?wait=0")
    page.get_by_role("link", name="Claimed 60%: 100% happened, of 1").click()
    page.get_by_role("heading", name="Asks that were given 60% to 70%").wait_for()
    assert violations(page) == []
    page.locator("#behind").get_by_role("link", name="Harold Nakamura").click()
    page.get_by_role("heading", name="$5,000: the roof").wait_for()
