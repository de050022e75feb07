"""Reading of the outbox."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.mail.models import Outbox


@dataclass(frozen=True)
class Posted:
    """One mail as pages show it."""

    id: int
    to_address: str
    subject: str
    state: str
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True)
class OutboxLine:
    """How the outbox stands. `oldest` is when the mail that has waited longest could have gone."""

    waiting: int
    sent: int
    dead: int
    oldest: datetime | None
    last_sent: datetime | None


def outbox_line(session: Session) -> OutboxLine:
    """The outbox in a few numbers."""
    counted = {
        state: number for state, number in session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
    }
    return OutboxLine(
        waiting=counted.get("todo", 0),
        sent=counted.get("sent", 0),
        dead=counted.get("dead", 0),
        oldest=session.scalar(select(func.min(Outbox.next_try_at)).where(Outbox.state == "todo")),
        last_sent=session.scalar(select(func.max(Outbox.sent_at))),
    )


def troubled(session: Session, *, limit: int = 50) -> list[Posted]:
    """Mails that are dead, or wait after a failure, newest first."""
    wanted = select(Outbox).where((Outbox.state == "dead") | ((Outbox.state == "todo") & (Outbox.last_error != "")))
    return [
        Posted(
            mail.id,
            mail.to_address,
            mail.subject,
            mail.state,
            mail.attempts,
            mail.next_try_at,
            mail.sent_at,
            mail.last_error,
        )
        for mail in session.scalars(wanted.order_by(Outbox.id.desc()).limit(limit))
    ]


def mails_to(session: Session, constituent_id: int, *, limit: int = 50) -> list[Posted]:
    """The mails that went to a constituent, the newest first."""
    columns = [getattr(Outbox, field.name) for field in fields(Posted)]
    statement = select(*columns).where(Outbox.constituent_id == constituent_id, Outbox.sent_at.is_not(None))
    return [Posted(*row) for row in session.execute(statement.order_by(Outbox.sent_at.desc()).limit(limit))]
