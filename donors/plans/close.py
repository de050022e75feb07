"""Closing tasks: one or many, by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.plans.course import Course, courses, write
from donors.plans.follow import follow
from donors.plans.models import CLOSED, DONE, SKIPPED, Task
from donors.plans.terms import RESULTS, SPOKEN


@dataclass(frozen=True)
class Completion:
    """How a task ended: on which day, in free words, based on which version of its row (none: any), and as which of
    `terms.RESULTS`. When a task is skipped, the free words are the reason."""

    on: date
    outcome: str = ""
    expect: int | None = None
    result: str = ""


def complete(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Marks a task done: what follows from its result opens or is passed over; the last one ends its plan.

    A waiting task may be completed out of order: its parent's completion leaves it alone later.
    Raises NotFound, Conflict, Blocked (it has ended already), Invalid (a later step asks how it went, or no such word).
    """
    return _close(session, task_id, DONE, how, within=within)


def skip(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Passes one task over; `outcome` is the reason. The steps after it go on as if it were done. As `complete`."""
    return _close(session, task_id, SKIPPED, how, within=within)


def _close(session: Session, task_id: int, state: str, how: Completion, *, within: ChangeSet) -> Task:
    known = session.get(Task, task_id)
    if known is None:
        raise NotFound("task", task_id)
    found = courses(session, () if known.plan_id is None else (known.plan_id,))
    task = session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    expected(task, how.expect, state=state, outcome=how.outcome)
    reason = _why_not(task, state, how, found[0] if found else None)
    if reason:
        raise Blocked("The task was not changed", (reason,))
    _write_closed(session, found, [task], state, how, within=within)
    return task


def expected(task: Task, version: int | None, **given: object) -> None:
    """Raises Conflict when a task has moved on since the version that a change was based on."""
    if version is not None and version != task.version:
        raise Conflict("task", {name: getattr(task, name) for name in given}, given)


def _why_not(task: Task, state: str, how: Completion, course: Course | None) -> str:
    if task.state in CLOSED:
        return f"It is {task.state} already."
    if how.result not in RESULTS:
        raise Invalid("result", how.result, "is not a way to end", f"Choose one of: {', '.join(SPOKEN)}.")
    if state == DONE and not how.result and course is not None and _branches(course, task.step_id):
        raise Invalid("result", "", "is not said, and later steps ask for it", f"Choose one of: {', '.join(SPOKEN)}.")
    return ""


def _branches(course: Course, step_id: int | None) -> bool:
    """Whether later steps ask how this one went."""
    asked = {outcome for node in course.edition.nodes for parent, outcome in node.links if parent == step_id}
    return bool(asked & set(SPOKEN))


def close_many(
    session: Session, task_ids: Sequence[int], how: Completion, *, within: ChangeSet, skipped: bool = False
) -> dict[int, str]:
    """Closes many tasks in few statements; returns task → why not, for those that were left as they are.

    Tasks that later steps ask about are left out when nothing is said of how they went.
    """
    state = SKIPPED if skipped else DONE
    ids = sorted(set(task_ids))
    plan_ids = session.scalars(select(Task.plan_id).where(among(session, Task.id, ids)).distinct())
    found = {one.plan.id: one for one in courses(session, (each for each in plan_ids if each is not None))}
    wanted = select(Task).where(among(session, Task.id, ids)).order_by(Task.id).with_for_update()
    tasks = session.scalars(wanted.execution_options(populate_existing=True)).all()
    refused = {task_id: "It is no longer there." for task_id in set(ids) - {task.id for task in tasks}}
    closing = []
    for task in tasks:
        try:
            reason = _why_not(task, state, how, found.get(task.plan_id or 0))
        except Invalid as error:
            reason = error.message
        if reason:
            refused[task.id] = reason
        else:
            closing.append(task)
    _write_closed(session, list(found.values()), closing, state, how, within=within)
    return refused


def _write_closed(
    session: Session, found: Sequence[Course], tasks: Sequence[Task], state: str, how: Completion, *, within: ChangeSet
) -> None:
    said = {"outcome" if state == DONE else "reason": how.outcome.strip()}
    values = {"state": state, "result": how.result, "done_on": how.on, "done_by": within.by_id, **said}
    own = [task for task in tasks if task.plan_id is None]
    amend_many(session, own, within=within, **values)
    closed: dict[int, list[int]] = {}
    for task in tasks:
        if task.plan_id is not None and task.step_id is not None:
            closed.setdefault(task.plan_id, []).append(task.step_id)
    touched = [one for one in found if one.plan.id in closed]
    for course in touched:
        for step_id in closed[course.plan.id]:
            course.change(step_id, **values)
    follow(session, touched, closed, on=how.on)
    write(session, touched, within=within)
