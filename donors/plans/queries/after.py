"""Reading what an ended task brought about in its plan."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.plans.models import DONE, OPEN, RunningPlan, StepLink, Task
from donors.plans.terms import NOT_NEEDED


@dataclass(frozen=True)
class Aftermath:
    """The steps that go on now from an ended one, those due first on top; whether its plan is over, and whether it is
    so because steps after this one are not needed."""

    opened: tuple[Task, ...] = ()
    over: bool = False
    short: bool = False


def after(session: Session, task: Task) -> Aftermath:
    """What follows from a task that has ended; nothing where it belongs to no plan."""
    if task.plan_id is None:
        return Aftermath()
    steps = select(StepLink.step_id).where(StepLink.parent_id == task.step_id)
    mine = Task.plan_id == task.plan_id
    opened = select(Task).where(mine, Task.step_id.in_(steps), Task.state == OPEN).order_by(Task.due_on, Task.id)
    unneeded = select(func.count()).where(mine, Task.step_id.in_(steps), Task.result == NOT_NEEDED)
    return Aftermath(
        opened=tuple(session.scalars(opened)),
        over=bool(plans_over(session, [task.plan_id])),
        short=bool(session.scalar(unneeded)),
    )


def plans_over(session: Session, plan_ids: Collection[int]) -> int:
    """How many of these plans are done."""
    done = select(func.count()).where(RunningPlan.id.in_(plan_ids), RunningPlan.state == DONE)
    return session.scalar(done) or 0
