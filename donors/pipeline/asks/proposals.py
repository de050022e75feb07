"""Reading proposals: the versions of an ask, their bytes, and the register of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.pipeline.asks.models import (
    COMMITTED,
    DECLINED,
    DEFERRED,
    RECEIVED,
    OpportunityEntry,
    Proposal,
    ProposalFile,
)
from donors.pipeline.asks.models import Opportunity as _Ask
from donors.pipeline.asks.queries import over_asks
from donors.pipeline.models import Prospect

ANSWERS = (COMMITTED, RECEIVED, DECLINED, DEFERRED)
_WRITER, _JUDGE = aliased(User, name="proposal_writer"), aliased(User, name="proposal_judge")


@dataclass(frozen=True)
class Version:
    """A version with the names of who uploaded it and of who decided about it."""

    proposal: Proposal
    by: str | None
    decided_by: str | None


@dataclass(frozen=True)
class Registered:
    """A version in the register: whose, for what and how much, by which officer. `status` is that of the ask now."""

    proposal: Proposal
    constituent_id: int
    name: str
    purpose: str
    amount: int | None
    status: str
    officer: str | None
    approver: str | None


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


def register(
    session: Session, *, sees: Sight, pipeline_id: int | None = None, officer_id: int | None = None
) -> Sequence[Registered]:
    """All versions of the asks that the viewer may see, of a pipeline or an officer, the newest first."""
    officer = aliased(User, name="proposal_officer")
    wanted = (
        over_asks(
            Proposal,
            Constituent.id,
            Constituent.name,
            _Ask.purpose,
            _Ask.amount,
            _Ask.status,
            officer.name,
            _JUDGE.name,
            sees=sees,
        )
        .join(Proposal, Proposal.opportunity_id == _Ask.id)
        .outerjoin(officer, officer.id == _Ask.officer_id)
        .outerjoin(_JUDGE, _JUDGE.id == Proposal.decided_by)
        .order_by(Proposal.id.desc())
    )
    if pipeline_id is not None:
        wanted = wanted.where(Prospect.pipeline_id == pipeline_id)
    if officer_id is not None:
        wanted = wanted.where(_Ask.officer_id == officer_id)
    return [Registered(*row) for row in session.execute(wanted)]


def answers(session: Session, on: date) -> dict[int, list[date]]:
    """Ask with a proposal → the days, up to one, on which it came to be committed, received, declined or deferred."""
    told = (
        select(OpportunityEntry.opportunity_id, OpportunityEntry.happened_on, OpportunityEntry.status)
        .where(OpportunityEntry.opportunity_id.in_(select(Proposal.opportunity_id)), OpportunityEntry.happened_on <= on)
        .order_by(OpportunityEntry.opportunity_id, OpportunityEntry.id)
    )
    found: dict[int, list[date]] = {}
    before: tuple[int, str] | None = None
    for ask_id, day, status in session.execute(told):
        if status in ANSWERS and before != (ask_id, status):
            found.setdefault(ask_id, []).append(day)
        before = (ask_id, status)
    return found
