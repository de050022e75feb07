"""Trying to reach a lead. The first try that reaches somebody or leaves word stops the clock of the answer."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert
from donors.core.errors import Blocked
from donors.leads.change import change, locked
from donors.leads.models import DISQUALIFIED, NEW, OPEN, WORKING, Lead, LeadAttempt
from donors.leads.terms import Try, answers, checked_try

WHY = {NEW: "first tried", DISQUALIFIED: "tried again"}
"""Status before a try → why it changes by it; a lead that is worked on changes its owner alone."""


def log_attempt(
    session: Session, lead_id: int, tried: Try, *, on: date, within: ChangeSet, expect: int | None = None
) -> LeadAttempt:
    """Keeps a try. Who tries a lead that is nobody's takes it; one that has come back is taken up again by it.

    A follow-up that was due is done by it. `on` is today. Raises NotFound, Conflict, Invalid, Blocked.
    """
    (lead,) = locked(session, [lead_id], expect=expect)
    if not is_in_queue(lead, on):
        raise Blocked("The try was not kept", (f"The lead is {lead.status}; take it up again first.",))
    clean = checked_try(tried, now=within.at)
    if clean.tried_at < lead.received_at:
        clean = replace(clean, tried_at=lead.received_at)
    made = LeadAttempt(
        lead_id=lead.id,
        tried_at=clean.tried_at,
        tried_by=within.by_id,
        method=clean.method,
        outcome=clean.outcome,
        note=clean.note.strip(),
    )
    why = WHY.get(lead.status, "taken by a try")
    change(session, [lead], _after(lead, clean, within, on), within=within, on=on, why=why)
    return insert(session, made, within=within)


def is_in_queue(lead: Lead, on: date) -> bool:
    """Whether a lead waits for somebody on a day: it is open, or was disqualified until a day that has come."""
    return lead.status in OPEN or (
        lead.status == DISQUALIFIED and lead.returns_on is not None and lead.returns_on <= on
    )


def _after(lead: Lead, tried: Try, within: ChangeSet, on: date) -> dict[str, Any]:
    values: dict[str, Any] = {"owner_id": lead.owner_id if lead.owner_id is not None else within.by_id}
    if lead.status in (NEW, DISQUALIFIED):
        values |= {"status": WORKING}
    if lead.status == DISQUALIFIED:
        values |= {"closed_on": None, "closed_reason": "", "returns_on": None}
    if answers(tried.method, tried.outcome) and (lead.answered_at is None or tried.tried_at < lead.answered_at):
        values |= {"answered_at": tried.tried_at}
    if tried.follow_up_on is not None or (lead.follow_up_on is not None and lead.follow_up_on <= on):
        values |= {"follow_up_on": tried.follow_up_on}
    return values
