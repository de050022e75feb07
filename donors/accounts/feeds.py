"""Secret addresses of calendars: made anew (the old one is void then), revoked, and whose tasks one shows."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing, note
from donors.accounts.models import CalendarFeed, User
from donors.accounts.secret import digest, new_token
from donors.core.errors import NotFound


def make_feed(session: Session, user_id: int, *, doing: Doing) -> str:
    """Gives a user a new secret address and returns its token, which is kept as a digest only."""
    token = new_token()
    found = session.get(CalendarFeed, user_id, with_for_update=True)
    if found is None:
        session.add(CalendarFeed(user_id=user_id, token_hash=digest(token), made_at=doing.at))
    else:
        found.token_hash, found.made_at = digest(token), doing.at
    note(session, "calendar address made", doing=doing, user=user_id)
    return token


def revoke_feed(session: Session, user_id: int, *, doing: Doing) -> None:
    """Makes a user's address void. Raises NotFound when there is none."""
    found = session.get(CalendarFeed, user_id)
    if found is None:
        raise NotFound("calendar address")
    session.delete(found)
    note(session, "calendar address revoked", doing=doing, user=user_id)


def feed_of(session: Session, user_id: int) -> CalendarFeed | None:
    """The address of a user, as far as it is kept."""
    return session.get(CalendarFeed, user_id)


def user_of_feed(session: Session, token: str) -> User:
    """The user whose tasks an address shows. Raises NotFound for one that is void or whose user may not sign in."""
    found = session.scalar(
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == digest(token), User.deactivated_at.is_(None))
    )
    if found is None:
        raise NotFound("calendar")
    return found
