"""A lead goes to somebody else, and every change of status or owner leaves its entry."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.leads.models import Lead, LeadEntry


def give(session: Session, lead: Lead, *, to: int | None, why: str, within: ChangeSet, on: date) -> bool:
    """Gives a lead to a user, or to nobody; false when it is theirs already. The caller has locked it."""
    if not amend(session, lead, within=within, owner_id=to):
        return False
    enter(session, lead, why=why, within=within, on=on)
    return True


def enter(session: Session, lead: Lead, *, why: str, within: ChangeSet, on: date, at: datetime | None = None) -> None:
    """Notes that a lead has the status and the owner that it has now, from a day on."""
    row = LeadEntry(
        lead_id=lead.id,
        status=lead.status,
        owner_id=lead.owner_id,
        happened_on=on,
        recorded_at=at or within.at,
        entered_by=within.by_id,
        why=why,
    )
    insert(session, row, within=within)
