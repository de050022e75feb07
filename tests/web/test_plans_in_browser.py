"""Somebody new makes a welcome with a branch, starts it after a look at its days, and goes on by how the call went."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.cast import DORA, Person, sign_in_page
from tests.constituents.people import person
from tests.harness.browser import violations
from tests.harness.processes import Live

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def harold(session: Session, cast: dict[Person, int]) -> int:
    """The id of somebody who may have plans, committed."""
    made = person(session, "Harold Nakamura").id
    session.commit()
    return made


def test_a_welcome_with_a_branch_from_the_first_step_to_the_second_call(
    page: Page, live_server: Live, harold: int
) -> None:
    sign_in_page(page, live_server.url, DORA)
    _write(page, live_server.url)
    _start(page, f"{live_server.url}/plans/start?constituent={harold}")
    _answer(page)


def _write(page: Page, url: str) -> None:
    page.goto(f"{url}/plans/templates/new")
    page.get_by_label("Name", exact=True).fill("Welcome")
    page.get_by_label("What is to be done").fill("Call to thank")
    picture = page.locator("#rehearsal")
    expect(picture.get_by_role("heading", name="Call to thank")).to_be_visible()
    for place, (subject, outcome) in enumerate((("Invite", "reached"), ("Letter", "no answer")), start=2):
        page.get_by_role("button", name="Step", exact=True).click()
        step = page.locator(f"#step-{place}[open]")
        step.get_by_label("What is to be done").fill(subject)
        step.get_by_label("How many days").fill(str(place))
        step.get_by_label("Step that it waits for").select_option("1")
        step.get_by_label("How that one must end").select_option(outcome)
    expect(picture.get_by_text("only if step 1 ended with “no answer”", exact=True)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_text("Welcome is ready.")).to_be_visible()
    assert violations(page) == []


def _start(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("From", exact=True).fill("2026-03-06")
    page.get_by_label("From", exact=True).blur()
    expect(page.get_by_title("Mar 9, 2026").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Start the plan").click()
    expect(page.get_by_text("The plan for Harold Nakamura has begun.")).to_be_visible()
    assert violations(page) == []


def _answer(page: Page) -> None:
    page.get_by_label("How Call to thank ended").select_option("no answer")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".branches").get_by_text("not needed", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Done")).to_have_count(1)
    expect(page.get_by_label("How Letter ended")).to_be_visible()
    page.get_by_role("button", name=re.compile("Open again.*Call to thank")).click()
    expect(page.get_by_label("How Call to thank ended")).to_be_visible()
