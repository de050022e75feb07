"""Handing a portfolio over, or a part of it: charges, tasks, planned moves and open asks in one change set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.core.errors import Blocked, Invalid
from donors.pipeline.assign import PRIMARY, Charge, wait_for_others_of
from donors.pipeline.models import Assignment
from donors.pipeline.portfolios.belongings import Belongings, belongings, pass_on
from donors.rollups.marks import mark_change
from donors.workflows.facts import facts_changed
from donors.workflows.portfolio import assign_officer_many


@dataclass(frozen=True)
class Handing:
    """Who hands over, to whom each constituent goes (id → officer), from which day, and why."""

    officer_id: int
    to: Mapping[int, int]
    on: date
    reason: str


@dataclass(frozen=True)
class Handed:
    """How many constituents went over, with what, and who stayed for which reason."""

    constituents: int
    along: Belongings
    refused: Mapping[int, str]


def hand_over(session: Session, handing: Handing, *, within: ChangeSet) -> Handed:
    """Ends the officer's charges of these constituents and begins those of the others, in the same roles.

    Raises Invalid (no reason, to themselves), Blocked (nothing to hand over), and what is wrong with a new officer.
    """
    if not handing.reason.strip():
        raise Invalid("reason", handing.reason, "is empty", "Say why the portfolio is handed over.")
    if handing.officer_id in handing.to.values():
        raise Invalid("to", "", "is who hands over", "Choose somebody else, or leave them where they are.")
    if not handing.to:
        raise Blocked("Nothing was handed over", ("Nobody was chosen.",))
    refused: dict[int, str] = {}
    along = Belongings()
    for officer_id in sorted(set(handing.to.values())):
        ids = sorted(one for one, to in handing.to.items() if to == officer_id)
        theirs = belongings(session, ids, handing.officer_id)
        refused |= _to_one(session, handing, officer_id, ids, within)
        gone = [one for one in ids if one not in refused]
        pass_on(session, dict.fromkeys(gone, handing.officer_id), officer_id, within=within, all_tasks=True)
        along = sum((theirs.get(one, Belongings()) for one in gone), along)
    mark_change(session, within)
    facts_changed(session, (one for one in handing.to if one not in refused), within=within)
    return Handed(len(handing.to) - len(refused), along, refused)


def _to_one(
    session: Session, handing: Handing, officer_id: int, ids: Sequence[int], within: ChangeSet
) -> dict[int, str]:  # fmt: skip
    """One receiver. Returns constituent id → why not."""
    wait_for_others_of(session, ids)
    held = _held(session, ids, handing.officer_id)
    known = {row.constituent_id for row in held}
    refused = {one: "is not in this portfolio any more" for one in ids if one not in known}
    for role in sorted({row.role for row in held}):
        rows = [row for row in held if row.role == role and row.from_on <= handing.on]
        refused |= dict.fromkeys((row.constituent_id for row in held if row.from_on > handing.on), "begins later")
        theirs = [row.constituent_id for row in rows]
        charge = Charge(officer_id, handing.on, role, handing.reason)
        if role == PRIMARY:
            refused |= assign_officer_many(session, theirs, charge, within=within)
            continue
        amend_many(session, rows, within=within, to_on=handing.on, reason=handing.reason.strip())
        assign_officer_many(session, theirs, charge, within=within)  # who has the role already keeps it
    return refused


def _held(session: Session, ids: Sequence[int], officer_id: int) -> Sequence[Assignment]:
    charges = select(Assignment).where(
        among(session, Assignment.constituent_id, ids), Assignment.officer_id == officer_id, Assignment.to_on.is_(None)
    )
    return session.scalars(charges.order_by(Assignment.id).with_for_update()).all()
