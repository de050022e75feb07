"""Putting mail into the outbox, in the transaction of the act that causes it.

Mail to staff is posted by `post`. Mail to a constituent is posted by `post_to`, which takes a pass of the contact gate:
there is no way to write to somebody without asking.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.claims import insert_new
from donors.core.errors import Invalid
from donors.mail.gate import Pass, keep_contact
from donors.mail.models import HELD, WAITING, Outbox, Policy

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
    not_after: datetime | None = None


@dataclass(frozen=True)
class Origin:
    """What a mail to a constituent comes from: a template, a step of a plan. `is_held`: a person approves it first."""

    template_id: int | None = None
    task_id: int | None = None
    is_held: bool = False


def post(session: Session, letter: Letter, *, within: ChangeSet) -> bool:
    """Puts a letter to staff into the outbox; false when one with its key is there already. Raises Invalid."""
    return _put(session, letter, {}, within=within)


def post_to(session: Session, letter: Letter, granted: Pass, *, origin: Origin, within: ChangeSet) -> Outbox:
    """Puts a letter to a constituent into the outbox, and into the ledger of contacts; the mail that it became.

    It leaves when quiet times are over. A letter whose key is there already is that mail. Raises Invalid, also where
    the pass is for another act or another address.
    """
    asked = granted.asked
    if asked.channel != "email" or asked.key != letter.key or granted.address != letter.to:
        raise Invalid("to", letter.to, "is not what the contact gate was asked for", "Ask it for this very letter.")
    columns = {
        "state": HELD if origin.is_held else WAITING,
        "next_try_at": granted.not_before or within.at,
        "constituent_id": asked.constituent_id,
        "purpose": asked.purpose,
        "template_id": origin.template_id,
        "task_id": origin.task_id,
    }
    _put(session, letter, columns, within=within)
    mail = session.scalars(select(Outbox).where(Outbox.key == letter.key)).one()
    keep_contact(session, asked, on=granted.on, within=within, mail_id=mail.id)
    return mail


def _put(session: Session, letter: Letter, columns: dict[str, Any], *, within: ChangeSet) -> bool:
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
        **columns,
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
