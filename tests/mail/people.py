"""People who may be written to, and mails to them."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from donors.constituents.consent import Said, give
from donors.constituents.models import Constituent
from donors.constituents.records import Email
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.settings import Organization, set_organization
from donors.mail.gate import Asked, require
from donors.mail.models import Outbox
from donors.mail.outbox import Letter, Origin, post_to
from tests.constituents.people import person

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
"""A Friday."""
ON = AT.date()


def change(session: Session, at: datetime = AT) -> ChangeSet:
    """A change set of the program at an instant."""
    return open_change(session, "test.contact", act=Act(by=None, at=at, through="job"))


def settle(session: Session, **values: Any) -> None:
    """Settings of the organization; all others as they are at first."""
    set_organization(session, Organization(**values), within=change(session))


def reachable(session: Session, name: str = "Ann Berg", address: str = "ann@example.org", **more: Any) -> Constituent:
    """Somebody who has agreed to mail."""
    who = person(session, name, emails=(Email(address, ""),), **more)
    give(session, who, said=Said("email", date(2026, 1, 2), "form"), within=change(session))
    return who


def asked(who: Constituent, key: str = "mail/task/1", **more: Any) -> Asked:
    """An act that would reach somebody by mail."""
    return Asked(who.id, **{"channel": "email", "purpose": "news", "key": key, "about": "Spring news", **more})


def sent(session: Session, act: Asked, at: datetime = AT, *, held: bool = False, **more: Any) -> Outbox:
    """Posts a letter with the pass that the gate gives."""
    within = change(session, at)
    granted = require(session, act, within=within)
    letter = Letter(act.key, granted.address, **{"subject": "News", "text": "Hello", **more})
    return post_to(session, letter, granted, origin=Origin(is_held=held), within=within)
