"""Adding and changing users. Sessions of somebody who may no longer sign in end in the same transaction."""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing, note
from donors.accounts.models import Credential, User
from donors.accounts.permissions import ADMINISTRATOR, ROLES
from donors.accounts.queries import other_administrators, user_by_email
from donors.accounts.sessions import end_all
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid


@dataclass(frozen=True)
class NewUser:
    """Somebody to be added."""

    email: str
    name: str
    role: str
    practice: bool = False


def add_user(session: Session, new: NewUser, *, within: ChangeSet) -> User:
    """Adds a user without a password; a one-time link lets them set it. Raises Invalid."""
    email = _checked_email(new.email)
    if user_by_email(session, email) is not None:
        raise Invalid("email", email, "belongs to a user already", "Send that user a new link instead.")
    row = User(email=email, name=_checked_name(new.name), role=_checked_role(new.role), practice=new.practice)
    insert(session, row, within=within)
    session.add(Credential(user_id=row.id))
    note(session, "user invited", doing=_doing(within), user=row.id, role=row.role)
    return row


def change_user(session: Session, row: User, *, name: str, role: str, expect: int, within: ChangeSet) -> None:
    """Changes name and role; a new role counts from the next request on. Raises Invalid, Blocked or Conflict."""
    if row.role == ADMINISTRATOR and role != ADMINISTRATOR:
        _keep_an_administrator(session, row)
    values = {"name": _checked_name(name), "role": _checked_role(role)}
    before = amend(session, row, within=within, expect=expect, **values)
    if "role" in before:
        doing = _doing(within)
        note(session, "user changed", doing=doing, user=row.id, role=row.role, was=before["role"])


def deactivate_user(session: Session, row: User, *, within: ChangeSet) -> None:
    """Keeps a user from signing in and ends their sessions. Raises Blocked for the last administrator."""
    if row.role == ADMINISTRATOR:
        _keep_an_administrator(session, row)
    amend(session, row, within=within, deactivated_at=within.at)
    end_all(session, row.id, why="user deactivated", at=within.at)
    note(session, "user deactivated", doing=_doing(within), user=row.id)


def reactivate_user(session: Session, row: User, *, within: ChangeSet) -> None:
    """Lets a user sign in again."""
    amend(session, row, within=within, deactivated_at=None)
    note(session, "user reactivated", doing=_doing(within), user=row.id)


def want_digest(session: Session, row: User, *, wanted: bool, within: ChangeSet) -> None:
    """Whether a user gets a mail in the morning with what is due."""
    amend(session, row, within=within, wants_digest=wanted)


def _keep_an_administrator(session: Session, row: User) -> None:
    if other_administrators(session, row.id) == 0:
        raise Blocked(
            f"{row.name} is the last administrator", ("Make somebody else an administrator first, with a password.",)
        )


def _checked_email(email: str) -> str:
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid("email", email, "is not an e-mail address", "Write it like name@example.org.") from error
    return found.normalized.lower()


def _checked_name(name: str) -> str:
    if not name.strip():
        raise Invalid("name", name, "is missing", "Write first and last name.")
    return " ".join(name.split())


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise Invalid("role", role, "is not a role", f"Choose one of: {', '.join(ROLES)}.")
    return role


def _doing(within: ChangeSet) -> Doing:
    return Doing(within.at, within.by_id)
