"""Which steps the program has to carry out, and which tasks are past their deadline."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, and_, or_, select, union_all
from sqlalchemy.orm import Session

from donors.core.bulk import spelled
from donors.plans.models import OPEN, RUNNING, RunningPlan, Task
from donors.plans.terms import AUTOMATIC, MOVE, TASK


def claim_acting(session: Session, *, on: date, limit: int) -> list[int]:
    """Locks running plans with a step that the program has to carry out by a day, those due first at the front.

    Moves are planned as soon as their step is open. Plans that another process holds are left to it.
    """
    due = _to_act(on).order_by("due_on", "id").limit(limit)
    wanted = list(dict.fromkeys(plan_id for plan_id, _due, _id in session.execute(due)))
    plans = select(RunningPlan.id).where(RunningPlan.id.in_(wanted), RunningPlan.state == RUNNING)
    held = set(session.scalars(plans.order_by(RunningPlan.id).with_for_update(skip_locked=True)))
    return [plan_id for plan_id in wanted if plan_id in held]


def _to_act(on: date) -> CompoundSelect[Any]:
    """Plan, due date and id of the tasks that the program has to carry out: kind by kind, as their index has them.

    Values stand as in that partial index.
    """
    open_ones = select(Task.plan_id, Task.due_on, Task.id).where(
        Task.state == spelled(OPEN),
        Task.kind != spelled(TASK),
        Task.trouble == spelled(""),
        Task.acted_on.is_(None),
        Task.plan_id.is_not(None),
    )
    moves = open_ones.where(Task.kind == MOVE)
    return union_all(moves, *(open_ones.where(Task.kind == kind, Task.due_on <= on) for kind in AUTOMATIC))


def past_deadline(session: Session, *, on: date, limit: int) -> Sequence[Task]:
    """Open tasks whose deadline lies before a day and that were not handed up yet, locked, those due first."""
    open_ones = (Task.state == spelled(OPEN), Task.deadline_days.is_not(None), Task.escalated_on.is_(None))
    spans = session.scalars(select(Task.deadline_days).where(*open_ones, Task.due_on < on).distinct()).all()
    late = [
        and_(Task.deadline_days == span, Task.due_on < on - timedelta(days=span)) for span in spans if span is not None
    ]
    if not late:
        return []
    wanted = select(Task).where(*open_ones, or_(*late)).order_by(Task.due_on, Task.id).limit(limit)
    return session.scalars(wanted.with_for_update(skip_locked=True)).all()
