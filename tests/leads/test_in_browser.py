"""From the form that everybody sees to the mail that tells of it, by a real SMTP conversation, and on to Today."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.leads.forms import FormDraft, add_form
from donors.leads.models import Lead
from donors.leads.rota import set_rota
from donors.mail.deliver import Courier, deliver
from donors.mail.smtp import smtp
from donors.workflows.leads import give_by_hand
from tests.cast import DORA, OLIVE, SAM, Person, sign_in_page
from tests.harness.browser import DESKTOP, PHONE, violations, watched
from tests.harness.mail import Mailbox
from tests.harness.processes import Live

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

DRAFT = FormDraft(
    "Visits",
    "Come and see the river",
    asks=("phone", "message"),
    interests=("Birds",),
    consents=(("email", "You may write to me."),),
)


@pytest.fixture
def token(session: Session, cast: dict[Person, int]) -> str:
    """The address of a form, with Olive on the rota."""
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_rota(session, [cast[OLIVE]], within=change)
    made = add_form(session, DRAFT, within=change).token
    session.commit()
    return made


def test_from_form_to_mail_to_today(
    browser: Browser, live_server: Live, token: str, mailbox: Mailbox, session: Session, cast: dict[Person, int]
) -> None:
    address = f"{live_server.url}/f/{token}"
    _send(browser, address)
    assert deliver(Courier(smtp(mailbox.url), "give.example.org"), clock=now) == 1
    [mail] = mailbox.messages
    assert (mail["To"], mail["Subject"]) == (OLIVE.email, "New lead: Vega")
    text = mail.get_payload(decode=True).decode()
    assert all(words in text for words in ("Phone: +1 212 555 0100", "Interests: Birds", "/leads/"))
    within = open_change(session, "lead.give", act=Act(cast[DORA], now(), "web"))
    [lead_id] = session.scalars(select(Lead.id))
    give_by_hand(session, [lead_id], cast[SAM], within=within, site=live_server.url)
    give_by_hand(session, [lead_id], cast[OLIVE], within=within, site=live_server.url)
    session.commit()
    assert deliver(Courier(smtp(mailbox.url), "give.example.org"), clock=now) == 2
    assert [mail["To"] for mail in mailbox.messages[1:]] == [SAM.email, OLIVE.email]
    assert "Dora Director gave it to you" in mailbox.messages[1].get_payload(decode=True).decode()
    with watched(browser.new_page(viewport=DESKTOP)) as window:
        window.goto(address)
        assert violations(window) == []
        sign_in_page(window, live_server.url, OLIVE)
        window.goto(f"{live_server.url}/today")
        window.get_by_role("heading", name="New leads").wait_for()
        window.get_by_role("link", name="Vega").wait_for()
        window.get_by_text("answer by").wait_for()
        assert violations(window) == []
        window.context.close()


def _send(browser: Browser, address: str) -> None:
    """Fills the form in on a phone without scripts, too quickly first."""
    visitor = browser.new_context(viewport=PHONE, java_script_enabled=False, color_scheme="dark")
    page = visitor.new_page()
    page.goto(address)
    page.get_by_label("Family name").fill("Vega")
    page.get_by_label("Phone").fill("+1 212 555 0100")
    page.get_by_label("Birds").check()
    page.get_by_label("You may write to me.").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("That was quick").wait_for()
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert visitor.cookies() == []
    visitor.close()
