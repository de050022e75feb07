"""Reading of the outbox and of mail templates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.queries import is_listed
from donors.core.changes import JournalEntry
from donors.core.errors import NotFound
from donors.core.paging import Page, page_of
from donors.mail.models import DEAD, DROPPED, HELD, NEVER_LEFT, REFUSED, SENT, WAITING, Bounce, MailTemplate, Outbox


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
    came_back: str = ""


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
        waiting=counted.get(WAITING, 0),
        sent=counted.get(SENT, 0),
        dead=counted.get(DEAD, 0),
        oldest=session.scalar(select(func.min(Outbox.next_try_at)).where(Outbox.state == WAITING)),
        last_sent=session.scalar(select(func.max(Outbox.sent_at))),
    )


def troubled(session: Session, *, limit: int = 50) -> list[Posted]:
    """Mails that are dead, or wait after a failure, newest first."""
    wanted = select(Outbox).where((Outbox.state == DEAD) | ((Outbox.state == WAITING) & (Outbox.last_error != "")))
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
    """The mails that went to a constituent, the newest first; `came_back` is what a server said of one that did."""
    columns = [getattr(Outbox, field.name) for field in fields(Posted) if field.name != "came_back"]
    said = select(func.max(Bounce.said)).where(Bounce.mail_id == Outbox.id).correlate(Outbox).scalar_subquery()
    columns.append(func.coalesce(said, ""))
    statement = select(*columns).where(Outbox.constituent_id == constituent_id, Outbox.sent_at.is_not(None))
    return [Posted(*row) for row in session.execute(statement.order_by(Outbox.sent_at.desc()).limit(limit))]


SHOWN = {
    "held": (HELD,),
    "waiting": (WAITING,),
    "sent": (SENT,),
    "dead": (DEAD,),
    "not sent": (REFUSED, DROPPED),
}
"""What the page of mails can show → the states of its mails."""
SOME = 5
NEWEST_FIRST = ("sent", "dead", "not sent")


@dataclass(frozen=True)
class MailLine:
    """A mail in a list, with the name of its constituent and of its template, where it has them."""

    mail: Outbox
    constituent: str | None
    template: str | None


@dataclass(frozen=True)
class MailFilter:
    """Which mails: `shown` is a key of SHOWN, `text` stands in address, subject or name; of staff too, or not."""

    shown: str = "held"
    text: str = ""
    staff: bool = False


def mails(session: Session, which: MailFilter, *, sees: Sight, number: int = 1, size: int = 50) -> Page[MailLine]:
    """A page of mails; those that wait in the order in which they leave, others the newest first."""
    wanted = _lines().where(*_matching(which, sees))
    order = (Outbox.id.desc(),) if which.shown in NEWEST_FIRST else (Outbox.next_try_at, Outbox.id)
    page = page_of(session, wanted.order_by(*order), number, size=size)
    return replace(page, rows=tuple(MailLine(*row) for row in page.rows))


def counts_of_mails(session: Session, *, sees: Sight, staff: bool) -> dict[str, int]:
    """How many mails each word of SHOWN stands for."""
    wanted = select(Outbox.state, func.count()).outerjoin(Constituent, Constituent.id == Outbox.constituent_id)
    counted: dict[str, int] = {
        state: number for state, number in session.execute(wanted.where(_seen(sees, staff)).group_by(Outbox.state))
    }
    return {word: sum(counted.get(state, 0) for state in states) for word, states in SHOWN.items()}


def mail_line(session: Session, mail_id: int, *, sees: Sight, staff: bool = False) -> MailLine:
    """One mail. Raises NotFound, also when its constituent, or mail to staff, is not for the viewer."""
    found = session.execute(_lines().where(Outbox.id == mail_id, _seen(sees, staff))).first()
    if found is None:
        raise NotFound("mail", mail_id)
    return MailLine(*found)


def _lines() -> Select[Any]:
    columns: list[Any] = [Outbox, Constituent.name, MailTemplate.name]
    people = select(*columns).outerjoin(Constituent, Constituent.id == Outbox.constituent_id)
    return people.outerjoin(MailTemplate, MailTemplate.id == Outbox.template_id)


def mail_of_step(session: Session, task_id: int) -> Outbox | None:
    """The newest mail that a step of a plan wanted."""
    return session.scalar(select(Outbox).where(Outbox.task_id == task_id).order_by(Outbox.id.desc()).limit(1))


def never_left(session: Session, task_ids: Collection[int]) -> dict[int, str]:
    """Step of a plan → why its newest mail has not left and will not by itself; others are left out."""
    newest = select(func.max(Outbox.id)).where(Outbox.task_id.in_(task_ids)).group_by(Outbox.task_id)
    found = select(Outbox.task_id, Outbox.last_error).where(Outbox.id.in_(newest), Outbox.state.in_(NEVER_LEFT))
    return {task_id: why for task_id, why in session.execute(found) if task_id is not None}


def have_left(session: Session, change_set_id: int) -> Sequence[Outbox]:
    """Mails that a change set has posted or changed, and that have left since, or are leaving now."""
    changed = select(JournalEntry.row_id).where(
        JournalEntry.change_set_id == change_set_id, JournalEntry.table_name == Outbox.__tablename__
    )
    theirs = or_(Outbox.created_in == change_set_id, Outbox.id.in_(changed))
    leaving = or_(Outbox.state == SENT, Outbox.locked_until.is_not(None))
    return session.scalars(select(Outbox).where(theirs, leaving).order_by(Outbox.id).limit(SOME)).all()


def _matching(which: MailFilter, sees: Sight) -> list[ColumnElement[bool]]:
    found = [Outbox.state.in_(SHOWN.get(which.shown, (HELD,))), _seen(sees, which.staff)]
    if which.text:
        places = (Outbox.to_address, Outbox.subject, Constituent.name)
        found.append(or_(*(place.icontains(which.text, autoescape=True) for place in places)))
    return found


def _seen(sees: Sight, staff: bool) -> ColumnElement[bool]:
    theirs = and_(Outbox.constituent_id.is_not(None), is_listed(sees))
    return or_(theirs, Outbox.constituent_id.is_(None)) if staff else theirs


def mail_templates(session: Session, *, active_only: bool = False) -> Sequence[MailTemplate]:
    """All templates, or those in use, by name."""
    statement = select(MailTemplate).order_by(MailTemplate.name)
    return session.scalars(statement.where(MailTemplate.is_active) if active_only else statement).all()


def mail_template(session: Session, template_id: int) -> MailTemplate:
    """One template. Raises NotFound."""
    found = session.get(MailTemplate, template_id)
    if found is None:
        raise NotFound("mail template", template_id)
    return found
