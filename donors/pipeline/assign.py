"""Writing assignments: who is in charge of a constituent, from when to when."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.decide import ROLES
from donors.pipeline.models import Assignment

PRIMARY = "primary"


@dataclass(frozen=True)
class Charge:
    """Who takes charge, from which day, in which role (primary, secondary, volunteer), and why."""

    officer_id: int
    from_on: date
    role: str = PRIMARY
    reason: str = ""


def assign(session: Session, constituent_id: int, charge: Charge, *, within: ChangeSet) -> Assignment:
    """Puts somebody in charge. A new primary ends the charge of the one before, on the same day.

    Raises NotFound, Invalid (role), Blocked (inactive user, in that role already).
    """
    _check(session, constituent_id, charge)
    for running in _open(session, constituent_id):
        if running.officer_id == charge.officer_id and running.role == charge.role:
            raise Blocked("Not assigned", ("This officer has that role already.",))
        if charge.role == running.role == PRIMARY:
            _end(session, running, charge.from_on, charge.reason or "handed over", within=within)
    row = Assignment(
        constituent_id=constituent_id,
        officer_id=charge.officer_id,
        role=charge.role,
        from_on=charge.from_on,
        reason=charge.reason.strip(),
        recorded_at=within.at,
    )
    return insert(session, row, within=within)


def wait_for_others(session: Session, constituent_id: int) -> None:
    """Locks a constituent, so that of two who assign it at once the second sees the first. Raises NotFound."""
    constituent = session.get(Constituent, constituent_id, with_for_update={"key_share": True})
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)


def release(
    session: Session, assignment_id: int, *, on: date, reason: str, within: ChangeSet, expect: int | None = None
) -> Assignment:
    """Ends an assignment: `on` is the first day without it. Raises NotFound, Conflict, Invalid, Blocked."""
    row = session.get(Assignment, assignment_id, with_for_update=True)
    if row is None:
        raise NotFound("assignment", assignment_id)
    if row.to_on is not None:
        raise Blocked("Not released", ("The assignment has ended already.",))
    if not reason.strip():
        raise Invalid("reason", reason, "is empty", "Say why the officer is released.")
    if on < row.from_on:
        raise Invalid("to_on", on, "lies before the assignment began", "Choose a later day.")
    amend(session, row, within=within, expect=expect, to_on=on, reason=reason.strip())
    return row


def _open(session: Session, constituent_id: int) -> list[Assignment]:
    running = select(Assignment).where(Assignment.constituent_id == constituent_id, Assignment.to_on.is_(None))
    return list(session.scalars(running.with_for_update()))


def _end(session: Session, row: Assignment, on: date, reason: str, *, within: ChangeSet) -> None:
    if on < row.from_on:
        raise Invalid(
            "from_on", on, f"lies before the charge of the officer now ({row.from_on})", "Choose a later day."
        )
    amend(session, row, within=within, to_on=on, reason=reason)


def _check(session: Session, constituent_id: int, charge: Charge) -> None:
    if charge.role not in ROLES:
        raise Invalid("role", charge.role, "is not a role", "Choose one of the list.")
    wait_for_others(session, constituent_id)
    user = session.get(User, charge.officer_id)
    if user is None:
        raise NotFound("user", charge.officer_id)
    if not user.active:
        raise Blocked("Not assigned", (f"{user.name} is no longer active.",))
