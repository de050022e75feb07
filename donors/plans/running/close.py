"""Closing tasks: one or many, by the same rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.restraint import frozen_among
from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.plans.models import CLOSED, DONE, SKIPPED, Task
from donors.plans.running.course import Course, courses, write
from donors.plans.running.follow import follow
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
    Raises NotFound, Conflict, Blocked (it has ended already, or is a step with somebody whose record is restricted),
    Invalid (a later step asks how it went, or no such word).
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
    frozen = resting(session, [task])
    reason = frozen.get(task.id) or _why_not(task, state, how, found[0] if found else None)
    if reason:
        raise Blocked("The task was not changed", (reason,))
    _end(session, {one.plan.id: one for one in found}, [task], state, how, within=within)
    write(session, found, within=within)
    return task


def resting(session: Session, tasks: Sequence[Task]) -> dict[int, str]:
    """Task → why it rests: a step of a plan carries on with somebody whose record nobody may touch.

    A task of its own does not: it is a note of the staff, and may be about the restriction itself.
    """
    steps = {task.id: task.constituent_id for task in tasks if task.plan_id is not None and task.constituent_id}
    frozen = frozen_among(session, steps.values()) if steps else {}
    return {task_id: frozen[one] for task_id, one in steps.items() if one in frozen}


def expected(task: Task, version: int | None, **given: object) -> None:
    """Raises Conflict when a task has moved on since the version that a change was based on."""
    if version is not None and version != task.version:
        raise Conflict("task", {name: getattr(task, name) for name in given}, given)


def _why_not(task: Task, state: str, how: Completion, course: Course | None) -> str:
    now = task.state if course is None else course.value(task.step_id or 0, "state")
    if now in CLOSED:
        return f"It is {now} already."
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

    Those of one plan are closed one after the other by id: what is not needed after the first is left out, as are
    tasks that later steps ask about when nothing is said of how they went.
    """
    state = SKIPPED if skipped else DONE
    ids = sorted(set(task_ids))
    plan_ids = session.scalars(select(Task.plan_id).where(among(session, Task.id, ids)).distinct())
    found = {one.plan.id: one for one in courses(session, (each for each in plan_ids if each is not None))}
    wanted = select(Task).where(among(session, Task.id, ids)).order_by(Task.id).with_for_update()
    tasks = session.scalars(wanted.execution_options(populate_existing=True)).all()
    refused = {task_id: "It is no longer there." for task_id in set(ids) - {task.id for task in tasks}}
    refused |= resting(session, tasks)
    for some in _rounds([task for task in tasks if task.id not in refused]):
        reasons = {task.id: _reason(task, state, how, found.get(task.plan_id or 0)) for task in some}
        refused |= {task_id: reason for task_id, reason in reasons.items() if reason}
        _end(session, found, [task for task in some if not reasons[task.id]], state, how, within=within)
    write(session, found.values(), within=within)
    return refused


def _rounds(tasks: Sequence[Task]) -> list[list[Task]]:
    """Tasks in groups with at most one of each plan, in the order in which they were given."""
    found: list[list[Task]] = []
    seen: dict[int, int] = {}
    for task in tasks:
        place = 0 if task.plan_id is None else seen.get(task.plan_id, 0)
        if task.plan_id is not None:
            seen[task.plan_id] = place + 1
        found += [[]] if place == len(found) else []
        found[place].append(task)
    return found


def _reason(task: Task, state: str, how: Completion, course: Course | None) -> str:
    try:
        return _why_not(task, state, how, course)
    except Invalid as error:
        return f"How it ended {error.problem}."


def _end(
    session: Session,
    found: Mapping[int, Course],
    tasks: Sequence[Task],
    state: str,
    how: Completion,
    *,
    within: ChangeSet,
) -> None:
    """Closes tasks, at most one of each plan; those of plans are written later."""
    said = {"outcome" if state == DONE else "reason": how.outcome.strip()}
    values = {"state": state, "result": how.result, "done_on": how.on, "done_by": within.by_id, **said}
    amend_many(session, [task for task in tasks if task.plan_id is None], within=within, **values)
    closed = {task.plan_id: (task.step_id or 0,) for task in tasks if task.plan_id is not None}
    for plan_id, (step_id,) in closed.items():
        found[plan_id].change(step_id, **values)
    follow(session, [found[plan_id] for plan_id in closed], closed, on=how.on)
