"""Sign-in sessions: begun with the password, made complete by the second factor, ended by hand or by time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from donors.accounts.models import SignInSession
from donors.accounts.queries import open_sessions
from donors.accounts.secret import digest, new_token
from donors.core.errors import NotFound

HALF_WAY = timedelta(minutes=10)
"""How long somebody may take between password and second factor."""

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from, as far as a person can recognize it."""

    address: str
    agent: str


def begin(
    session: Session, user_id: int, *, browser: Browser, at: datetime, limit: timedelta, complete: bool
) -> str:  # fmt: skip
    """Begins a session that lasts `limit` at most, and returns its token."""
    token = new_token()
    session.add(
        SignInSession(
            token_hash=digest(token),
            user_id=user_id,
            complete=complete,
            created_at=at,
            last_seen_at=at,
            expires_at=at + (limit if complete else HALF_WAY),
            strong_at=at,
            address=browser.address,
            agent=browser.agent[:200],
        )
    )
    session.flush()
    return token


def strengthen(session: Session, row: SignInSession, *, at: datetime, limit: timedelta) -> str:
    """Makes a session complete, or confirms it anew; the old token is dead and the new one is returned."""
    token = new_token()
    if not row.complete:
        row.complete = True
        row.expires_at = row.created_at + limit
    row.token_hash = digest(token)
    row.strong_at = row.last_seen_at = at
    session.flush()
    return token


def touch(session: Session, session_id: int, *, at: datetime) -> None:
    """Notes that the session was used."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=at))


def end(session: Session, session_id: int, *, user_id: int, why: str, at: datetime) -> None:
    """Ends one session of the user. Raises NotFound for somebody else's."""
    for row in open_sessions(session, user_id):
        if row.id == session_id:
            row.ended_at, row.ended_why = at, why
            session.flush()
            return
    raise NotFound("session", session_id)


def end_all(session: Session, user_id: int, *, why: str, at: datetime, but: int | None = None) -> int:
    """Ends the user's sessions, except one when `but` names it; returns how many."""
    ended = [row for row in open_sessions(session, user_id) if row.id != but]
    for row in ended:
        row.ended_at, row.ended_why = at, why
    session.flush()
    return len(ended)
