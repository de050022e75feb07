"""What an administrator may do with mail that was given up, and the removal of what is long done."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.claims import changed
from donors.core.errors import Conflict, NotFound
from donors.mail.models import MOST_ATTEMPTS, Outbox


def send_again(session: Session, mail_id: int, *, within: ChangeSet) -> Outbox:
    """Puts a dead mail back into the outbox. Raises NotFound; Conflict when it is not dead."""
    mail = session.get(Outbox, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound("mail", mail_id)
    if mail.state != "dead":
        raise Conflict("mail", {"state": mail.state}, {"state": "todo"})
    anew: dict[str, Any] = {"state": "todo", "locked_until": None, "not_after": None, "next_try_at": within.at}
    amend(session, mail, within=within, **anew, attempts_allowed=mail.attempts + MOST_ATTEMPTS)
    return mail


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Removes mails that were sent before an instant, at most so many, and returns their number."""
    old = select(Outbox.id).where(Outbox.state == "sent", Outbox.sent_at < before).order_by(Outbox.id).limit(limit)
    return changed(session, delete(Outbox).where(Outbox.id.in_(list(session.scalars(old)))))
