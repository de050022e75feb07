"""Delivery of the outbox: claim and commit, renew just before sending, send, mark.

At least once is the default: between the server's "250 OK" and our mark a crash makes a second copy, with the same
Message-ID. At most once is marked before it is sent.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from donors.core.claims import changed, database_now
from donors.core.clock import Clock
from donors.core.db import transaction
from donors.core.settings import organization
from donors.mail.bounces import came_back
from donors.mail.last_look import fit_to_leave
from donors.mail.message import Stationery, message_of
from donors.mail.models import DEAD, SENT, WAITING, Outbox
from donors.mail.smtp import NotTaken, Send, Unsure
from donors.mail.unsubscribe import Links

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
BATCH = 10


@dataclass(frozen=True)
class Courier:
    """How mail leaves. `host` ends every Message-ID; `hold` is how long a claim lasts without being renewed.

    `links` makes the unsubscribe links.
    """

    send: Send
    host: str
    hold: timedelta = timedelta(minutes=3)
    links: Links | None = None


@dataclass(frozen=True)
class Parcel:
    """A claimed mail; the claim holds as long as `attempt` is the mail's own count. `last`: no attempt will follow."""

    id: int
    attempt: int
    last: bool
    policy: str
    message: EmailMessage


def deliver(courier: Courier, *, clock: Clock) -> int:
    """Delivers one batch, oldest first, and returns its size."""
    with transaction() as session:
        parcels = claim(session, courier, at=clock())
    for parcel in parcels:
        deliver_one(parcel, courier, clock=clock)
    return len(parcels)


def claim(session: Session, courier: Courier, *, at: datetime) -> list[Parcel]:
    """Counts an attempt for each mail of a batch and keeps others away from it. Stale mails are given up."""
    now = database_now(session)
    free = or_(Outbox.locked_until.is_(None), Outbox.locked_until <= now)
    waiting = select(Outbox).where(Outbox.state == WAITING, Outbox.next_try_at <= at, free)
    found = waiting.order_by(Outbox.next_try_at, Outbox.id).limit(BATCH).with_for_update(skip_locked=True)
    paper = Stationery(organization(session), courier.host, courier.links)
    parcels = []
    claimed = session.scalars(found).all()
    for mail in claimed:
        mail.locked_until = None  # of a sender that never came to an end
    for mail in fit_to_leave(session, claimed, at=at):
        if mail.not_after is not None and mail.not_after < at:
            mail.state, mail.last_error = DEAD, f"not sent in time; {mail.last_error}".rstrip("; ")
        elif mail.attempts >= mail.attempts_allowed:
            mail.state, mail.last_error = DEAD, mail.last_error or "the sender never came to an end"
        else:
            mail.attempts += 1
            mail.locked_until = now + courier.hold
            last, message = mail.attempts >= mail.attempts_allowed, message_of(mail, paper, at=at)
            parcels.append(Parcel(mail.id, mail.attempts, last, mail.policy, message))
    session.flush()
    return parcels


def deliver_one(parcel: Parcel, courier: Courier, *, clock: Clock) -> None:
    """Sends one claimed mail, unless somebody else has claimed it since, and marks what became of it."""
    once = parcel.policy == "at_most_once"
    with transaction() as session:
        ahead: dict[str, Any] = {"state": SENT, "sent_at": clock()} if once else {}
        if not _mark(session, parcel, locked_until=database_now(session) + courier.hold, **ahead):
            return
    refused = ""
    try:
        courier.send(parcel.message)
    except NotTaken as error:
        refused = str(error) if error.final else ""
        outcome = _later(parcel, str(error), at=clock(), final=error.final)
    except Unsure as error:
        reason = str(error)
        outcome = (
            {"state": DEAD, "last_error": f"may have been sent: {reason}"}
            if once
            else _later(parcel, reason, at=clock())
        )
    else:
        outcome = {"state": SENT, "sent_at": clock(), "last_error": ""}
    with transaction() as session:
        if _mark(session, parcel, state_now=SENT if once else WAITING, locked_until=None, **outcome) and refused:
            came_back(session, parcel.id, refused, at=clock())


def _later(parcel: Parcel, reason: str, *, at: datetime, final: bool = False) -> dict[str, Any]:
    given_up = final or parcel.last
    return {
        "state": DEAD if given_up else WAITING,
        "sent_at": None,
        "last_error": reason[:2000],
        "next_try_at": at + wait_after(parcel.attempt, chance=random.random()),  # noqa: S311 — spreads retries
    }


def wait_after(attempt: int, *, chance: float) -> timedelta:
    """How long to wait after the n-th attempt (from 1): twice as long each time, at most six hours.

    `chance`, from 0 to 1, adds up to half.
    """
    doubled: timedelta = FIRST_WAIT * 2 ** (attempt - 1)
    return min(doubled, LONGEST_WAIT) * (1 + chance / 2)


def _mark(session: Session, parcel: Parcel, *, state_now: str = WAITING, **values: Any) -> bool:
    """Compare and set: false when the claim no longer holds."""
    mine = (Outbox.id == parcel.id, Outbox.attempts == parcel.attempt, Outbox.state == state_now)
    return changed(session, update(Outbox).where(*mine).values(**values)) == 1
