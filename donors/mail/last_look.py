"""The last look before a mail leaves: what was allowed when it was posted may be so no longer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import EmailAddress
from donors.core.changes import Act, open_change
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.mail.decide import PURPOSES, YES, Answer, may_reach
from donors.mail.facts import email_of, facts_of_many
from donors.mail.gate import asked_for, keep_refusal
from donors.mail.models import REFUSED, Outbox


def fit_to_leave(session: Session, mails: Sequence[Outbox], *, at: datetime) -> list[Outbox]:
    """Those of some mails that may leave now. Mail to staff always may.

    Whom nobody may write to any more is refused, and the refusal kept; what would leave in a quiet time waits for its
    end; whose address has gone out of use is written to at the one that is used now.
    """
    theirs = [mail for mail in mails if mail.constituent_id is not None]
    if not theirs:
        return list(mails)
    answers = _answers(session, theirs, at=at)
    for mail in theirs:
        answer = answers[mail.id]
        if not answer.allowed:
            _refuse(session, mail, answer.reason, at=at)
        elif answer.not_before is not None:
            mail.next_try_at = answer.not_before
        else:
            _readdress(session, mail)
    session.flush()
    return [mail for mail in mails if mail.id not in answers or answers[mail.id] == YES]


def _answers(session: Session, mails: Sequence[Outbox], *, at: datetime) -> dict[int, Answer]:
    here = organization(session)
    opens = here.quiet.open_from(at)
    known = facts_of_many(session, [mail.constituent_id or 0 for mail in mails], on=local_date(at, here.zone))
    answers = {}
    for mail in mails:
        kind = PURPOSES[mail.purpose or "service"]
        facts = known[mail.constituent_id or 0]["email"]
        answer = may_reach(facts, channel="email", needs_consent=kind.consents, answers=kind.answers)
        if answer.allowed and kind.waits and opens > at:
            answer = Answer(True, not_before=opens)
        answers[mail.id] = answer
    return answers


def _refuse(session: Session, mail: Outbox, reason: str, *, at: datetime) -> None:
    mail.state, mail.last_error = REFUSED, reason
    within = open_change(session, "mail.refuse", act=Act(by=None, at=at, through="job"))
    keep_refusal(session, asked_for(mail), reason, within=within)


def _readdress(session: Session, mail: Outbox) -> None:
    used = select(EmailAddress.id).where(
        EmailAddress.constituent_id == mail.constituent_id,
        EmailAddress.address == mail.to_address,
        EmailAddress.is_active,
    )
    if session.scalar(used.limit(1)) is None:
        mail.to_address = email_of(session, mail.constituent_id or 0) or mail.to_address
