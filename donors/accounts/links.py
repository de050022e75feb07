"""One-time links: the holder may set a password once. They never stand in for a second factor."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from donors.accounts.audit import Doing, note
from donors.accounts.credentials import accepted_hash, set_password
from donors.accounts.models import OneTimeLink, User
from donors.accounts.queries import link, unused_links
from donors.accounts.secret import digest, new_token

INVITE = "invite"
RESET = "reset"
LASTS = {INVITE: timedelta(days=7), RESET: timedelta(hours=1)}
PATH = "/accounts/link/"
"""Where pages take a link; the token follows."""

MOST_AN_HOUR = 3


def make_link(session: Session, user: User, *, purpose: str, doing: Doing) -> str:
    """Makes a link and returns its token. Links that the user had before are void from now on."""
    for earlier in unused_links(session, user.id, since=doing.at - max(LASTS.values())):
        earlier.expires_at = min(earlier.expires_at, doing.at)
    token = new_token()
    session.add(
        OneTimeLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=digest(token),
            by_id=doing.user_id,
            created_at=doing.at,
            expires_at=doing.at + LASTS[purpose],
        )
    )
    note(session, "link made", doing=doing, user=user.id, purpose=purpose)
    return token


def asks_too_often(session: Session, user: User, *, at: datetime) -> bool:
    """Whether so many links were made for the user within the hour that another would be a nuisance."""
    return len(unused_links(session, user.id, since=at - timedelta(hours=1))) >= MOST_AN_HOUR


def hash_for_link(session: Session, token: str, password: str, *, at: datetime) -> str:
    """The hash of the password that a link is to set. Reads only: call it before anything is locked.

    Raises NotFound for a link that is void, Invalid for a weak password (the link stays good then).
    """
    _found, user = link(session, token, at=at)
    return accepted_hash(session, user, password)


def use_link(session: Session, token: str, password_hash: str, *, doing: Doing) -> User:
    """Sets the password of the link's user, given as its hash, and uses the link up; the user's sessions end.

    Raises NotFound for a link that is void.
    """
    found, user = link(session, token, at=doing.at, lock=True)
    set_password(session, user, password_hash, doing=Doing(doing.at, user.id, doing.address))
    found.used_at = doing.at
    note(session, "link used", doing=Doing(doing.at, user.id, doing.address), purpose=found.purpose)
    return user
