"""Moves that steps of plans want, and steps that moves end."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.pipeline.models import DROPPED, PLANNED, Move
from donors.plans.models import UNDONE, Task
from donors.plans.terms import DECLINED, NO_ANSWER, REACHED

RESULTS = {
    "positive": REACHED,
    "reached": REACHED,
    "not_now": REACHED,
    "agreed": REACHED,
    "no_answer": NO_ANSWER,
    "declined": DECLINED,
}
"""How a move went → how the step that it was for ended. That somebody gave is known by a gift, not by a talk."""


def step_of(session: Session, move: Move) -> int | None:
    """The task of a plan that a move was for, as long as it has not ended."""
    if move.task_id is None:
        return None
    return session.scalar(select(Task.id).where(Task.id == move.task_id, Task.state.in_(UNDONE)))


def drop_moves_of(session: Session, task_ids: Iterable[int], *, reason: str, within: ChangeSet) -> None:
    """Gives up the planned moves of steps that ended otherwise."""
    wanted = select(Move).where(among(session, Move.task_id, sorted(task_ids)), Move.state == PLANNED)
    found = session.scalars(wanted.order_by(Move.id).with_for_update()).all()
    amend_many(session, found, within=within, state=DROPPED, report=reason or "The step of the plan ended.")


def drop_moves_of_plans(session: Session, plan_ids: Iterable[int], *, reason: str, within: ChangeSet) -> None:
    """The same for all steps of plans that were stopped."""
    ids = session.scalars(select(Task.id).where(among(session, Task.plan_id, sorted(plan_ids)), Task.kind == "move"))
    drop_moves_of(session, ids.all(), reason=reason, within=within)
