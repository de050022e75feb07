"""Setting and proving passwords and second factors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from donors.accounts.audit import Doing, note
from donors.accounts.models import Credential, User
from donors.accounts.passwords import check_rules, hash_password, is_outdated, matches
from donors.accounts.queries import credential, user_by_email
from donors.accounts.sessions import end_all
from donors.accounts.throttle import Try, seconds_to_wait
from donors.core.settings import organization


@dataclass(frozen=True)
class Proof:
    """How a try went: the user when it was right, the seconds to wait when it came too early.

    `fresh_hash` is set when the stored hash was made with weaker parameters and should be replaced.
    """

    user: User | None = None
    needs_code: bool = False
    wait: int = 0
    fresh_hash: str | None = None


def prove(session: Session, email: str, password: str, *, tried: Try, practice: bool) -> Proof:
    """Checks an e-mail address and a password; reads only. Unknown, deactivated and wrong look and last the same.

    `practice` says whether practice users may come in from where this try was made.
    """
    wait = seconds_to_wait(session, tried)
    if wait:
        return Proof(wait=wait)
    user = user_by_email(session, email)
    kept = session.get(Credential, user.id) if user is not None else None
    right = matches(kept.password_hash if kept else None, password)
    if user is None or kept is None or not right or not user.active or (user.practice and not practice):
        return Proof()
    outdated = kept.password_hash is not None and is_outdated(kept.password_hash)
    return Proof(user, kept.totp_secret is not None, fresh_hash=hash_password(password) if outdated else None)


def is_password_of(session: Session, user_id: int, password: str) -> bool:
    """Whether this is the user's password now."""
    return matches(credential(session, user_id).password_hash, password)


def keep_hash(session: Session, user_id: int, password_hash: str) -> None:
    """Replaces a hash by a stronger one of the same password."""
    credential(session, user_id).password_hash = password_hash
    session.flush()


def accepted_hash(session: Session, user: User, password: str) -> str:
    """The hash of a password that the rules let pass. Reads only, and takes a while: call it before anything is locked.

    Raises Invalid for a weak password.
    """
    check_rules(password, context=(user.email, user.name, organization(session).name))
    return hash_password(password)


def set_password(
    session: Session, user: User, password_hash: str, *, doing: Doing, keep_session: int | None = None
) -> None:
    """Sets a password, given as its `accepted_hash`; the user's sessions end, but for the one `keep_session` names."""
    kept = credential(session, user.id)
    kept.password_hash, kept.password_set_at = password_hash, doing.at
    end_all(session, user.id, why="password changed", at=doing.at, but=keep_session)
    note(session, "password changed", doing=doing, user=user.id)


def set_known_hash(session: Session, user: User, password_hash: str, *, at: datetime) -> None:
    """Sets a ready argon2id hash. For the practice charity, whose passwords are public anyway."""
    kept = credential(session, user.id)
    kept.password_hash, kept.password_set_at = password_hash, at
    session.flush()
