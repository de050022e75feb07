"""Writing hot claims: that a prospect gives at least so much by a day, with odds and a reason; and withdrawing them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.constituents.restraint import refuse_frozen_id
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.odds.models import HotClaim
from donors.pipeline.prospect import prospect_by_id

FURTHEST = timedelta(days=2 * 366)
"""Nobody is hot for longer than two years from now."""


@dataclass(frozen=True)
class Heat:
    """A claim: by when, at least how much (minor units of the base currency), how sure (per cent), and why; whose it is
    (none: the writer's)."""

    until_on: date
    amount: int
    odds: int
    why: str
    by: int | None = None


def claim_hot(session: Session, prospect_id: int, heat: Heat, *, on: date, within: ChangeSet) -> HotClaim:
    """Claims that a prospect is hot, as of a day. Raises NotFound, Invalid, Blocked."""
    prospect = prospect_by_id(session, prospect_id, lock=True)
    if not prospect.is_active:
        raise Blocked("Not claimed", ("The prospect has left the pipeline; take it back first.",))
    refuse_frozen_id(session, prospect.constituent_id)
    _check(heat, on)
    row = HotClaim(
        prospect_id=prospect_id,
        stage_id=prospect.stage_id,
        claimed_by=within.by_id if heat.by is None else heat.by,
        claimed_on=on,
        recorded_at=within.at,
        until_on=heat.until_on,
        amount=heat.amount,
        odds=heat.odds,
        why=heat.why.strip(),
    )
    return insert(session, row, within=within)


def withdraw_claim(session: Session, claim_id: int, *, on: date, within: ChangeSet) -> HotClaim:
    """Withdraws a claim from a day on. It stays, and counts as it was. Raises NotFound, Blocked."""
    found = session.get(HotClaim, claim_id, with_for_update=True)
    if found is None:
        raise NotFound("claim", claim_id)
    if found.withdrawn_on is not None:
        raise Blocked("Not withdrawn", ("The claim was withdrawn already.",))
    if on > found.until_on:
        raise Blocked("Not withdrawn", ("Its day is over; what happened is known.",))
    amend(session, found, within=within, withdrawn_on=on)
    return found


def _check(heat: Heat, on: date) -> None:
    if heat.until_on <= on:
        raise Invalid("until_on", heat.until_on, "is not after today", "Say by which day the gift is to come.")
    if heat.until_on > on + FURTHEST:
        raise Invalid("until_on", heat.until_on, "is more than two years away", "Choose a nearer day.")
    if heat.amount <= 0:
        raise Invalid("amount", heat.amount, "must be more than zero", "Say at least how much.")
    if not 0 <= heat.odds <= 100:
        raise Invalid("odds", heat.odds, "is no per cent", "Write a number from 0 to 100.")
    if not heat.why.strip():
        raise Invalid("why", heat.why, "is empty", "Say what makes you think so.")
