"""Opening closed tasks again."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked, NotFound
from donors.plans.dates import below
from donors.plans.decide import following
from donors.plans.models import (
    CLOSED,
    DONE,
    OPEN,
    RUNNING,
    SKIPPED,
    STOPPED,
    WAITING,
    PlanTemplate,
    RunningPlan,
    Task,
)
from donors.plans.running.close import expected
from donors.plans.running.course import Course, courses, write
from donors.plans.running.follow import pass_over
from donors.plans.starting.eligible import open_copy
from donors.plans.starting.first_tasks import fits_for, held_criteria

OPENED: dict[str, Any] = {
    "state": OPEN,
    "outcome": "",
    "reason": "",
    "result": "",
    "done_on": None,
    "done_by": None,
    "acted_on": None,
}
"""What a task holds that was opened again."""


def reopen(session: Session, task_id: int, *, within: ChangeSet, on: date, expect: int | None = None) -> Task:
    """Opens a closed task again. Steps that it had opened or passed over wait again unless something was done on them.

    A plan that was done runs again. Raises NotFound, Conflict, Blocked: it is not closed, its plan was stopped,
    another copy of the plan runs.
    """
    known = session.get(Task, task_id)
    if known is None:
        raise NotFound("task", task_id)
    found = courses(session, () if known.plan_id is None else (known.plan_id,))
    task = session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    expected(task, expect, state=OPEN)
    reasons = _why_closed_for_good(session, task, found[0].plan if found else None)
    if reasons:
        raise Blocked("The task was not opened again", reasons)
    if not found:
        amend(session, task, within=within, **OPENED)
        return task
    [course] = found
    course.change(task.step_id or 0, **OPENED)
    if course.plan.state == DONE:
        course.of_plan |= {"state": RUNNING, "ended_on": None}
    _wait_again(session, course, task.step_id or 0, on=on)
    write(session, found, within=within)
    return task


def _wait_again(session: Session, course: Course, step_id: int, *, on: date) -> None:
    """Sets what is below a step as it would stand if nothing had followed from it yet."""
    again = {key for key in below(course.edition.nodes, step_id) if _untouched(course.tasks[key])}
    for key in again:
        course.change(key, state=WAITING, result="", reason="", done_on=None)
    fits = held_criteria(session, course.edition, {course.plan.constituent_id}, on=on)
    fit = fits_for(fits, course.plan.constituent_id)
    follows = following(course.edition.nodes, course.ended, again, fit)
    pass_over(course, follows, on=on)
    for key in follows.opens:
        course.change(key, state=OPEN)


def _untouched(task: Task) -> bool:
    """Whether nobody did anything on a task that waits, or was opened or passed over by the program."""
    if task.state == SKIPPED:
        return task.done_by is None
    return task.state == WAITING or (
        task.state == OPEN and task.acted_on is None and task.snoozed_on is None and not task.trouble
    )


def _why_closed_for_good(session: Session, task: Task, plan: RunningPlan | None) -> tuple[str, ...]:
    if task.state not in CLOSED:
        return (f"It is {task.state}.",)
    if plan is None or plan.state not in (DONE, STOPPED):
        return ()
    if plan.state == STOPPED:
        return ("Its plan was stopped.",)
    template = session.get_one(PlanTemplate, plan.template_id)
    copy = open_copy(plan.template_id).where(RunningPlan.constituent_id == plan.constituent_id)
    if not template.allows_copies and session.scalar(copy.limit(1)) is not None:
        return ("A newer copy of its plan is running.",)
    return ()
