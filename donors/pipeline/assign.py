"""Writing assignments: who is in charge of a constituent, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.permissions import ROLES as USER_ROLES
from donors.accounts.permissions import carries
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, amend_many, insert, insert_many
from donors.core.errors import Blocked, HouseError, Invalid, NotFound
from donors.pipeline.decide import ROLES
from donors.pipeline.models import Assignment

PRIMARY = "primary"
NEEDS = {PRIMARY: "pipeline.write", "secondary": "pipeline.write", "volunteer": "pipeline.read"}
"""Role of a charge → the permission that it takes."""


@dataclass(frozen=True)
class Charge:
    """Who takes charge, from which day, in which role (primary, secondary, volunteer), and why."""

    officer_id: int
    from_on: date
    role: str = PRIMARY
    reason: str = ""


def assign(session: Session, constituent_id: int, charge: Charge, *, within: ChangeSet) -> Assignment:
    """Puts somebody in charge. A new primary ends the charge of the one before, on the same day.

    Raises NotFound, Invalid (role, day), Blocked (inactive user, in that role already).
    """
    _check(session, charge)
    wait_for_others(session, constituent_id)
    old = giving_way(_held(session, [constituent_id], charge), charge)
    if old is not None:
        amend(session, old, within=within, **_ending(charge))
    return insert(session, _begun(constituent_id, charge, within), within=within)


def assign_many(
    session: Session, constituent_ids: Sequence[int], charge: Charge, *, within: ChangeSet
) -> dict[int, str]:
    """The same for many, in a few statements; returns constituent id → why not, for those passed over.

    Raises what is wrong with the charge itself: NotFound (user), Invalid (role), Blocked (inactive user).
    """
    _check(session, charge)
    there = wait_for_others_of(session, constituent_ids)
    running: dict[int, list[Assignment]] = {}
    for row in _held(session, constituent_ids, charge):
        running.setdefault(row.constituent_id, []).append(row)
    refused: dict[int, str] = {}
    ending: list[Assignment] = []
    for constituent_id in dict.fromkeys(constituent_ids):
        try:
            if constituent_id not in there:
                raise NotFound("constituent", constituent_id)
            old = giving_way(running.get(constituent_id, []), charge)
        except HouseError as error:
            refused[constituent_id] = str(error)
        else:
            ending += [old] if old is not None else []
    amend_many(session, ending, within=within, **_ending(charge))
    beginning = [_begun(one, charge, within) for one in dict.fromkeys(constituent_ids) if one not in refused]
    insert_many(session, beginning, within=within)
    return refused


def giving_way(running: Sequence[Assignment], charge: Charge) -> Assignment | None:
    """Which of somebody's assignments, of those that reach past its first day, a new charge ends, if any.

    Raises Blocked, and Invalid where there would be two primaries for some days.
    """
    ended = [row.to_on for row in running if row.to_on is not None and charge.role == row.role == PRIMARY]
    if any(row.to_on is None and row.officer_id == charge.officer_id and row.role == charge.role for row in running):
        raise Blocked("Not assigned", ("This officer has that role already.",))
    if ended:
        until = max(ended)
        raise Invalid(
            "from_on",
            charge.from_on,
            f"lies in the days of another primary officer (until {until})",
            f"Choose {until} or later.",
        )
    old = next((row for row in running if row.to_on is None and charge.role == row.role == PRIMARY), None)
    if old is not None and charge.from_on < old.from_on:
        raise Invalid(
            "from_on",
            charge.from_on,
            f"lies before the charge of the officer now ({old.from_on})",
            "Choose a later day.",
        )
    return old


def _ending(charge: Charge) -> dict[str, Any]:
    return {"to_on": charge.from_on, "reason": charge.reason or "handed over"}


def _begun(constituent_id: int, charge: Charge, within: ChangeSet) -> Assignment:
    return Assignment(
        constituent_id=constituent_id,
        officer_id=charge.officer_id,
        role=charge.role,
        from_on=charge.from_on,
        reason=charge.reason.strip(),
        recorded_at=within.at,
    )


def wait_for_others(session: Session, constituent_id: int) -> None:
    """Locks a constituent, so that of two who assign it at once the second sees the first. Raises NotFound."""
    constituent = session.get(Constituent, constituent_id, with_for_update={"key_share": True})
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)


def wait_for_others_of(session: Session, constituent_ids: Sequence[int]) -> set[int]:
    """Locks many constituents as `wait_for_others` does and returns the ids of those who are there."""
    there = select(Constituent.id).where(Constituent.id.in_(constituent_ids), Constituent.deleted_at.is_(None))
    return set(session.scalars(there.order_by(Constituent.id).with_for_update(key_share=True)))


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


def _held(session: Session, constituent_ids: Sequence[int], charge: Charge) -> Sequence[Assignment]:
    """Assignments that reach past the first day of a charge."""
    reach = or_(Assignment.to_on.is_(None), Assignment.to_on > charge.from_on)
    running = select(Assignment).where(Assignment.constituent_id.in_(constituent_ids), reach)
    locked = running.order_by(Assignment.id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _check(session: Session, charge: Charge) -> None:
    if charge.role not in ROLES:
        raise Invalid("role", charge.role, "is not a role", "Choose one of the list.")
    user = session.get(User, charge.officer_id)
    if user is None:
        raise NotFound("user", charge.officer_id)
    if not user.active:
        raise Blocked("Not assigned", (f"{user.name} is no longer active.",))
    if not carries(user.role, NEEDS[charge.role]):
        raise Invalid(
            "officer",
            user.name,
            f"may not be in charge as {ROLES[charge.role].lower()}: the role {USER_ROLES[user.role]} does not allow it",
            "Choose somebody else, or let an administrator change the role.",
        )
