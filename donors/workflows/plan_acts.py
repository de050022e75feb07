"""Carrying out the steps that are not tasks for people: mail, notes, moves, stages, waits.

Claim, effect and what follows are one transaction, the caller's: a crash leaves all of it to the next. A step that
cannot be carried out keeps the reason as its trouble and holds up nothing but its own plan.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.apart import apart
from donors.core.changes import Act, ChangeSet, open_change
from donors.mail import models as mails
from donors.mail.outbox import Letter, post
from donors.pipeline.models import Prospect
from donors.pipeline.move import Plan, plan_move
from donors.plans.models import OPEN, Task
from donors.plans.queries.due_acts import claim_acting
from donors.plans.running.act import carried_out, in_trouble, laid_before, passed_over, put_off
from donors.plans.running.course import Course, courses, write
from donors.plans.terms import MAIL, MOVE, NOTE, REFUSED, STAGE, TASK, WAIT
from donors.workflows.plan_mail import LATER, POSTED, key_of, send_plan_mail
from donors.workflows.reaching import ask_for_step


@dataclass(frozen=True)
class Acting:
    """On which day, and under which change set, steps are carried out."""

    on: date
    within: ChangeSet


def act_on_plans(session: Session, *, on: date, act: Act, limit: int = 100) -> int:
    """Carries out the steps of some plans that are due, in the order in which they are; returns how many those were.

    Where there are none, or others hold them all, nothing is written.
    """
    found = courses(session, claim_acting(session, on=on, limit=limit))
    due = sorted(
        ((task.due_on, task.id, course, task) for course in found for task in _due(course, on)),
        key=lambda each: each[:2],
    )
    if not due:
        return 0
    acting = Acting(on, open_change(session, "plan.act", act=act))
    for _due_on, _id, course, task in due:
        _act(session, course, task, acting)
    write(session, found, within=acting.within)
    return len(due)


def _due(course: Course, on: date) -> list[Task]:
    return [
        task
        for task in course.tasks.values()
        if task.state == OPEN
        and task.kind != TASK
        and not task.trouble
        and task.acted_on is None
        and (task.kind == MOVE or task.due_on <= on)
    ]


def _act(session: Session, course: Course, task: Task, acting: Acting) -> None:
    step_id = task.step_id or 0
    if course.value(step_id, "state") != OPEN:
        return
    before = course.noted

    def carry_out(_some: object) -> list[None]:
        return [ACTS[task.kind](session, course, task, acting)]

    def failed(_task: Task, why: str) -> None:
        course.noted = before
        in_trouble(course, step_id, why)

    apart(session, (task,), carry_out, failed)


def _wait(session: Session, course: Course, task: Task, _acting: Acting) -> None:
    """Over on its day, also when the program comes late: what follows is counted from that day."""
    carried_out(session, course, task.step_id or 0, on=task.due_on)


def _mail(session: Session, course: Course, task: Task, acting: Acting) -> None:
    step_id = task.step_id or 0
    found = send_plan_mail(session, task, within=acting.within)
    if found.state == POSTED:
        carried_out(session, course, step_id, on=acting.on, result="sent")
    elif found.state == mails.HELD:
        laid_before(course, step_id, on=acting.on)
    elif found.state == mails.REFUSED:
        passed_over(session, course, step_id, on=acting.on, reason=found.reason, result=REFUSED)
    elif found.state == LATER and found.again_on is not None:
        put_off(course, step_id, to=found.again_on, reason=found.reason)
    else:
        in_trouble(course, step_id, found.reason)


def _note(session: Session, course: Course, task: Task, acting: Acting) -> None:
    """A mail to its owner. Practice users, and who may not sign in, get none."""
    step_id, owner = task.step_id or 0, session.get(User, task.owner_id or 0)
    if owner is None:
        in_trouble(course, step_id, "Nobody is named to be told.")
        return
    if owner.active and not owner.practice:
        name = session.scalar(select(Constituent.name).where(Constituent.id == task.constituent_id))
        text = f"{task.subject}\n\nAbout: {name}\n\n{task.note}".strip() + "\n"
        post(session, Letter(key_of(task), owner.email, task.subject, text), within=acting.within)
    carried_out(session, course, step_id, on=acting.on)


def _move(session: Session, course: Course, task: Task, acting: Acting) -> None:
    """A planned move of its officer; the step ends when the move is made.

    A call or letter that would be one contact too many is planned for the first day on which it is not.
    """
    step_id = task.step_id or 0
    method = course.edition.steps[step_id].method
    answer = ask_for_step(session, task, method, within=acting.within)
    if not answer.allowed and answer.again_on is None:
        passed_over(session, course, step_id, on=acting.on, reason=answer.reason, result=REFUSED)
        return
    planned = Plan(task.subject, answer.again_on or task.due_on, method, task.owner_id, task.id)
    plan_move(session, task.constituent_id or 0, planned, within=acting.within)
    laid_before(course, step_id, on=acting.on)


def _stage(session: Session, course: Course, task: Task, acting: Acting) -> None:
    """A proposal to its owner; who stands in that stage already needs none."""
    step_id = task.step_id or 0
    stage_id = course.edition.steps[step_id].stage_id
    there = select(Prospect.id).where(
        Prospect.constituent_id == task.constituent_id, Prospect.stage_id == stage_id, Prospect.is_active
    )
    if session.scalar(there.limit(1)) is not None:
        carried_out(session, course, step_id, on=acting.on)
    else:
        laid_before(course, step_id, on=acting.on)


ACTS: Mapping[str, Callable[[Session, Course, Task, Acting], None]] = {
    MAIL: _mail,
    NOTE: _note,
    MOVE: _move,
    STAGE: _stage,
    WAIT: _wait,
}
"""Kind → what carries it out."""


def try_again(session: Session, task_id: int, *, within: ChangeSet) -> None:
    """Lets the program try a step again that it could not carry out."""
    plan_id = session.scalar(select(Task.plan_id).where(Task.id == task_id))
    for course in courses(session, () if plan_id is None else (plan_id,)):
        for step_id, task in course.tasks.items():
            if task.id == task_id:
                course.change(step_id, trouble="")
        write(session, [course], within=within)
