"""Tables of users, their credentials and sessions, grants, and the audit record.

Only `User` and `Grant` belong to change sets. Credentials do not: a before-image would keep old secrets.
Tokens are kept as SHA-256 digests (they carry 256 bits), passwords and recovery codes as argon2id.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donors.accounts.permissions import ROLES
from donors.core.db import Base, Editable, Id, Recorded

ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)


class User(Editable, Base):
    """Somebody who may sign in. `email` is kept in lower case. Users are deactivated, never deleted.

    A practice user comes with the practice charity and can sign in from a loopback address only.
    `wants_digest`: in the morning a mail tells what is due.
    """

    __tablename__ = "app_user"
    __table_args__ = (CheckConstraint(f"role IN ({ROLE_LIST})", name="role"),)

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    deactivated_at: Mapped[datetime | None]
    practice: Mapped[bool] = mapped_column(default=False)
    wants_digest: Mapped[bool] = mapped_column(default=True)

    @property
    def active(self) -> bool:
        """Whether the user may sign in."""
        return self.deactivated_at is None


class Credential(Base):
    """What a user proves themselves with; one row a user, made with the user.

    `totp_step` is the last 30-second step whose code was accepted: a code counts once.
    `totp_secret` is sealed (see `safe.py`) and set only after a first code was entered rightly.
    """

    __tablename__ = "credential"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True, autoincrement=False)
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None]
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]


class RecoveryCode(Base):
    """One code that stands in once for the second factor."""

    __tablename__ = "recovery_code"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """One sign-in on one browser. `complete` is false between the password and the second factor.

    `strong_at` is when the person last proved themselves in full; sensitive changes ask for a recent one.
    `pending_totp` is a second factor that is being set up and not yet confirmed, sealed.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (
        Index("ix_sign_in_session_user_id_ended_at", "user_id", "ended_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    complete: Mapped[bool]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    strong_at: Mapped[datetime]
    address: Mapped[str]
    agent: Mapped[str]
    pending_totp: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(default="")


class OneTimeLink(Base):
    """A link that lets its holder set a password once. `purpose` is `invite` or `reset`; `by_id` who asked for it."""

    __tablename__ = "one_time_link"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    by_id: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One try to sign in, kept for the throttle and pruned after 90 days.

    `account` is a digest of the address that was typed, `network` the /24 or /56 that it came from,
    `known_device` whether the browser had signed in to that account before.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account_at", "account", "at"),
        Index("ix_sign_in_attempt_network_at", "network", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    account: Mapped[str]
    network: Mapped[str]
    known_device: Mapped[bool]
    succeeded: Mapped[bool]


class Grant(Recorded, Base):
    """Lets one user see one confidential constituent. Parts above write it; `constituent_id` is a plain id for them."""

    __tablename__ = "sight_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "constituent_id"),
        Index("ix_sight_grant_constituent_id", "constituent_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    constituent_id: Mapped[int]
    reason: Mapped[str]


class Absence(Editable, Base):
    """That a user is away from a day to a day, both included, and who stands in for them (none: nobody was named)."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("from_on <= to_on", name="span"),
        Index("ix_absence_user_id_to_on", "user_id", "to_on"),
        Index("ix_absence_to_on", "to_on"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str] = mapped_column(default="")


class CalendarFeed(Base):
    """The secret address at which a calendar program reads a user's tasks; one row a user, gone when it is revoked."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class AuditEvent(Base):
    """What happened at the doors: sign-ins, refusals, exports, changes of rights. Triggers refuse update and delete.

    `user_id` is a plain id, so that nothing ever stands in the way of the record. `detail` holds ids and words of our
    own, never personal values.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_user_id_at", "user_id", "at"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None]
    what: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    address: Mapped[str]
