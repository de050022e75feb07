"""Every page with real ids: it opens for whom the table of access says; and in a browser it fits, reads and is quiet.

Pages are found by introspection (tests/harness/routes.py), so that a new one is looked at without a line here.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize
from sqlalchemy.orm import Session

from donors.accounts.permissions import carries
from donors.web.access import FRESH, WORDS, need_of
from tests.cast import ADA, EACH_ONCE, Person, sign_in, sign_in_page
from tests.harness.browser import violations
from tests.harness.house import House
from tests.harness.processes import Live
from tests.harness.routes import open_ids, pages, secret_ids

# No scheduler runs here, and that is what it answers.
TELLS_OF_TROUBLE = {"health.health_page"}
ELSEWHERE = {"accounts.second_factor", "accounts.sign_in", "accounts.confirm", "accounts.set_up_second_factor"}
"""Pages that send somebody who is signed in on to another one."""

SECRET = {
    "accounts.link",
    "accounts.calendar_file",
    "unsubscribe.ask_page",
    "lead_form.form_page",
    "lead_form.thanks_page",
}
"""Pages behind a word that the world does not know."""

BARE = {"pipeline.proposal_file", "pipeline.token"}
"""No pages: files as somebody uploaded them, and a word for scripts."""

LETTERS = {"mail.look", "mail.template_look"}
"""HTML of mails, as its writers made it; nothing can be carried out in it, not even what looks at pages here."""

Scheme = Literal["light", "dark"]
LARGE, SMALL = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
Forms = tuple[tuple[ViewportSize, Scheme], tuple[ViewportSize, Scheme]]
DAY: Forms = ((LARGE, "light"), (SMALL, "dark"))
NIGHT: Forms = ((LARGE, "dark"), (SMALL, "light"))
PARTS = 6
"""The pages are looked at in so many tests, for the longest test is what the others wait for at the end."""

SOAK = pytest.mark.soak
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("person", "database"), EACH_ONCE, indirect=["database"])
def test_every_page_opens_for_whom_it_is(
    app: Flask, client: FlaskClient, session: Session, house: House, person: Person
) -> None:
    sign_in(client, person)
    wrong = []
    for rule, path in pages(app, open_ids(session, secret_ids(session, house))):
        need = need_of(rule.endpoint) or ""
        allowed = need in WORDS or carries(person.role, need)
        answer = client.get(path)
        fine = {200, 303, 404, 409, 422} if allowed else {403}
        fine |= {503} if rule.endpoint in TELLS_OF_TROUBLE else set()
        if answer.status_code not in fine:
            wrong.append(f"{path}: {answer.status}")
        if person is ADA and rule.arguments and answer.status_code == 404 and rule.endpoint not in SECRET:
            wrong.append(f"{path}: {answer.status}, though the world has such a row")
    assert not wrong, f"as {person.name}:\n" + "\n".join(wrong)


class Faults:
    """What the browser complained of, by page."""

    def __init__(self, page: Page) -> None:
        self.path, self.found = "", list[str]()
        page.on("pageerror", lambda error: self.note(str(error)))
        page.on("console", self._console)

    def note(self, words: str) -> None:
        """Adds one about the page at hand."""
        self.found.append(f"{self.path}: {words}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.note(message.text)


@pytest.fixture
def paths(app: Flask, session: Session, house: House) -> list[str]:
    """Addresses of all pages of text, with ids of the world."""
    fed = pages(app, open_ids(session, secret_ids(session, house)))
    left_out = FRESH | ELSEWHERE | SECRET | LETTERS | BARE | {"style.people"}
    return [path for rule, path in fed if rule.endpoint not in left_out and not rule.rule.endswith(FILES)]


FILES = (".csv", ".json", ".svg", ".png", ".txt", ".js", "/health")


@pytest.fixture
def window(browser: Browser, live_server: Live, house: House) -> Iterator[Page]:
    """Ada's window, signed in."""
    context = browser.new_context(viewport=LARGE, reduced_motion="reduce")
    page = context.new_page()
    sign_in_page(page, live_server.url, ADA)
    yield page
    context.close()


def _dress(page: Page, size: ViewportSize, scheme: Scheme) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("part", "forms", "thorough"),
    [
        *(pytest.param(part, (DAY, NIGHT)[part % 2], False, id=f"{part}-by-turns") for part in range(PARTS)),
        *(pytest.param(part, DAY, True, id=f"{part}-day", marks=SOAK) for part in range(PARTS)),
        *(pytest.param(part, NIGHT, True, id=f"{part}-night", marks=SOAK) for part in range(PARTS)),
    ],
)
def test_every_page_fits_and_reads(
    live_server: Live, window: Page, paths: list[str], part: int, forms: Forms, thorough: bool
) -> None:
    faults = Faults(window)
    for place, path in enumerate(paths[part::PARTS]):
        faults.path = path
        answer = window.goto(live_server.url + path)
        if answer is None or answer.status >= 500:
            faults.note(f"answers {answer.status if answer else 'nothing'}")
            continue
        for turn, (size, scheme) in enumerate(forms):
            _dress(window, size, scheme)
            # In every run each page is read by axe in one of the four forms, in the long tests in all.
            for words in violations(window) if thorough or turn == place % 2 else ():
                faults.note(f"{size['width']} {scheme}: {words}")
            if (over := window.evaluate(WIDE)) > 0:
                faults.note(f"{size['width']}: {over} px wider than the window")
    assert not faults.found, "\n".join(faults.found)
