"""Putting tasks off until a day, with the reason: one or many, by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.dates import Moving
from donors.plans.models import OPEN, WAITING, Task
from donors.plans.running.close import expected
from donors.plans.running.course import courses, write
from donors.plans.running.follow import move_dates


@dataclass(frozen=True)
class Snooze:
    """Until which day a task may wait, why, and on which day that was said."""

    until: date
    reason: str
    on: date


def snooze(session: Session, task_id: int, how: Snooze, *, within: ChangeSet, expect: int | None = None) -> Task:
    """Puts one task off; steps that wait for it move with it. Raises NotFound, Conflict, Blocked, Invalid."""
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound("task", task_id)
    expected(task, expect, due_on=how.until)
    refused = snooze_many(session, [task_id], how, within=within)
    if refused:
        raise Blocked("The task was not put off", (refused[task_id],))
    return task


def snooze_many(session: Session, task_ids: Sequence[int], how: Snooze, *, within: ChangeSet) -> dict[int, str]:
    """Puts many tasks off in few statements; returns task → why not, for those that were left as they are.

    Raises Invalid (until, reason).
    """
    if how.until <= how.on:
        raise Invalid("until", how.until, "is not a day to come", "Choose a day after today.")
    if not how.reason.strip():
        raise Invalid("reason", "", "is missing", "Say in a few words why it can wait.")
    ids = sorted(set(task_ids))
    plan_ids = session.scalars(select(Task.plan_id).where(among(session, Task.id, ids)).distinct())
    found = courses(session, [each for each in plan_ids if each is not None])
    wanted = select(Task).where(among(session, Task.id, ids)).order_by(Task.id).with_for_update()
    tasks = session.scalars(wanted.execution_options(populate_existing=True)).all()
    refused = {task_id: "It is no longer there." for task_id in set(ids) - {task.id for task in tasks}}
    refused |= {task.id: f"It is {task.state}." for task in tasks if task.state != OPEN}
    values: dict[str, Any] = {
        "due_on": how.until,
        "snoozed_on": how.on,
        "reason": how.reason.strip(),
        "reminded_on": None,
        "escalated_on": None,
    }
    moving = [task for task in tasks if task.id not in refused]
    amend_many(session, [task for task in moving if task.plan_id is None], within=within, **values)
    steps: dict[int, list[int]] = {}
    for task in moving:
        if task.plan_id is not None and task.step_id is not None:
            steps.setdefault(task.plan_id, []).append(task.step_id)
    touched = [course for course in found if course.plan.id in steps]
    for course in touched:
        own = steps[course.plan.id]
        for step_id in own:
            course.change(step_id, **values)
        waiting = course.steps_in((WAITING,)) - set(own)
        move_dates(course, Moving(dict.fromkeys(own, how.until), course.days(), waiting, closing=False))
    write(session, touched, within=within)
    return refused
