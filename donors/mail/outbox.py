"""Putting mail into the outbox, in the transaction of the act that causes it."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.claims import insert_new
from donors.core.errors import Invalid
from donors.mail.models import Outbox, Policy

KEY = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""What may stand before the @ of a Message-ID."""


@dataclass(frozen=True)
class Letter:
    """A mail to be sent. `key` names it for ever (`task/12/reminder/2026-03-09`): a second letter with it is the same.

    `at_most_once` is for what must never arrive twice, at the price that a crash may lose it. A letter that could not
    be sent by `not_after` is given up.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    policy: Policy = "at_least_once"
    constituent_id: int | None = None
    not_after: datetime | None = None


def post(session: Session, letter: Letter, *, within: ChangeSet) -> bool:
    """Puts a letter into the outbox; false when one with its key is there already. Raises Invalid.

    Ask the contact gate first: the outbox takes what it is given.
    """
    _check(letter)
    row = {
        "created_in": within.id,
        "key": letter.key,
        "policy": letter.policy,
        "next_try_at": within.at,
        "not_after": letter.not_after,
        "to_address": letter.to,
        "subject": letter.subject,
        "text_body": letter.text,
        "html_body": letter.html,
        "constituent_id": letter.constituent_id,
    }
    return insert_new(session, Outbox, [row]) == 1


def posted(session: Session, key: str) -> Outbox | None:
    """The mail with a key, whatever became of it."""
    return session.scalar(select(Outbox).where(Outbox.key == key))


def _check(letter: Letter) -> None:
    if not KEY.fullmatch(letter.key):
        raise Invalid("key", letter.key, "cannot be part of a Message-ID")
    for name, value in (("to", letter.to), ("subject", letter.subject)):
        if not value.strip() or any(ord(sign) < 32 for sign in value):
            raise Invalid(name, value, "is empty or holds a line break")
    if letter.to.count("@") != 1 or "," in letter.to:
        raise Invalid("to", letter.to, "is not one e-mail address", "Enter an address such as ada@example.org.")
