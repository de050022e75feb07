"""Call reports on a phone: in six taps, and without a network, in a real browser whose line is cut."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.models import Move
from donors.pipeline.move import drop_move
from tests.cast import OLIVE, SAM, Person, sign_in_page
from tests.harness.browser import PHONE, violations, watched
from tests.harness.line import Line, line
from tests.harness.processes import Live
from tests.web.test_pipeline_pages import World, world

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

__all__ = ["world"]  # the fixture
TAPS = "addEventListener('click', e => e.isTrusted && e.detail && sessionStorage.setItem('taps', taps() + 1), true)"
COUNT = "globalThis.taps = () => Number(sessionStorage.getItem('taps') ?? 0);"


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone with a memory of its own."""
    context = browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def wire(live_server: Live) -> Iterator[Line]:
    """The line between the phone and the server."""
    with line(live_server.url) as laid:
        yield laid


def test_six_taps_write_a_report_with_its_next_move(
    phone: BrowserContext, live_server: Live, world: World, session: Session
) -> None:
    with watched(phone.new_page()) as page:
        sign_in_page(page, live_server.url, OLIVE)
        page.goto(f"{live_server.url}/today")
        page.add_init_script(COUNT + TAPS)
        page.evaluate(COUNT + TAPS)
        page.locator(".dock").get_by_text("Log").tap()
        page.locator("#main ul.lines").get_by_text("Harold Nakamura").tap()
        page.locator("#report").wait_for()
        page.keyboard.type("She liked the roof.")  # the field has the focus
        page.locator(".choice").get_by_text("Visit").tap()
        page.get_by_text("Positive").tap()
        page.get_by_text("Call in two weeks").tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert violations(page) == []
        page.get_by_role("button", name="Log it").tap()
        page.wait_for_url("**/constituents/**")
        assert page.evaluate("taps()") == 6
    told = session.execute(select(Move.state, Move.report, Move.purpose).order_by(Move.id)).all()
    assert told == [("made", "She liked the roof.", "Send the roof budget"), ("planned", "", "Call again")]


def test_a_briefing_fills_one_sheet(page: Page, live_server: Live, world: World) -> None:
    sign_in_page(page, live_server.url, OLIVE)
    page.goto(f"{live_server.url}/pipeline/{world.harold}/briefing")
    assert violations(page) == []
    assert page.pdf(prefer_css_page_size=True).count(b"/MediaBox [0 0 612 792]") == 1
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def ready(page: Page, wire: Line) -> None:
    """Signs in and waits until the phone carries what it needs."""
    sign_in_page(page, wire.url, OLIVE)
    page.goto(f"{wire.url}/today")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    while not page.evaluate("caches.match('/pipeline/log/kept').then(Boolean)"):
        page.wait_for_timeout(50)


def write(page: Page, text: str, who: str = "Harold Nakamura") -> None:
    """Writes a report on the kept page."""
    page.locator("#whom").select_option(label=who)
    page.locator("#report").fill(text)
    page.get_by_text("Reached").tap()
    page.get_by_role("button", name="Keep and send it").tap()
    page.locator("#report:placeholder-shown, #report").first.wait_for()


def reports(session: Session) -> list[str]:
    """What the server has; the read ends at once, so that it keeps no writer out."""
    session.rollback()
    found = list(session.scalars(select(Move.report).where(Move.state == "made").order_by(Move.id)))
    session.rollback()
    return found


def test_twenty_reports_written_without_a_network_arrive_once(
    phone: BrowserContext, wire: Line, world: World, session: Session
) -> None:
    said = [f"Told number {number}" for number in range(20)]
    with watched(phone.new_page()) as page:
        ready(page, wire)
        wire.cut()
        page.goto(f"{wire.url}/constituents")  # whatever page is asked for
        assert violations(page) == []
        for number, text in enumerate(said, start=1):
            write(page, text)
            expect(page.locator("[data-kept-list] li[data-state=waiting]")).to_have_count(number)
        page.close()  # the tab is gone, what it kept is not
    wire.mend()
    with watched(phone.new_page()) as page:
        page.goto(f"{wire.url}/pipeline/log/kept")
        expect(page.locator("[data-kept-list] li[data-state=sent]")).to_have_count(20, timeout=60_000)
        page.reload()
        page.goto(f"{wire.url}/today")
        assert page.locator("[data-kept-notice]").is_hidden()
    assert reports(session) == said


def test_a_report_that_is_sent_as_the_line_breaks_is_kept(
    phone: BrowserContext, wire: Line, world: World, session: Session
) -> None:
    with watched(phone.new_page()) as page:
        ready(page, wire)
        page.goto(f"{wire.url}/pipeline/log?constituent={world.harold_id}")
        page.locator("#report").fill("From the train.")
        page.get_by_text("Positive").tap()
        wire.cut()
        page.get_by_role("button", name="Log it").tap()
        page.wait_for_url("**/pipeline/log/kept")
        expect(page.locator("li[data-state=waiting]")).to_contain_text("Harold Nakamura")
        wire.mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("li[data-state=sent]")).to_have_count(1)
    assert reports(session) == ["From the train."]


def test_a_conflict_is_shown_and_nothing_is_lost(
    phone: BrowserContext, wire: Line, world: World, session: Session, cast: dict[Person, int]
) -> None:
    with watched(phone.new_page()) as page:
        ready(page, wire)
        wire.cut()
        page.goto(f"{wire.url}/pipeline/log/kept")
        planned = page.locator("#whom option", has_text="Send the roof budget")
        page.locator("#whom").select_option(value=planned.get_attribute("value"))
        page.locator("#report").fill("Gave her the budget.")
        page.get_by_text("Positive").tap()
        page.get_by_role("button", name="Keep and send it").tap()
        expect(page.locator("li[data-state=waiting]")).to_have_count(1)
        within = open_change(session, "test", act=Act(by=cast[SAM], at=now(), through="web"))
        drop_move(session, session.scalars(select(Move.id)).one(), reason="overtaken", within=within)
        session.commit()
        wire.mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        refused = page.locator("li[data-state=refused]")
        expect(refused).to_contain_text("It was dropped already.")
        assert reports(session) == []
        refused.get_by_role("button", name="Edit and send again").tap()
        assert page.locator("#report").input_value() == "Gave her the budget."
        page.locator("#whom").select_option(label="Harold Nakamura")
        page.get_by_role("button", name="Keep and send it").tap()
        expect(page.locator("li[data-state=sent]")).to_have_count(1)
    assert reports(session) == ["Gave her the budget."]


def test_signing_out_warns_and_wipes(phone: BrowserContext, wire: Line, world: World) -> None:
    with watched(phone.new_page()) as page:
        ready(page, wire)
        wire.cut()
        page.goto(f"{wire.url}/pipeline/log/kept")
        write(page, "Not sent yet.")
        expect(page.locator("li[data-state=waiting]")).to_have_count(1)
        page.evaluate("kept.all().then(all => kept.put({ ...all[0], state: 'refused', reason: 'so' }))")
        wire.mend()
        page.goto(f"{wire.url}/today")
        asked: list[str] = []
        page.once("dialog", lambda box: (asked.append(box.message), box.dismiss()))
        page.get_by_label("All places").tap()
        page.get_by_role("button", name=OLIVE.name).tap()
        page.get_by_role("button", name="Sign out").tap()
        page.wait_for_timeout(200)
        assert page.url.endswith("/today")
        page.on("dialog", lambda box: box.accept())
        page.get_by_role("button", name="Sign out").tap()
        page.wait_for_url("**/accounts/sign-in**")
        assert asked == ["1 call report is not sent and would be lost. Sign out all the same?"]
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
        assert page.evaluate("caches.match('/pipeline/log/kept').then(Boolean)") is False


def test_reports_wait_for_their_writer(phone: BrowserContext, wire: Line, world: World, session: Session) -> None:
    with watched(phone.new_page()) as page:
        ready(page, wire)
        wire.cut()
        page.goto(f"{wire.url}/pipeline/log/kept")
        write(page, "Olive’s own.")
        expect(page.locator("li[data-state=waiting]")).to_have_count(1)
        phone.clear_cookies()  # the session has run out
        wire.mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.get_by_role("link", name="Sign in to send them").wait_for()
        sign_in_page(page, wire.url, SAM)
        page.goto(f"{wire.url}/pipeline/log/kept")
        page.get_by_text("1 of somebody else wait").wait_for()
        assert "Olive’s own." not in page.content()
        assert reports(session) == []
        phone.clear_cookies()
        sign_in_page(page, wire.url, OLIVE)
        page.goto(f"{wire.url}/pipeline/log/kept")
        expect(page.locator("li[data-state=sent]")).to_have_count(1)
    assert reports(session) == ["Olive’s own."]
