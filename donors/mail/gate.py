"""The contact gate: may we reach this person this way today? Asked before every outgoing act to a constituent.

`may_contact` only answers. `ask` is what acts call: it also holds others off who ask about the same person, keeps a
refusal with its reason, and hands out the `Pass` without which the outbox takes no mail to a constituent. When the act
has happened, `keep_contact` writes it into the ledger that later answers read. Staff are not constituents: reminders do
not ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, remove
from donors.core.claims import insert_new
from donors.core.clock import local_date
from donors.core.errors import Blocked
from donors.core.settings import Organization, organization
from donors.mail.decide import (
    PURPOSES,
    YES,
    Answer,
    Cap,
    Channel,
    Past,
    may_reach,
    read_cap,
    thanked,
    within_caps,
)
from donors.mail.facts import email_of, facts_of
from donors.mail.models import NEVER_LEFT, Contact, ContactRefusal, Outbox


@dataclass(frozen=True)
class Asked:
    """An act that would reach a constituent, for a purpose of PURPOSES.

    `key` names it for ever: asked again, it does not count against itself.

    `about` says in a few words what it is, for the ledger and for refusals.
    """

    constituent_id: int
    channel: Channel
    purpose: str
    key: str
    about: str = ""


def asked_for(mail: Outbox) -> Asked:
    """What a mail to a constituent that was posted before asks the gate again."""
    return Asked(mail.constituent_id or 0, "email", mail.purpose or "service", mail.key, mail.subject)


@dataclass(frozen=True)
class Pass:
    """That the gate has let an act through. Only the gate makes one; `address` is where a mail goes.

    `on` is the day on which it reaches the constituent, which is later than today where quiet times are waited for.
    """

    asked: Asked
    on: date
    address: str
    not_before: datetime | None


def may_contact(session: Session, asked: Asked, *, at: datetime) -> Answer:
    """The answer of the gate at an instant, by consent, limits and quiet times. Writes nothing.

    Limits are those of the day on which the act reaches somebody: what waits for the morning is of the next day.
    """
    here, kind = organization(session), PURPOSES[asked.purpose]
    facts = facts_of(session, asked.constituent_id, channel=asked.channel, on=local_date(at, here.zone))
    answer = may_reach(
        facts,
        channel=asked.channel,
        needs_consent=kind.consents,
        needs_address=kind.addressed,
        answers=kind.answers,
    )
    if not answer.allowed:
        return answer
    waits = _wait(here, at=at) if kind.waits else YES
    on = local_date(waits.not_before or at, here.zone)
    caps = caps_of(here) if kind.capped else ()
    past = _past(session, asked, caps, on=on)
    once = thanked(past, channel=asked.channel, on=on) if asked.purpose == "thanks" else YES
    for refusal in (once, within_caps(past, caps, channel=asked.channel, on=on)):
        if not refusal.allowed:
            return refusal
    return waits


def _wait(here: Organization, *, at: datetime) -> Answer:
    opens = here.quiet.open_from(at)
    if opens == at:
        return YES
    return Answer(True, f"It is quiet now; it may go from {local_date(opens, here.zone).isoformat()} on.", opens)


def ask(session: Session, asked: Asked, *, within: ChangeSet) -> tuple[Answer, Pass | None]:
    """Asks for an act that is about to happen: the answer, and the pass when it is yes. A refusal is kept.

    Of two who ask about one person at once the second waits, and sees what the first has kept.
    """
    held = select(Constituent.id).where(Constituent.id == asked.constituent_id)
    session.execute(held.with_for_update(key_share=True))
    answer = may_contact(session, asked, at=within.at)
    if not answer.allowed:
        keep_refusal(session, asked, answer.reason, within=within)
        return answer, None
    address = email_of(session, asked.constituent_id) if asked.channel == "email" else None
    on = local_date(answer.not_before or within.at, organization(session).zone)
    return answer, Pass(asked, on, address or "", answer.not_before)


def require(session: Session, asked: Asked, *, within: ChangeSet) -> Pass:
    """As `ask`, for acts of people. Raises Blocked with the reason; the caller keeps the refusal, if it matters."""
    answer, granted = ask(session, asked, within=within)
    if granted is None:
        raise Blocked("This person is not to be contacted this way now", (answer.reason,))
    return granted


def keep_contact(session: Session, asked: Asked, *, on: date, within: ChangeSet, mail_id: int | None = None) -> None:
    """Writes an act that has happened, or a mail that was posted, into the ledger; once for its key."""
    row = {
        "created_in": within.id,
        "constituent_id": asked.constituent_id,
        "channel": asked.channel,
        "purpose": asked.purpose,
        "happened_on": on,
        "key": asked.key,
        "about": asked.about,
        "mail_id": mail_id,
    }
    insert_new(session, Contact, [row])


def take_back_contact(session: Session, key: str, *, within: ChangeSet) -> None:
    """Takes an act out of the ledger that was entered by mistake. Nothing happens where it is not in it."""
    row = session.scalar(select(Contact).where(Contact.key == key, Contact.mail_id.is_(None)))
    if row is not None:
        remove(session, row, within=within)


def keep_refusal(session: Session, asked: Asked, reason: str, *, within: ChangeSet) -> None:
    """Keeps that an act was refused, and why; the same act for the same reason once."""
    row = {
        "created_in": within.id,
        "constituent_id": asked.constituent_id,
        "channel": asked.channel,
        "purpose": asked.purpose,
        "refused_on": local_date(within.at, organization(session).zone),
        "key": asked.key,
        "about": asked.about,
        "reason": reason,
    }
    insert_new(session, ContactRefusal, [row])


def caps_of(here: Organization) -> tuple[Cap, ...]:
    """The limits that the organization has set."""
    return tuple(read_cap(text) for text in here.contact_caps)


def _past(session: Session, asked: Asked, caps: Sequence[Cap], *, on: date) -> list[Past]:
    """The contacts that count: of the longest limit's days, and of today; mails that never left do not."""
    if not caps and asked.purpose != "thanks":
        return []
    first = on - timedelta(days=max((cap.days for cap in caps), default=1) - 1)
    statement = (
        select(Contact.happened_on, Contact.channel, Contact.purpose)
        .outerjoin(Outbox, Outbox.id == Contact.mail_id)
        .where(Contact.constituent_id == asked.constituent_id, Contact.happened_on >= first, Contact.key != asked.key)
        .where(or_(Outbox.id.is_(None), Outbox.state.not_in(NEVER_LEFT)))
    )
    return [Past(*row) for row in session.execute(statement)]
