"""Writing tasks: add one on its own, set another date, hand over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend, amend_many, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.dates import Moving
from donors.plans.models import CLOSED, WAITING, RunningPlan, Task
from donors.plans.running.close import expected
from donors.plans.running.course import courses, write
from donors.plans.running.follow import move_dates


@dataclass(frozen=True)
class OwnTask:
    """A task that belongs to no plan."""

    subject: str
    due_on: date
    owner_id: int | None
    constituent_id: int | None = None
    note: str = ""


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


def re_date(session: Session, task_id: int, due_on: date, *, within: ChangeSet, expect: int | None = None) -> Task:
    """Sets another due date, as it is given; waiting steps after the task are counted from it.

    Raises NotFound, Conflict, Blocked (the task is closed).
    """
    known = session.get(Task, task_id)
    if known is None:
        raise NotFound("task", task_id)
    found = courses(session, () if known.plan_id is None else (known.plan_id,))
    task = session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    if task.state in CLOSED:
        raise Blocked("The date was not changed", (f"The task is {task.state}.",))
    expected(task, expect, due_on=due_on)
    if not found:
        amend(session, task, within=within, due_on=due_on, reminded_on=None, escalated_on=None)
        return task
    [course] = found
    course.change(task.step_id or 0, due_on=due_on, reminded_on=None, escalated_on=None)
    waiting = course.steps_in((WAITING,)) - {task.step_id or 0}
    move_dates(course, Moving({task.step_id or 0: due_on}, course.days(), waiting, closing=False))
    write(session, found, within=within)
    return task


@dataclass(frozen=True)
class Handover:
    """To whom a task goes (none: nobody), and a word to them."""

    to: int | None
    word: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """What changes of a task."""
        said = {"reason": self.word.strip()} if self.word.strip() else {}
        return {"owner_id": self.to, "reminded_on": None, **said}


def hand_over(
    session: Session, task_id: int, how: Handover, *, within: ChangeSet, expect: int | None = None
) -> Task:  # fmt: skip
    """Gives a task to somebody else, or to nobody; the word stands as its reason. NotFound, Conflict, Blocked."""
    task = session.get(Task, task_id, with_for_update=True)
    if task is None:
        raise NotFound("task", task_id)
    if task.state in CLOSED:
        raise Blocked("The task was not handed over", (f"It is {task.state}.",))
    amend(session, task, within=within, expect=expect, **how.values)
    return task


def hand_over_many(
    session: Session, task_ids: Sequence[int], how: Handover, *, within: ChangeSet
) -> dict[int, str]:  # fmt: skip
    """The same for many, in a few statements; returns task → why not, for those that were left as they are."""
    tasks = select(Task).where(among(session, Task.id, sorted(task_ids))).order_by(Task.id).with_for_update()
    plans = select(Task.plan_id).where(among(session, Task.id, sorted(task_ids)))
    session.execute(select(RunningPlan.id).where(RunningPlan.id.in_(plans)).order_by(RunningPlan.id).with_for_update())
    found = session.scalars(tasks.execution_options(populate_existing=True)).all()
    refused = {task_id: "It is no longer there." for task_id in set(task_ids) - {task.id for task in found}}
    refused |= {task.id: f"It is {task.state} already." for task in found if task.state in CLOSED}
    amend_many(session, [task for task in found if task.id not in refused], within=within, **how.values)
    return refused
