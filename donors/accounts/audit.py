"""The audit record: what happened at the doors. Rows are added and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent

EVENTS = {
    "sign-in": "Signed in",
    "sign-in refused": "Sign-in refused",
    "second factor refused": "Second factor refused",
    "sign-out": "Signed out",
    "session ended": "Session ended",
    "identity confirmed": "Confirmed their identity",
    "password changed": "Changed their password",
    "link made": "One-time link made",
    "link used": "One-time link used",
    "second factor set up": "Second factor set up",
    "second factor removed": "Second factor removed",
    "recovery code used": "Recovery code used",
    "recovery codes made": "New recovery codes made",
    "user invited": "User invited",
    "user changed": "User changed",
    "user deactivated": "User deactivated",
    "user reactivated": "User reactivated",
    "access refused": "Access refused",
    "calendar address made": "New calendar address made",
    "calendar address revoked": "Calendar address revoked",
    "export": "Exported",
}
"""What can happen, with its words for pages. Parts above record exports and nothing else of their own."""


@dataclass(frozen=True)
class Doing:
    """Who does something at the doors, when, and from which address."""

    at: datetime
    user_id: int | None = None
    address: str = ""


def note(session: Session, what: str, *, doing: Doing, **detail: Any) -> None:
    """Adds an event. `detail` holds ids and words of our own, never personal values. Raises KeyError for a new word."""
    if what not in EVENTS:
        raise KeyError(what)
    session.add(AuditEvent(at=doing.at, user_id=doing.user_id, what=what, detail=detail, address=doing.address))
    session.flush()
