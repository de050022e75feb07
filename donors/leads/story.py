"""Reading about single leads: who they are, what was tried, what they became, where a constituent came from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.core.errors import NotFound
from donors.leads.models import CONVERTED, Lead, LeadAttempt, LeadEntry
from donors.leads.queue import LeadRow, by_text, leads, with_tries


@dataclass(frozen=True)
class Tried:
    """A try with the name of who made it."""

    attempt: LeadAttempt
    by: str | None


@dataclass(frozen=True)
class Entered:
    """A line of a lead's history with the names in it."""

    entry: LeadEntry
    owner: str | None
    by: str | None


def lead_row(session: Session, lead_id: int, *, sees: Sight) -> LeadRow:
    """A lead. Raises NotFound, also where it is about somebody whom the viewer may not see."""
    (found,) = lead_rows(session, [lead_id], sees=sees)
    return found


def lead_rows(session: Session, lead_ids: Sequence[int], *, sees: Sight) -> tuple[LeadRow, ...]:
    """Leads in the order of their ids as given. Raises NotFound where one is missing."""
    found = {row[0].id: row for row in session.execute(leads(sees).where(Lead.id.in_(lead_ids)))}
    missing = [lead_id for lead_id in lead_ids if lead_id not in found]
    if missing:
        raise NotFound("lead", missing[0])
    return with_tries(session, [found[lead_id] for lead_id in dict.fromkeys(lead_ids)])


def leads_of(session: Session, constituent_id: int, *, sees: Sight) -> tuple[LeadRow, ...]:
    """The leads that a constituent came from, or that were about it, the newest first."""
    wanted = leads(sees).where(Lead.constituent_id == constituent_id)
    return with_tries(session, session.execute(wanted.order_by(Lead.received_at.desc(), Lead.id.desc())).all())


def brought_by(session: Session, constituent_id: int, *, sees: Sight, limit: int = 20) -> tuple[LeadRow, ...]:
    """The leads that a constituent introduced, the newest first."""
    wanted = leads(sees).where(Lead.introducer_id == constituent_id).order_by(Lead.received_at.desc(), Lead.id.desc())
    return with_tries(session, session.execute(wanted.limit(limit)).all())


def conversions(session: Session, lead_ids: Sequence[int]) -> dict[int, int]:
    """Those leads that were converted → the change that did it."""
    wanted = (
        select(Lead.id, func.max(LeadEntry.created_in))
        .join(LeadEntry, LeadEntry.lead_id == Lead.id)
        .where(Lead.id.in_(lead_ids), Lead.status == CONVERTED, LeadEntry.status == CONVERTED)
        .group_by(Lead.id)
    )
    return {lead_id: change for lead_id, change in session.execute(wanted)}


def count_converted(session: Session, change_ids: Sequence[int]) -> dict[int, int]:
    """Change → how many leads it converted."""
    wanted = select(LeadEntry.created_in, func.count(LeadEntry.lead_id.distinct())).where(
        LeadEntry.created_in.in_(change_ids), LeadEntry.status == CONVERTED
    )
    return {change: number for change, number in session.execute(wanted.group_by(LeadEntry.created_in))}


def converted_with(session: Session, lead_id: int, *, sees: Sight) -> tuple[LeadRow, ...]:
    """The other leads that were converted in the same act."""
    act = conversions(session, [lead_id]).get(lead_id)
    entered = select(LeadEntry.lead_id).where(LeadEntry.created_in == act, LeadEntry.status == CONVERTED)
    wanted = leads(sees).where(Lead.id.in_(entered), Lead.id != lead_id).order_by(Lead.id)
    return () if act is None else with_tries(session, session.execute(wanted).all())


def find_leads(session: Session, text: str, *, sees: Sight, limit: int) -> tuple[LeadRow, ...]:
    """The leads that answer to a search, those that wait before those that have ended, the newest first."""
    if not text.strip():
        return ()
    wanted = leads(sees).where(by_text(text)).order_by(Lead.closed_on.is_not(None), Lead.received_at.desc(), Lead.id)
    return with_tries(session, session.execute(wanted.limit(limit)).all())


def tries_of(session: Session, lead_id: int) -> list[Tried]:
    """What was tried, the newest first."""
    wanted = (
        select(LeadAttempt, User.name)
        .outerjoin(User, User.id == LeadAttempt.tried_by)
        .where(LeadAttempt.lead_id == lead_id)
        .order_by(LeadAttempt.tried_at.desc(), LeadAttempt.id.desc())
    )
    return [Tried(*row) for row in session.execute(wanted)]


def history_of(session: Session, lead_id: int) -> list[Entered]:
    """What a lead was, the newest first."""
    owner, by = User.__table__.alias("owner"), User.__table__.alias("entered_by")
    wanted = (
        select(LeadEntry, owner.c.name, by.c.name)
        .outerjoin(owner, owner.c.id == LeadEntry.owner_id)
        .outerjoin(by, by.c.id == LeadEntry.entered_by)
        .where(LeadEntry.lead_id == lead_id)
        .order_by(LeadEntry.id.desc())
    )
    return [Entered(*row) for row in session.execute(wanted)]
