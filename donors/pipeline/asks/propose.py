"""Writing proposals: a version is uploaded, approved or sent back by a director, and sent."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.clock import local_date
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.settings import organization
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.asks.documents import Document
from donors.pipeline.asks.models import OPEN, Proposal, ProposalFile
from donors.pipeline.asks.opportunity import opportunity_by_id

DRAFT, APPROVED, RETURNED, SENT = "draft", "approved", "returned", "sent"
STATES = {DRAFT: "Waits for approval", APPROVED: "Approved", RETURNED: "Sent back", SENT: "Sent"}
"""State of a version: code → words."""


@dataclass(frozen=True)
class Verdict:
    """What a director says of a version; what is sent back needs a reason."""

    approved: bool
    reason: str = ""


@dataclass(frozen=True)
class Sending:
    """The day on which a version was sent, and by when an answer is hoped for (none: open)."""

    on: date
    answer_due_on: date | None = None


def upload(session: Session, opportunity_id: int, given: Document, *, within: ChangeSet, note: str = "") -> Proposal:
    """Keeps a document as the next version of the proposal. Raises NotFound, Blocked (the ask has ended)."""
    row, _ = opportunity_by_id(session, opportunity_id, lock=True)
    if row.status not in OPEN:
        raise Blocked("Not kept", (f"The ask is {STATUSES[row.status].lower()}; take it up again first.",))
    version = Proposal(
        opportunity_id=row.id,
        number=_newest(session, row.id) + 1,
        file_name=given.name,
        media_type=given.media_type,
        size=len(given.content),
        digest=given.digest,
        note=note.strip(),
        uploaded_by=within.by_id,
        uploaded_at=within.at,
    )
    insert(session, version, within=within)
    insert(session, ProposalFile(proposal_id=version.id, content=given.content), within=within)
    return version


def decide(
    session: Session, proposal_id: int, verdict: Verdict, *, on: date, within: ChangeSet, expect: int | None = None
) -> Proposal:
    """Approves a version or sends it back with a reason; one that was approved may still be sent back.

    Raises NotFound, Conflict, Invalid, Blocked (decided already, or there is a newer version).
    """
    version = proposal_by_id(session, proposal_id)
    if not verdict.approved and not verdict.reason.strip():
        raise Invalid("reason", verdict.reason, "is empty", "Say what has to change.")
    if version.state != DRAFT and not (version.state == APPROVED and not verdict.approved):
        raise Blocked("Not decided", (f"This version is {STATES[version.state].lower()} already.",))
    if version.number < _newest(session, version.opportunity_id):
        raise Blocked("Not decided", ("There is a newer version; decide about that one.",))
    state = APPROVED if verdict.approved else RETURNED
    told = {"state": state, "decided_by": within.by_id, "decided_on": on, "reason": verdict.reason.strip()}
    amend(session, version, within=within, expect=expect, **told)
    return version


def send(
    session: Session, proposal_id: int, sending: Sending, *, within: ChangeSet, expect: int | None = None
) -> Proposal:
    """Says that an approved version was sent, and when an answer is due.

    Raises NotFound, Conflict, Invalid, Blocked.
    """
    version = proposal_by_id(session, proposal_id)
    if version.state != APPROVED:
        raise Blocked("Not sent", ("Only a version that was approved is sent.",))
    if sending.on > local_date(within.at, organization(session).zone):
        raise Invalid("sent_on", sending.on, "lies in the future", "Enter the day on which it left.")
    if sending.answer_due_on is not None and sending.answer_due_on <= sending.on:
        raise Invalid("answer_due_on", sending.answer_due_on, "is not after the day of sending", "Choose a later day.")
    told = {"state": SENT, "sent_on": sending.on, "answer_due_on": sending.answer_due_on}
    amend(session, version, within=within, expect=expect, **told)
    return version


def proposal_by_id(session: Session, proposal_id: int) -> Proposal:
    """A version of a proposal, locked. Raises NotFound."""
    found = session.get(Proposal, proposal_id, with_for_update=True)
    if found is None:
        raise NotFound("proposal", proposal_id)
    return found


def _newest(session: Session, opportunity_id: int) -> int:
    newest = select(func.max(Proposal.number)).where(Proposal.opportunity_id == opportunity_id)
    return session.scalar(newest) or 0
