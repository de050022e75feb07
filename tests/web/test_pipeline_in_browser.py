"""The board by mouse and keyboard, and a call report on a phone, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from donors.core.changes import Act, insert, open_change
from donors.core.clock import now
from donors.pipeline.evidence.standard import install_evidence
from donors.pipeline.models import Stage
from donors.pipeline.move_report import Report
from donors.research.models import Rating
from donors.workflows.moves import log_move
from tests.cast import OLIVE, Person, sign_in_page
from tests.harness.browser import PHONE, violations, watched
from tests.harness.processes import Live
from tests.web.test_pipeline_pages import TODAY, World, world

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

__all__ = ["world"]  # the fixture


@pytest.fixture
def proven(session: Session, world: World, cast: dict[Person, int]) -> World:
    """The stages ask for evidence; of Harold a talk and his capacity are on record."""
    act = Act(by=cast[OLIVE], at=now(), through="web")
    change = open_change(session, "test", act=act)
    for stage_id in world.stage.values():
        install_evidence(session, session.get_one(Stage, stage_id), within=change)
    report = Report(TODAY - timedelta(days=9), "visit", "positive", "He asked.", purpose="Talk about the roof")
    log_move(session, world.harold_id, report, within=change, on=TODAY)
    rated = Rating(
        constituent_id=world.harold_id,
        kind="capacity",
        amount=5_000_000,
        rated_on=TODAY - timedelta(days=30),
        source="research",
        recorded_at=act.at,
    )
    insert(session, rated, within=change)
    session.commit()
    return world


def drag(page: Page, name: str, to: int) -> None:
    """Carries a card to a lane by mouse."""
    start, aim = page.locator("article.card", has_text=name).bounding_box(), page.locator("section.lane").nth(to)
    lane = aim.bounding_box()
    assert start and lane
    page.mouse.move(start["x"] + 90, start["y"] + 50)
    page.mouse.down()
    page.mouse.move(start["x"] + 130, start["y"] + 50, steps=4)
    page.mouse.move(lane["x"] + 90, lane["y"] + 60, steps=8)
    page.mouse.up()


def test_a_card_is_carried_by_mouse_and_by_keyboard(page: Page, live_server: Live, proven: World) -> None:
    """Forward in two steps of the hand: the drop, and the word on the sheet that shows the record. Back in one."""
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/pipeline")
    drag(page, "Harold Nakamura", 2)
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("Talk about the roof").wait_for()
    assert violations(page) == []
    sheet.get_by_role("button", name="Move on").click()
    page.get_by_text("Harold Nakamura is in Cultivation now.").wait_for()
    assert page.get_by_role("dialog").count() == 0
    page.locator("section.lane").nth(2).get_by_role("link", name="Harold Nakamura").focus()
    page.keyboard.press("Alt+ArrowLeft")
    page.get_by_text("Harold Nakamura is in Qualification now.").wait_for()
    page.locator("section.lane").nth(1).get_by_role("link", name="Harold Nakamura").focus()
    page.keyboard.press("Alt+ArrowRight")
    sheet.get_by_text("all of it is on record").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Harold Nakamura is in Cultivation now.").wait_for()
    assert violations(page) == []


def test_what_is_missing_is_confirmed_or_claimed(browser: Browser, live_server: Live, proven: World) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    with watched(context.new_page()) as page:
        sign_in_page(page, live_server.url, OLIVE)
        page.goto(f"{live_server.url}/pipeline/{proven.bettina}")
        page.get_by_role("link", name="Another stage").tap()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("Or to").select_option("Cultivation")
        sheet.get_by_text("Capacity rated within a year").wait_for()
        sheet.get_by_role("button", name="Move on as claimed").tap()
        sheet.get_by_text("asks for what is not on record").first.wait_for()
        assert violations(page) == []
        sheet.get_by_role("checkbox", name="A two-way contact held").check()
        sheet.get_by_label("Why enter without").fill("Her banker told us")
        sheet.get_by_role("button", name="Move on as claimed").tap()
        page.get_by_text("Bettina Kroll is in Cultivation now.").wait_for()
        page.get_by_text("A two-way contact held: confirmed").wait_for()
        page.get_by_text("Capacity rated within a year: claimed: Her banker told us").wait_for()
    context.close()


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
        page.get_by_role("dialog").get_by_role("button", name="Move on").tap()
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
