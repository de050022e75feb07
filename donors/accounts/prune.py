"""Removal of what the door no longer needs: old attempts, sessions and links. The audit record stays."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from donors.accounts.models import OneTimeLink, SignInAttempt, SignInSession
from donors.core.claims import changed


def prune(session: Session, *, before: datetime, limit: int) -> int:
    """Removes attempts, and sessions and links that ended, from before an instant; at most so many of each."""
    over = or_(SignInSession.ended_at < before, SignInSession.expires_at < before)
    gone = 0
    for table, condition in (
        (SignInAttempt, SignInAttempt.at < before),
        (SignInSession, over),
        (OneTimeLink, OneTimeLink.expires_at < before),
    ):
        old = select(table.id).where(condition).limit(limit)
        gone += changed(session, delete(table).where(table.id.in_(old)))
    return gone
