"""Conversations with a real mail server."""

from email.message import EmailMessage

import pytest
from flask import Flask

from donors.mail.deliver import Courier, deliver
from donors.mail.smtp import NotTaken, smtp
from tests.harness.mail import Mailbox
from tests.harness.processes import free_port
from tests.jobs.bodies import Hands
from tests.mail.letters import letter, mail, put


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "Grüße"
    made["Message-ID"] = "<one@example.org>"
    made.set_content("Schöne Grüße.")
    return made


def test_a_mail_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    smtp(mailbox.url)(message())
    (received,) = mailbox.messages
    assert received["Message-ID"] == "<one@example.org>"
    assert received.get_payload(decode=True).decode().strip() == "Schöne Grüße."  # type: ignore[union-attr]


@pytest.mark.parametrize("answer", ["451 later", "554 spam"])
def test_an_answer_that_refuses_the_mail_means_that_it_was_not_taken(mailbox: Mailbox, answer: str) -> None:
    mailbox.refuse = answer
    with pytest.raises(NotTaken, match=answer) as refused:
        smtp(mailbox.url)(message())
    assert not refused.value.final
    assert mailbox.messages == []


def test_no_server_means_that_it_was_not_taken() -> None:
    with pytest.raises(NotTaken, match="ConnectionRefusedError"):
        smtp(f"smtp://127.0.0.1:{free_port()}")(message())


@pytest.mark.parametrize("url", ["", "mail.example.org", "http://example.org", "smtp://"])
def test_an_address_of_a_server_that_cannot_be_one(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        smtp(url)


def test_from_the_outbox_to_the_server_and_again_after_trouble(context: Flask, clock: Hands, mailbox: Mailbox) -> None:
    courier = Courier(smtp(mailbox.url), "give.example.org")
    put(letter(), clock=clock)
    mailbox.refuse = "451 later"
    deliver(courier, clock=clock)
    assert mail().last_error == "451 later"
    mailbox.refuse = ""
    clock.move(hours=1)
    deliver(courier, clock=clock)
    assert [received["Message-ID"] for received in mailbox.messages] == ["<task/1/reminder@give.example.org>"]
    assert mail().state == "sent"
