"""Changing portfolios: several constituents to an officer in one act, and the plans' tasks with them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.pipeline.assign import PRIMARY, Charge, assign, wait_for_others
from donors.pipeline.queries.prospects import officers_of
from donors.plans.models import OPEN, WAITING, Step, Task
from donors.plans.task import hand_over


def assign_officer(session: Session, constituent_id: int, charge: Charge, *, within: ChangeSet) -> int:
    """Puts an officer in charge; a new primary gets the open tasks of plans that are for the officer.

    Returns how many tasks were handed over. Raises NotFound, Invalid, Blocked.
    """
    wait_for_others(session, constituent_id)
    before = officers_of(session, [constituent_id], on=charge.from_on).get(constituent_id)
    assign(session, constituent_id, charge, within=within)
    if charge.role != PRIMARY or before is None or before == charge.officer_id:
        return 0
    theirs = (
        select(Task.id)
        .join(Step, Step.id == Task.step_id)
        .where(Task.constituent_id == constituent_id, Task.owner_id == before)
        .where(Task.state.in_((OPEN, WAITING)), Step.owner_role == "officer")
    )
    ids = list(session.scalars(theirs))
    for task_id in ids:
        hand_over(session, task_id, charge.officer_id, within=within)
    return len(ids)


def assign_officer_many(
    session: Session, constituent_ids: Sequence[int], charge: Charge, *, within: ChangeSet
) -> dict[int, str]:
    """The same for many; returns constituent id → why not, for those passed over. Raises NotFound, Invalid."""
    refused = {}
    for constituent_id in constituent_ids:
        try:
            assign_officer(session, constituent_id, charge, within=within)
        except Blocked as blocked:
            refused[constituent_id] = str(blocked)
    return refused
