"""What goes into the outbox, and that it goes in with the act or not at all."""

import pytest
from flask import Flask

from donors.core.changes import Act, open_change
from donors.core.db import transaction
from donors.core.errors import Invalid
from donors.mail.outbox import post, posted
from tests.jobs.bodies import Hands
from tests.mail.letters import letter, mail, put


def test_a_key_is_one_mail_for_ever(context: Flask, clock: Hands) -> None:
    assert put(letter(), clock=clock) == [True]
    assert put(letter(text="Another text"), letter("task/2/reminder"), clock=clock) == [False, True]
    assert mail().text_body == "It is due today."


def test_a_mail_goes_with_its_act_or_not_at_all(context: Flask, clock: Hands) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        change = open_change(session, "test.post", act=Act(by=None, at=clock(), through="job"))
        post(session, letter(), within=change)
        raise ZeroDivisionError
    with transaction() as session:
        assert posted(session, "task/1/reminder") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "with space"),
        ("key", "a@b"),
        ("key", "double..dot"),
        ("key", ""),
        ("to", "ada@example.org\nBcc: all@example.org"),
        ("to", "ada@example.org, ben@example.org"),
        ("to", "ada"),
        ("subject", "Hello\r\nBcc: all@example.org"),
        ("subject", " "),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_could_forge_a_header_is_refused(context: Flask, clock: Hands, field: str, value: str) -> None:
    given = {"key": "k", field: value}
    with pytest.raises(Invalid) as refused:
        put(letter(given.pop("key"), **given), clock=clock)
    assert refused.value.field == field
