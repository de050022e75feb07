"""Changing portfolios: constituents to an officer in one act, the plans' tasks with them, and the figures after."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.pipeline.assign import (
    PRIMARY,
    Charge,
    assign,
    assign_many,
    release,
    wait_for_others,
    wait_for_others_of,
)
from donors.pipeline.models import Assignment
from donors.pipeline.portfolios.belongings import pass_on
from donors.pipeline.queries.prospects import officers_of
from donors.rollups.marks import mark_change
from donors.workflows.facts import facts_changed

PART = 500
"""How many constituents go to an officer by the same few statements; all their tasks are named in one of them."""


def assign_officer(session: Session, constituent_id: int, charge: Charge, *, within: ChangeSet) -> int:
    """Puts an officer in charge; a new primary gets what was the officer's: tasks of plans, planned moves, open asks.

    Returns how many tasks were handed over. Raises NotFound, Invalid, Blocked.
    """
    wait_for_others(session, constituent_id)
    before = officers_of(session, [constituent_id], on=charge.from_on)
    assign(session, constituent_id, charge, within=within)
    mark_change(session, within)
    facts_changed(session, [constituent_id], within=within)
    return _hand_over(session, before, charge, within=within)


def assign_officer_many(
    session: Session, constituent_ids: Sequence[int], charge: Charge, *, within: ChangeSet
) -> dict[int, str]:
    """The same for many, in a few statements; returns constituent id → why not, for those passed over.

    Raises what is wrong with the charge itself: NotFound, Invalid, Blocked.
    """
    refused: dict[int, str] = {}
    ids = sorted(set(constituent_ids))
    for first in range(0, len(ids), PART):
        part = ids[first : first + PART]
        wait_for_others_of(session, part)
        before = officers_of(session, part, on=charge.from_on)
        refused |= assign_many(session, part, charge, within=within)
        taken = {one: officer for one, officer in before.items() if one not in refused}
        _hand_over(session, taken, charge, within=within)
    mark_change(session, within)
    facts_changed(session, (one for one in ids if one not in refused), within=within)
    return refused


def end_charge(session: Session, assignment_id: int, *, on: date, reason: str, within: ChangeSet) -> Assignment:
    """Ends an officer's charge: `on` is the first day without it. Raises NotFound, Invalid, Blocked."""
    released = release(session, assignment_id, on=on, reason=reason, within=within)
    mark_change(session, within)
    facts_changed(session, [released.constituent_id], within=within)
    return released


def _hand_over(session: Session, before: Mapping[int, int], charge: Charge, *, within: ChangeSet) -> int:
    """Passes on what was the officer's until now, as far as it comes with the charge: open tasks of plans that are for
    the officer, planned moves, open asks. `before`: constituent id → the primary officer until now."""
    left = {one: officer_id for one, officer_id in before.items() if officer_id != charge.officer_id}
    return pass_on(session, left, charge.officer_id, within=within) if charge.role == PRIMARY and left else 0
