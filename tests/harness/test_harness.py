"""The harness itself: what it hands out is what it says."""

import smtplib
from email.message import EmailMessage

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import text
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.db import current_session
from tests.cast import OLIVE, Person
from tests.harness.browser import violations
from tests.harness.mail import Mailbox
from tests.harness.processes import Live


def test_the_session_speaks_to_the_database_of_the_test(session: Session, database: str) -> None:
    assert session.get_bind().dialect.name == database.partition(":")[0].partition("+")[0]
    assert session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()


def test_the_cast_can_be_found_by_others(cast: dict[Person, int], app: Flask) -> None:
    with app.app_context():
        user = current_session().get_one(User, cast[OLIVE])
    assert (user.email, user.role) == (OLIVE.email, OLIVE.role)


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_real_server_answers_a_real_browser(live_server: Live, page: Page) -> None:
    answer = page.goto(live_server.url)
    assert answer is not None
    assert answer.status < 500


@pytest.mark.browser
def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x>")
    assert [found for found in violations(page) if found.startswith("image-alt")]


def test_mail_arrives(mailbox: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Thank you"
    host, _, port = mailbox.url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as smtp:
        smtp.send_message(message)
    assert [received["Subject"] for received in mailbox.messages] == ["Thank you"]
