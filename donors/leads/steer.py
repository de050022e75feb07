"""Steering leads, one or many: whose they are, when to follow up, how they fit, out of the queue and back into it."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Invalid
from donors.leads.change import change, locked
from donors.leads.models import CONVERTED, DISQUALIFIED, NEW, OPEN, WORKING, Lead
from donors.leads.queue import hidden_from
from donors.leads.terms import Closing, Fits, checked_closing, checked_fits


def give_leads(
    session: Session,
    lead_ids: Iterable[int],
    owner_id: int | None,
    *,
    on: date,
    within: ChangeSet,
    expect: int | None = None,
) -> list[Lead]:
    """Makes leads somebody's, or nobody's; returns those that had another owner before.

    Raises NotFound, Conflict, Invalid (owner: no active user, or may not see whom a lead is about), Blocked where one
    has ended.
    """
    leads = _open(locked(session, lead_ids, expect=expect))
    given = [lead for lead in leads if lead.owner_id != owner_id]
    if owner_id is not None:
        _check_owner(session, owner_id, given)
    change(session, leads, {"owner_id": owner_id}, within=within, on=on)
    return given


def follow_up_leads(
    session: Session,
    lead_ids: Iterable[int],
    follow_up_on: date | None,
    *,
    on: date,
    within: ChangeSet,
    expect: int | None = None,
) -> None:
    """Sets the day on which to follow leads up; none takes it away. Raises NotFound, Conflict, Invalid, Blocked."""
    leads = _open(locked(session, lead_ids, expect=expect))
    if follow_up_on is not None and follow_up_on < on:
        raise Invalid("follow_up_on", follow_up_on, "lies in the past", "Choose today or a later day.")
    change(session, leads, {"follow_up_on": follow_up_on}, within=within, on=on)


def set_fits(
    session: Session, lead_id: int, fits: Fits, *, on: date, within: ChangeSet, expect: int | None = None
) -> None:
    """Keeps how a lead fits. Raises NotFound, Conflict, Invalid, Blocked for one that has ended."""
    leads = _open(locked(session, [lead_id], expect=expect))
    change(session, leads, asdict(checked_fits(fits)), within=within, on=on)


def disqualify_leads(
    session: Session, lead_ids: Iterable[int], closing: Closing, *, within: ChangeSet, expect: int | None = None
) -> None:
    """Takes leads out of the queue, with a reason, until a day or for good.

    Raises NotFound, Conflict, Invalid, Blocked for one that was converted.
    """
    leads = locked(session, lead_ids, expect=expect)
    clean = checked_closing(closing)
    _refuse_converted(leads)
    values = {
        "status": DISQUALIFIED,
        "closed_on": clean.on,
        "closed_reason": clean.sentence,
        "returns_on": clean.returns_on,
        "follow_up_on": None,
    }
    change(session, leads, values, within=within, on=clean.on, why=clean.sentence)


def reopen_lead(
    session: Session, lead_id: int, *, on: date, within: ChangeSet, why: str = "", expect: int | None = None
) -> None:
    """Takes a disqualified lead back into the queue: new where nobody has answered it yet.

    Raises NotFound, Conflict, Blocked (it is open; it was converted: undo that instead).
    """
    (lead,) = locked(session, [lead_id], expect=expect)
    _refuse_converted([lead])
    if lead.status in OPEN:
        raise Blocked("Not reopened", ("The lead is open already.",))
    status = NEW if lead.answered_at is None else WORKING
    values = {"status": status, "closed_on": None, "closed_reason": "", "returns_on": None}
    change(session, [lead], values, within=within, on=on, why=why.strip() or "taken up again")


def _check_owner(session: Session, owner_id: int, given: list[Lead]) -> None:
    owner = session.get(User, owner_id)
    if owner is None or owner.deactivated_at is not None:
        raise Invalid("owner", owner_id, "is no active user", "Choose one of the list.")
    hidden = hidden_from(session, owner)
    if any(lead.id in hidden for lead in given):
        problem, remedy = "may not see whom this is about", "Choose somebody else, or grant it to them first."
        raise Invalid("owner", owner.name, problem, remedy)


def _open(leads: list[Lead]) -> list[Lead]:
    ended = [lead for lead in leads if lead.status not in OPEN]
    if ended:
        raise Blocked("Nothing was changed", (f"Lead {ended[0].id} is {ended[0].status}; take it up again first.",))
    return leads


def _refuse_converted(leads: list[Lead]) -> None:
    ended = [lead for lead in leads if lead.status == CONVERTED]
    if ended:
        raise Blocked("Nothing was changed", (f"Lead {ended[0].id} was converted; undo the conversion instead.",))
