"""Reading proposals: the versions of an ask, and their bytes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.core.errors import NotFound
from donors.pipeline.asks.models import Proposal, ProposalFile

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
