"""The leads that somebody was to answer, for the report on answer times: when they came, by whom they were answered."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.clock import local_date
from donors.leads.models import CONVERTED, DISQUALIFIED, Lead, LeadEntry, LeadForm
from donors.leads.queue import seen
from donors.reports.answer_times import NO_FORM, NOBODY, Turn, Wait, answerer, end_of, is_kept, owner_at
from donors.reports.lead_facts import LeadQuestion


def lead_waits(session: Session, asked: LeadQuestion, zone: str) -> list[Wait]:
    """Those that came in by then: three statements, however many there are."""
    sent = and_(Lead.received_at <= asked.until, or_(Lead.answer_due_at.is_not(None), Lead.answered_at <= asked.until))
    columns = (Lead.received_at, Lead.answer_due_at, Lead.answered_at, Lead.status, Lead.closed_on, Lead.owner_id)
    wanted = seen(Lead.id, asked.sees).add_columns(*columns, LeadForm.name)
    wanted = wanted.outerjoin(LeadForm, LeadForm.id == Lead.form_id).where(sent)
    turns, names = _turns(session, sent), _names(session)
    return [_wait(row, turns.get(row[0], ()), names, asked, zone) for row in session.execute(wanted)]


def _wait(row: Any, turns: Sequence[Turn], names: Mapping[int | None, str], asked: LeadQuestion, zone: str) -> Wait:
    _id, received_at, due_at, answered_at, status, closed_on, owner_id, form = row
    ended = closed_on if status in (CONVERTED, DISQUALIFIED) and closed_on and closed_on <= asked.on else None
    answered = answered_at if answered_at is not None and answered_at <= asked.until else None
    turns = turns or (Turn(received_at, owner_id),)
    owner = _owner(turns, answered, ended, asked, zone)
    broken = due_at is not None and not is_kept(due_at, answered)
    return Wait(
        received_at,
        local_date(received_at, zone),
        due_at,
        answered,
        ended,
        form or NO_FORM,
        names.get(owner, NOBODY),
        names.get(owner_at(turns, due_at) if broken else owner, NOBODY),
    )


def _owner(
    turns: Sequence[Turn], answered: datetime | None, ended: date | None, asked: LeadQuestion, zone: str
) -> int | None:
    if answered is not None:
        return answerer(turns, answered)
    return owner_at(turns, asked.until if ended is None else min(asked.until, end_of(ended, zone)))


def _turns(session: Session, sent: Any) -> dict[int, list[Turn]]:
    """Lead → whose it was since when, in order; of leads that changed hands alone, which few do."""
    owners = func.count(func.coalesce(LeadEntry.owner_id, 0).distinct())
    moved = select(LeadEntry.lead_id).group_by(LeadEntry.lead_id).having(owners > 1)
    entered = select(LeadEntry.lead_id, LeadEntry.recorded_at, LeadEntry.owner_id)
    entered = entered.join(Lead, Lead.id == LeadEntry.lead_id).where(sent, LeadEntry.lead_id.in_(moved))
    found: dict[int, list[Turn]] = {}
    for lead_id, at, owner_id in session.execute(entered.order_by(LeadEntry.id)):
        found.setdefault(lead_id, []).append(Turn(at, owner_id))
    return found


def _names(session: Session) -> dict[int | None, str]:
    return {user_id: name for user_id, name in session.execute(select(User.id, User.name))}
