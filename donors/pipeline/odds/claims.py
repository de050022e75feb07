"""Reading hot claims: what was claimed, and what came of it by its day, read from gifts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.giving.models import HARD, Credit
from donors.pipeline.models import Prospect, Stage
from donors.pipeline.odds.models import HotClaim
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.sieve import seen_prospects

OPEN, HAPPENED, FAILED = "open", "happened", "failed"


@dataclass(frozen=True)
class Outcome:
    """A claim with its names and what was given after its day, up to its end or the day of the question."""

    claim: HotClaim
    prospect: Prospect
    name: str
    by: str | None
    stage: str
    given: int

    def state(self, on: date) -> str:
        """What came of it by a day: enough was given, or its time is over without, or it is open."""
        if self.given >= self.claim.amount:
            return HAPPENED
        return FAILED if on > self.claim.until_on else OPEN


def claims(session: Session, on: date, which: Which) -> list[Outcome]:
    """All claims that were made by a day, of prospects that the viewer sees; the newest first.

    `which.officer_id` is who claimed.
    """
    statement = _claims(on, which).where(HotClaim.claimed_on <= on)
    if which.pipeline_id is not None:
        statement = statement.where(Prospect.pipeline_id == which.pipeline_id)
    if which.officer_id is not None:
        statement = statement.where(HotClaim.claimed_by == which.officer_id)
    return [Outcome(*row) for row in session.execute(statement)]


def claims_of(session: Session, prospect_id: int, on: date, which: Which) -> list[Outcome]:
    """The claims about one prospect."""
    return [Outcome(*row) for row in session.execute(_claims(on, which).where(HotClaim.prospect_id == prospect_id))]


def claim(session: Session, claim_id: int, on: date, which: Which) -> Outcome:
    """One claim. Raises NotFound, also when its prospect is not for the viewer."""
    found = session.execute(_claims(on, which).where(HotClaim.id == claim_id)).first()
    if found is None:
        raise NotFound("claim", claim_id)
    return Outcome(*found)


def _claims(on: date, which: Which) -> Select[*tuple[Any, ...]]:
    return (
        select(HotClaim, Prospect, Constituent.name, User.name, Stage.name, _given(on))
        .join(Prospect, Prospect.id == HotClaim.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Stage, Stage.id == HotClaim.stage_id)
        .outerjoin(User, User.id == HotClaim.claimed_by)
        .where(*seen_prospects(which.sees))
        .order_by(HotClaim.claimed_on.desc(), HotClaim.id.desc())
    )


def _given(on: date) -> Any:
    """What the constituent gave after the day of the claim, up to its end, as it counts on that day or at its end."""
    counted = (
        Credit.constituent_id == Prospect.constituent_id,
        Credit.kind == HARD,
        Credit.given_on > HotClaim.claimed_on,
        Credit.given_on <= HotClaim.until_on,
        Credit.counts_from <= on,
        or_(Credit.counts_to.is_(None), Credit.counts_to > on),
    )
    summed = select(func.coalesce(func.sum(Credit.base_amount), 0)).where(*counted)
    return type_coerce(summed.correlate(HotClaim, Prospect).scalar_subquery(), BigInteger)
