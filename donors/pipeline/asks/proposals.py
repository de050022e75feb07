"""Reading proposals: the versions of an ask, their bytes, and those on which somebody has to act."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.pipeline.asks.models import OPEN, Opportunity, Proposal, ProposalFile
from donors.pipeline.asks.propose import APPROVED, DRAFT, RETURNED
from donors.pipeline.models import Prospect
from donors.pipeline.queries.sieve import seen_prospects

_WRITER, _JUDGE = aliased(User, name="proposal_writer"), aliased(User, name="proposal_judge")


@dataclass(frozen=True)
class Version:
    """A version with the names of who uploaded it and of who decided about it."""

    proposal: Proposal
    by: str | None
    decided_by: str | None


def versions(session: Session, opportunity_id: int) -> list[Version]:
    """The versions of an ask, the newest first. Call it with an ask that the viewer may see."""
    statement = (
        select(Proposal, _WRITER.name, _JUDGE.name)
        .outerjoin(_WRITER, _WRITER.id == Proposal.uploaded_by)
        .outerjoin(_JUDGE, _JUDGE.id == Proposal.decided_by)
        .where(Proposal.opportunity_id == opportunity_id)
        .order_by(Proposal.number.desc())
    )
    return [Version(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class Due:
    """A proposal on which somebody has to act: to decide about it, to send it, to mend it."""

    proposal: Proposal
    opportunity: Opportunity
    name: str
    by: str | None


def due_from(session: Session, user_id: int, *, decides: bool, sees: Sight, limit: int) -> list[Due]:
    """The newest versions of open asks that wait for a user, the oldest first: drafts for one who decides; what was
    approved or sent back for the officer of the ask."""
    newer = aliased(Proposal)
    newest = ~exists(
        select(newer.id).where(newer.opportunity_id == Proposal.opportunity_id, newer.number > Proposal.number)
    )
    own = and_(Opportunity.officer_id == user_id, Proposal.state.in_((APPROVED, RETURNED)))
    wanted = or_(own, Proposal.state == DRAFT) if decides else own
    statement = (
        select(Proposal, Opportunity, Constituent.name, _WRITER.name)
        .join(Opportunity, Opportunity.id == Proposal.opportunity_id)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .outerjoin(_WRITER, _WRITER.id == Proposal.uploaded_by)
        .where(wanted, newest, Opportunity.status.in_(OPEN), *seen_prospects(sees))
        .order_by(Proposal.uploaded_at, Proposal.id)
    )
    return [Due(*row) for row in session.execute(statement.limit(limit))]


def version_of(session: Session, opportunity_id: int, proposal_id: int) -> Proposal:
    """A version of this ask. Raises NotFound for one of another."""
    found = session.get(Proposal, proposal_id)
    if found is None or found.opportunity_id != opportunity_id:
        raise NotFound("proposal", proposal_id)
    return found


def content_of(session: Session, proposal_id: int) -> bytes:
    """The bytes of a version. Raises NotFound."""
    found = session.scalar(select(ProposalFile.content).where(ProposalFile.proposal_id == proposal_id))
    if found is None:
        raise NotFound("proposal", proposal_id)
    return found
