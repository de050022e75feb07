"""Keeping a prospect to its team: those in charge of the constituent, administrators and directors."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked
from donors.pipeline.models import Assignment, Prospect
from donors.pipeline.prospect import prospect_by_id


def confide(session: Session, prospect_id: int, *, confidential: bool, sees: Sight, within: ChangeSet) -> Prospect:
    """Makes a prospect confidential to its team, or open again.

    Raises NotFound, and Blocked for somebody who is not of the team: they would not find it again.
    """
    prospect = prospect_by_id(session, prospect_id, lock=True)
    if not sees.everything and not in_team(session, prospect.constituent_id, sees.user_id):
        raise Blocked("Not changed", ("Only somebody in charge of this constituent keeps the prospect to the team.",))
    amend(session, prospect, within=within, is_confidential=confidential)
    return prospect


def in_team(session: Session, constituent_id: int, user_id: int | None) -> bool:
    """Whether a user is in charge of a constituent, in any role."""
    held = select(Assignment.id).where(
        Assignment.constituent_id == constituent_id, Assignment.officer_id == user_id, Assignment.to_on.is_(None)
    )
    return session.scalar(held.limit(1)) is not None
