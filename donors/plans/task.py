"""Writing tasks: complete, skip, open again, set another date, hand over, add one on its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, amend_many, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.decide import Due, freed, moved
from donors.plans.models import CANCELLED, DONE, OPEN, RUNNING, STARTING, STOPPED, WAITING, RunningPlan, Task
from donors.plans.queries.templates import rule_of, steps_of
from donors.plans.start import nodes


@dataclass(frozen=True)
class OwnTask:
    """A task that belongs to no plan."""

    subject: str
    due_on: date
    owner_id: int | None
    constituent_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Completion:
    """How a task ended: on which day, with which outcome, based on which version of its row (none: any)."""

    on: date
    outcome: str = ""
    expect: int | None = None


def add(session: Session, task: OwnTask, *, within: ChangeSet) -> Task:
    """Adds a task on its own. Raises Invalid (subject)."""
    if not task.subject.strip():
        raise Invalid("subject", task.subject, "is empty", "Say what is to be done.")
    row = Task(
        constituent_id=task.constituent_id,
        owner_id=task.owner_id,
        subject=task.subject.strip(),
        note=task.note.strip(),
        original_due_on=task.due_on,
        due_on=task.due_on,
        recorded_at=within.at,
    )
    return insert(session, row, within=within)


def complete(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Marks a task done and frees the steps after it; the last one ends its plan.

    A waiting task may be completed out of order: its parent's completion leaves it alone later.
    Raises NotFound, Conflict, Blocked (done or cancelled already).
    """
    return _close(session, task_id, DONE, how, within=within)


def skip(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Cancels one task; `outcome` is the reason. The steps after it go on as if it were done. Raises as `complete`."""
    return _close(session, task_id, CANCELLED, how, within=within)


def _close(session: Session, task_id: int, state: str, how: Completion, *, within: ChangeSet) -> Task:
    task, plan = _locked(session, task_id)
    if task.state in (DONE, CANCELLED):
        raise Blocked("The task was not changed", (f"It is {task.state} already.",))
    values = {"state": state, "outcome": how.outcome.strip(), "done_on": how.on, "done_by": within.by_id}
    amend(session, task, within=within, expect=how.expect, **values)
    if plan is not None:
        _free(session, plan, task, on=how.on, within=within)
        _finish(session, plan, on=how.on, within=within)
    return task


def _free(session: Session, plan: RunningPlan, task: Task, *, on: date, within: ChangeSet) -> None:
    waiting = _waiting(session, plan)
    steps = nodes(steps_of(session, plan.version_id))
    rule = rule_of(session, plan.version_id)
    for change in freed(steps, task.step_id or 0, waiting, on=on, rule=rule):
        below = waiting[change.key]
        due_on = below.due_on if change.due is None else change.due.on
        amend(session, below, within=within, state=OPEN if change.opens else WAITING, due_on=due_on)


def _finish(session: Session, plan: RunningPlan, *, on: date, within: ChangeSet) -> None:
    left = select(Task.id).where(Task.plan_id == plan.id, Task.state.in_((OPEN, WAITING))).limit(1)
    if plan.state == RUNNING and session.scalar(left) is None:
        amend(session, plan, within=within, state=DONE, ended_on=on)


def reopen(session: Session, task_id: int, *, within: ChangeSet, expect: int | None = None) -> Task:
    """Opens a closed task again; what it freed stays free. A plan that was done runs again.

    Raises NotFound, Conflict, Blocked: it is not closed, its plan was stopped, another copy of the plan runs.
    """
    task, plan = _locked(session, task_id)
    reasons = _why_closed_for_good(session, task, plan)
    if reasons:
        raise Blocked("The task was not opened again", reasons)
    amend(session, task, within=within, expect=expect, state=OPEN, outcome="", done_on=None, done_by=None)
    if plan is not None and plan.state == DONE:
        amend(session, plan, within=within, state=RUNNING, ended_on=None)
    return task


def _why_closed_for_good(session: Session, task: Task, plan: RunningPlan | None) -> tuple[str, ...]:
    if task.state not in (DONE, CANCELLED):
        return (f"It is {task.state}.",)
    if plan is None or plan.state in (RUNNING, STARTING):
        return ()
    if plan.state == STOPPED:
        return ("Its plan was stopped.",)
    copy = select(RunningPlan.id).where(
        RunningPlan.constituent_id == plan.constituent_id,
        RunningPlan.template_id == plan.template_id,
        RunningPlan.state.in_((STARTING, RUNNING)),
    )
    return ("A newer copy of its plan is running.",) if session.scalar(copy) is not None else ()


def re_date(session: Session, task_id: int, due_on: date, *, within: ChangeSet, expect: int | None = None) -> Task:
    """Sets another due date, as it is given; waiting steps after the task are counted from it.

    Raises NotFound, Conflict, Blocked (the task is closed).
    """
    task, plan = _locked(session, task_id)
    if task.state in (DONE, CANCELLED):
        raise Blocked("The date was not changed", (f"The task is {task.state}.",))
    amend(session, task, within=within, expect=expect, due_on=due_on, reminded_on=None)
    waiting = _waiting(session, plan)
    for step_id, due in _dates_below(session, plan, task, waiting, to=due_on).items():
        amend(session, waiting[step_id], within=within, due_on=due.on)
    return task


def _dates_below(
    session: Session, plan: RunningPlan | None, task: Task, waiting: Collection[int], *, to: date
) -> dict[int, Due]:
    if plan is None or task.step_id is None:
        return {}
    steps = nodes(steps_of(session, plan.version_id))
    rule = rule_of(session, plan.version_id)
    return moved(steps, task.step_id, waiting, to=to, rule=rule)


def hand_over(
    session: Session, task_id: int, owner_id: int | None, *, within: ChangeSet, expect: int | None = None
) -> Task:
    """Gives a task to somebody else, or to nobody. Raises NotFound, Conflict."""
    task, _plan = _locked(session, task_id)
    amend(session, task, within=within, expect=expect, owner_id=owner_id, reminded_on=None)
    return task


def hand_over_many(session: Session, task_ids: Sequence[int], owner_id: int | None, *, within: ChangeSet) -> None:
    """Gives many tasks to somebody else, or to nobody, in a few statements."""
    tasks = select(Task).where(Task.id.in_(task_ids)).order_by(Task.id).with_for_update()
    plans = select(Task.plan_id).where(Task.id.in_(task_ids))
    session.execute(select(RunningPlan.id).where(RunningPlan.id.in_(plans)).order_by(RunningPlan.id).with_for_update())
    found = session.scalars(tasks.execution_options(populate_existing=True)).all()
    amend_many(session, found, within=within, owner_id=owner_id, reminded_on=None)


def _waiting(session: Session, plan: RunningPlan | None) -> dict[int, Task]:
    """Step id → waiting task of a plan."""
    if plan is None:
        return {}
    found = session.scalars(select(Task).where(Task.plan_id == plan.id, Task.state == WAITING))
    return {task.step_id: task for task in found if task.step_id is not None}


def _locked(session: Session, task_id: int) -> tuple[Task, RunningPlan | None]:
    """A task and its plan, which is locked first: two last tasks that are completed at once end it exactly once."""
    plan_id = session.scalar(select(Task.plan_id).where(Task.id == task_id))
    plan = None if plan_id is None else session.get(RunningPlan, plan_id, with_for_update=True)
    task = session.get(Task, task_id, with_for_update=True)
    if task is None:
        raise NotFound("task", task_id)
    return task, plan
