"""The second factor: time-based codes (RFC 6238) that count once each, and recovery codes for a lost device."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing, note
from donors.accounts.models import Credential, RecoveryCode, SignInSession, User
from donors.accounts.passwords import hash_password, matches
from donors.accounts.queries import credential, recovery_codes
from donors.accounts.safe import Safe
from donors.accounts.sessions import end_all
from donors.core.errors import Blocked, Invalid

DRIFT = 1
"""Steps of 30 seconds that a clock may be off in either direction."""

HOW_MANY = 10
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
ISSUER = "Perennial"


@dataclass(frozen=True)
class RecoveryCodes:
    """Ten fresh codes: as they are shown once, and as they are kept."""

    shown: tuple[str, ...]
    kept: tuple[str, ...]


def draw_recovery_codes() -> RecoveryCodes:
    """Draws codes and hashes them, which takes most of a second: call it before anything is locked."""
    drawn = ("-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(HOW_MANY))
    shown = tuple(drawn)
    return RecoveryCodes(shown, tuple(_kept(_bare(code)) for code in shown))


def begin_setup(session: Session, row: SignInSession, *, safe: Safe) -> str:
    """Chooses a secret and keeps it aside until a first code was entered; returns it."""
    known = pending_secret(row, safe=safe)
    if known is None:
        known = pyotp.random_base32()
        row.pending_totp = safe.seal(known)
        session.flush()
    return known


def pending_secret(row: SignInSession, *, safe: Safe) -> str | None:
    """The secret that waits for its first code; none also when it was sealed with a key that is no more."""
    try:
        return safe.open(row.pending_totp) if row.pending_totp else None
    except Blocked:
        return None


def address(secret: str, *, email: str) -> str:
    """The otpauth address that an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def finish_setup(
    session: Session, row: SignInSession, code: str, recovery: RecoveryCodes, *, safe: Safe, doing: Doing
) -> None:
    """Puts the second factor in force, with recovery codes that were drawn for it. Raises Invalid."""
    secret = pending_secret(row, safe=safe)
    step = _step_of(secret, code, at=doing.at) if secret else None
    if secret is None or step is None:
        raise Invalid("code", code, "is not the code that the app shows now", "Check the clock of the phone.")
    kept = credential(session, row.user_id)
    kept.totp_secret, kept.totp_since, kept.totp_step = safe.seal(secret), doing.at, step
    row.pending_totp = None
    end_all(session, row.user_id, why="second factor set up", at=doing.at, but=row.id)
    note(session, "second factor set up", doing=doing, user=row.user_id)
    new_recovery_codes(session, row.user_id, recovery, doing=doing)


def new_recovery_codes(session: Session, user_id: int, recovery: RecoveryCodes, *, doing: Doing) -> None:
    """Replaces the user's recovery codes; the new ones are kept as hashes only."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=kept) for kept in recovery.kept)
    note(session, "recovery codes made", doing=doing, user=user_id)


def accept_code(session: Session, user_id: int, code: str, *, safe: Safe, doing: Doing) -> bool:
    """Whether a code from the app or a recovery code is right and was not used before; it is used up then.

    Raises Blocked when codes of the app cannot be checked, because the key of the installation has changed.
    """
    kept = credential(session, user_id)
    bare = _bare(code)
    if kept.totp_secret is None:
        return False
    if bare.isdigit():
        step = _step_of(safe.open(kept.totp_secret), bare, at=doing.at)
        return step is not None and _use_step(session, user_id, step)
    return _use_recovery_code(session, user_id, bare, doing=doing)


def reseal(session: Session, *, safe: Safe) -> int:
    """Seals all secrets with the key of now and returns how many. Raises Blocked when the key of one is gone."""
    found = session.scalars(select(Credential).where(Credential.totp_secret.is_not(None)).with_for_update()).all()
    for kept in found:
        kept.totp_secret = safe.seal(safe.open(kept.totp_secret or ""))
    session.flush()
    return len(found)


def remove_second_factor(session: Session, user: User, *, doing: Doing) -> None:
    """Takes the second factor away, with its recovery codes; ends the sessions unless it is the user's own act."""
    kept = credential(session, user.id)
    kept.totp_secret = kept.totp_since = kept.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    if doing.user_id != user.id:
        end_all(session, user.id, why="second factor removed", at=doing.at)
    note(session, "second factor removed", doing=doing, user=user.id)


def _step_of(secret: str, code: str, *, at: datetime) -> int | None:
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(_bare(code), for_time=at, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def _use_step(session: Session, user_id: int, step: int) -> bool:
    """Only a later step than the last one counts; the database decides, for two requests may come at once."""
    used = session.execute(
        update(Credential)
        .where(Credential.user_id == user_id, or_(Credential.totp_step.is_(None), Credential.totp_step < step))
        .values(totp_step=step)
        .returning(Credential.user_id)
    )
    return used.first() is not None


def _use_recovery_code(session: Session, user_id: int, bare: str, *, doing: Doing) -> bool:
    for row in recovery_codes(session, user_id):
        handle, _, password_hash = row.code_hash.partition(":")
        if handle != bare[:4] or not matches(password_hash, bare):
            continue
        used = session.execute(
            update(RecoveryCode)
            .where(RecoveryCode.id == row.id, RecoveryCode.used_at.is_(None))
            .values(used_at=doing.at)
            .returning(RecoveryCode.id)
        )
        if used.first() is None:
            return False
        note(session, "recovery code used", doing=doing, left=len(recovery_codes(session, user_id)))
        return True
    return False


def _kept(bare: str) -> str:
    """The first four letters tell which code is meant, so that one hash is compared and not ten."""
    return f"{bare[:4]}:{hash_password(bare)}"


def _bare(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
