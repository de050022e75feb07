"""Reading users, sessions, links, attempts and the audit record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import (
    AuditEvent,
    Credential,
    OneTimeLink,
    RecoveryCode,
    SignInAttempt,
    SignInSession,
    User,
)
from donors.accounts.permissions import ADMINISTRATOR
from donors.accounts.secret import digest
from donors.core.errors import NotFound


@dataclass(frozen=True)
class UserLine:
    """One user in the list of users. `last_seen_at` is None for somebody who never signed in."""

    user: User
    has_password: bool
    second_factor: bool
    last_seen_at: datetime | None


@dataclass(frozen=True)
class Failures:
    """Failed attempts since the last success: how many, and when the last one was."""

    count: int
    last: datetime | None


def user_by_email(session: Session, email: str) -> User | None:
    """The user with this address, whatever its case."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def user(session: Session, user_id: int) -> User:
    """The user with this id. Raises NotFound."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("user", user_id)
    return found


def users(session: Session) -> list[UserLine]:
    """All users by name, those who may sign in first."""
    seen = (
        select(SignInSession.user_id, func.max(SignInSession.last_seen_at).label("at"))
        .where(SignInSession.complete)
        .group_by(SignInSession.user_id)
        .subquery()
    )
    found = session.execute(
        select(User, Credential.password_hash.is_not(None), Credential.totp_secret.is_not(None), seen.c.at)
        .join(Credential, Credential.user_id == User.id)
        .outerjoin(seen, seen.c.user_id == User.id)
        .order_by(User.deactivated_at.is_not(None), User.name, User.id)
    )
    return [UserLine(*row) for row in found]


def other_administrators(session: Session, user_id: int) -> int:
    """How many administrators besides this user may sign in and have a password."""
    return session.scalar(
        select(func.count())
        .select_from(User)
        .join(Credential, Credential.user_id == User.id)
        .where(
            User.role == ADMINISTRATOR,
            User.deactivated_at.is_(None),
            User.id != user_id,
            Credential.password_hash.is_not(None),
        )
    ) or 0  # fmt: skip


def credential(session: Session, user_id: int) -> Credential:
    """What the user proves themselves with. Raises NotFound."""
    found = session.get(Credential, user_id)
    if found is None:
        raise NotFound("user", user_id)
    return found


def recovery_codes(session: Session, user_id: int) -> list[RecoveryCode]:
    """The user's recovery codes that were not used yet."""
    return list(
        session.scalars(
            select(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        )
    )  # fmt: skip


def live_session(
    session: Session, token: str, *, at: datetime, idle: timedelta
) -> tuple[SignInSession, User, Credential] | None:
    """The session of a token with its user, unless it ended, expired or lay idle, or the user may not sign in."""
    found = session.execute(
        select(SignInSession, User, Credential)
        .join(User, User.id == SignInSession.user_id)
        .join(Credential, Credential.user_id == User.id)
        .where(
            SignInSession.token_hash == digest(token),
            *_alive(at=at, idle=idle),
            User.deactivated_at.is_(None),
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1], found[2])


def sign_in_session(session: Session, session_id: int) -> SignInSession:
    """The session with this id. Raises NotFound."""
    found = session.get(SignInSession, session_id)
    if found is None:
        raise NotFound("session", session_id)
    return found


def sessions_of(session: Session, user_id: int, *, at: datetime, idle: timedelta) -> list[SignInSession]:
    """Where the user is signed in now, the most recently used first."""
    return list(
        session.scalars(
            select(SignInSession)
            .where(SignInSession.user_id == user_id, SignInSession.complete, *_alive(at=at, idle=idle))
            .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
        )
    )


def open_sessions(session: Session, user_id: int) -> list[SignInSession]:
    """All sessions of the user that nobody ended, also those that ran out."""
    return list(
        session.scalars(
            select(SignInSession).where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None))
        )
    )  # fmt: skip


def link(session: Session, token: str, *, at: datetime, lock: bool = False) -> tuple[OneTimeLink, User]:
    """The one-time link of a token with its user. Raises NotFound for one that is used, too old or never was."""
    chosen = (
        select(OneTimeLink, User)
        .join(User, User.id == OneTimeLink.user_id)
        .where(
            OneTimeLink.token_hash == digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
            User.deactivated_at.is_(None),
        )
    )
    found = session.execute(chosen.with_for_update(of=OneTimeLink) if lock else chosen).one_or_none()
    if found is None:
        raise NotFound("link")
    return found[0], found[1]


def unused_links(session: Session, user_id: int, *, since: datetime) -> list[OneTimeLink]:
    """The user's links that were not used and were made after an instant."""
    return list(
        session.scalars(
            select(OneTimeLink).where(
                OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None), OneTimeLink.created_at >= since
            )
        )
    )


def failures_of_pair(session: Session, account: str, network: str, *, since: datetime) -> Failures:
    """Failed attempts on an account from one network, since the last success of the same pair."""
    pair = (SignInAttempt.account == account, SignInAttempt.network == network)
    success = session.scalar(
        select(func.max(SignInAttempt.at)).where(*pair, SignInAttempt.succeeded, SignInAttempt.at >= since)
    )
    return _failures(session, *pair, SignInAttempt.at >= (success or since))


def failures_of_account(session: Session, account: str, *, since: datetime) -> Failures:
    """Failed attempts on an account from anywhere but its known devices."""
    return _failures(
        session, SignInAttempt.account == account, SignInAttempt.known_device.is_(False), SignInAttempt.at >= since
    )


def failures_of_device(session: Session, account: str, *, since: datetime) -> Failures:
    """Failed attempts on an account from its known devices."""
    return _failures(
        session, SignInAttempt.account == account, SignInAttempt.known_device.is_(True), SignInAttempt.at >= since
    )  # fmt: skip


def failures_of_network(session: Session, network: str, *, since: datetime) -> Failures:
    """Failed attempts on any account from one network."""
    return _failures(session, SignInAttempt.network == network, SignInAttempt.at >= since)


def audit_events(
    session: Session, *, what: str = "", user_id: int | None = None, before: int | None = None, limit: int = 100
) -> list[AuditEvent]:
    """The audit record, newest first: of one kind, of one user, older than the event with the id `before`."""
    chosen = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if what:
        chosen = chosen.where(AuditEvent.what == what)
    if user_id is not None:
        chosen = chosen.where(AuditEvent.user_id == user_id)
    if before is not None:
        chosen = chosen.where(AuditEvent.id < before)
    return list(session.scalars(chosen))


def _alive(*, at: datetime, idle: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (SignInSession.ended_at.is_(None), SignInSession.expires_at > at, SignInSession.last_seen_at > at - idle)


def _failures(session: Session, *where: ColumnElement[bool]) -> Failures:
    count, last = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(SignInAttempt.succeeded.is_(False), *where)
    ).one()
    return Failures(count, last)
