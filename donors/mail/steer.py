"""What people do with mails that have not left: approve, edit, give up, try again; and the removal of old ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend, amend_many
from donors.core.claims import changed
from donors.core.errors import Conflict, Invalid, NotFound
from donors.mail.gate import ask, asked_for
from donors.mail.language import as_letter
from donors.mail.models import DEAD, DROPPED, HELD, MOST_ATTEMPTS, SENT, WAITING, Contact, Outbox


@dataclass(frozen=True)
class Wording:
    """What a mail says. `html` is looked at only where the mail has HTML that was not made from its text."""

    subject: str
    text: str
    html: str = ""


def send_again(session: Session, mail_id: int, *, within: ChangeSet) -> Outbox:
    """Puts a dead mail back into the outbox; one to a constituent as `approve` does, else it stays dead.

    Raises NotFound; Conflict when it is not dead.
    """
    mail = _locked(session, mail_id, DEAD)
    anew: dict[str, Any] = {"not_after": None, "attempts_allowed": mail.attempts + MOST_ATTEMPTS}
    if mail.constituent_id is None:
        amend(session, mail, within=within, state=WAITING, next_try_at=within.at, **anew)
    else:
        _let_leave(session, mail, anew, within=within)
    return mail


def approve(session: Session, mail_id: int, *, within: ChangeSet) -> Outbox:
    """Lets a held mail leave, if the contact gate still does; else it stays held, and says why (`last_error`).

    It counts as a contact of the day on which it leaves. Raises NotFound; Conflict when it is not held any more.
    """
    mail = _locked(session, mail_id, HELD)
    _let_leave(session, mail, {}, within=within)
    return mail


def _let_leave(session: Session, mail: Outbox, anew: Mapping[str, Any], *, within: ChangeSet) -> None:
    """Gives a mail to a constituent the values of one that may leave, if the contact gate lets it."""
    answer, granted = ask(session, asked_for(mail), within=within)
    if granted is None:
        amend(session, mail, within=within, last_error=answer.reason)
        return
    at, address = granted.not_before or within.at, granted.address
    amend(session, mail, within=within, state=WAITING, next_try_at=at, to_address=address, last_error="", **anew)
    kept = session.scalar(select(Contact).where(Contact.mail_id == mail.id))
    if kept is not None:
        amend(session, kept, within=within, happened_on=granted.on)


def reword(session: Session, mail_id: int, wording: Wording, *, within: ChangeSet) -> Outbox:
    """Changes what a held mail says; HTML that was made from the text is made anew.

    Raises NotFound, Conflict, Invalid.
    """
    mail = _locked(session, mail_id, HELD)
    subject, text = " ".join(wording.subject.split()), wording.text.replace("\r\n", "\n").strip("\n")
    for field, value in (("subject", subject), ("text", text.strip())):
        if not value:
            raise Invalid(field, "", "is empty", "A mail needs a subject and a text.")
    html = mail.html_body and (as_letter(text) if is_made(mail) else wording.html.replace("\r\n", "\n"))
    amend(session, mail, within=within, subject=subject, text_body=text, html_body=html)
    return mail


def is_made(mail: Outbox) -> bool:
    """Whether the HTML of a mail was made from its text."""
    return mail.html_body == as_letter(mail.text_body)


def give_up(session: Session, mail_id: int, *, reason: str, within: ChangeSet) -> Outbox:
    """Gives up a mail that has not left, with the reason.

    Raises NotFound, Invalid; Conflict when it has left, or leaves now.
    """
    if not reason.strip():
        raise Invalid("reason", "", "is empty", "Say why this mail is not sent.")
    mail = _locked(session, mail_id, HELD, WAITING, DEAD)
    if mail.locked_until is not None:
        raise Conflict("mail", {"state": "leaving now"}, {"state": DROPPED})
    amend(session, mail, within=within, state=DROPPED, last_error=reason.strip()[:500])
    return mail


def give_up_held(session: Session, task_ids: Collection[int], *, reason: str, within: ChangeSet) -> None:
    """Gives up the mails that wait for steps of plans, which ended in another way."""
    waiting = select(Outbox).where(among(session, Outbox.task_id, sorted(task_ids)), Outbox.state == HELD)
    found = session.scalars(waiting.order_by(Outbox.id).with_for_update()).all()
    amend_many(session, found, within=within, state=DROPPED, last_error=reason)


def _locked(session: Session, mail_id: int, *states: str) -> Outbox:
    mail = session.get(Outbox, mail_id, with_for_update=True, populate_existing=True)
    if mail is None:
        raise NotFound("mail", mail_id)
    if mail.state not in states:
        raise Conflict("mail", {"state": mail.state}, {"state": states[0]})
    return mail


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Removes mails to staff that were sent before an instant, at most so many, and returns their number.

    What was written to constituents is kept: it is part of their story.
    """
    staff = (Outbox.state == SENT, Outbox.constituent_id.is_(None))
    old = select(Outbox.id).where(*staff, Outbox.sent_at < before).order_by(Outbox.id).limit(limit)
    return changed(session, delete(Outbox).where(Outbox.id.in_(list(session.scalars(old)))))
