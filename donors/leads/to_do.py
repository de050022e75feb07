"""What the leads ask of somebody today: who is to be answered, by when, and whom to follow up. For Today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.leads.models import OPEN, Lead
from donors.leads.queue import LeadRow, in_queue, leads, with_tries


@dataclass(frozen=True)
class ToDo:
    """Leads to be answered, the next due first, and to be followed up; a few of each, and how many there are."""

    answers: Sequence[LeadRow]
    answer_count: int
    follow_ups: Sequence[LeadRow]
    follow_up_count: int


def to_do(session: Session, user_id: int, *, on: date, sees: Sight, nobodys: bool, limit: int) -> ToDo:
    """What a user's leads ask for on a day; with `nobodys` those that are nobody's too."""
    mine: ColumnElement[bool] = Lead.owner_id == user_id
    if nobodys:
        mine = or_(mine, Lead.owner_id.is_(None))
    waits = and_(mine, Lead.status.in_(OPEN), Lead.answered_at.is_(None), Lead.answer_due_at.is_not(None))
    follow = and_(mine, in_queue(on), Lead.follow_up_on <= on)
    first = leads(sees).where(waits).order_by(Lead.answer_due_at, Lead.id).limit(limit)
    then = leads(sees).where(follow).order_by(Lead.follow_up_on, Lead.id).limit(limit)
    return ToDo(
        with_tries(session, session.execute(first).all()),
        _count(session, leads(sees).where(waits)),
        with_tries(session, session.execute(then).all()),
        _count(session, leads(sees).where(follow)),
    )


def _count(session: Session, wanted: Select[tuple[object, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.with_only_columns(Lead.id).subquery())) or 0
