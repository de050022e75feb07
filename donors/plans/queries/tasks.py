"""Reading of tasks: what is due, for whom, and where it comes from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.plans.models import CLOSED, DONE, OPEN, UNDONE, PlanTemplate, RunningPlan, Step, Task

SHOWN = {
    "due": "due now",
    "open": "open",
    "waiting": "waiting",
    "done": "done",
    "skipped": "skipped",
    "cancelled": "cancelled",
}
"""What a list of tasks can show, in words."""


@dataclass(frozen=True)
class TaskLine:
    """A task in a list, with its constituent, owner and plan where it has them."""

    task: Task
    constituent: str | None
    owner: str | None
    plan: str | None
    position: int | None
    steps: int | None

    def late_by(self, on: date) -> int:
        """Days past the due date, at least 0; nothing closed is late."""
        return max(0, (on - self.task.due_on).days) if self.task.state == OPEN else 0


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks: `shown` is a key of SHOWN; of one owner, one constituent, one plan; none means any."""

    shown: str = "open"
    owner_id: int | None = None
    constituent_id: int | None = None
    plan_id: int | None = None
    unowned: bool = False


def tasks(
    session: Session, which: TaskFilter, *, on: date, sees: Sight, limit: int = 50, offset: int = 0
) -> list[TaskLine]:
    """Tasks that match, those due first at the top (closed ones: the newest first)."""
    newest_first = which.shown in CLOSED
    order = (Task.done_on.desc(), Task.id.desc()) if newest_first else (Task.due_on, Task.id)
    statement = _lines(sees).where(*_matching(which, on)).order_by(*order).limit(limit).offset(offset)
    return _read(session, statement)


def count_tasks(session: Session, which: TaskFilter, *, on: date, sees: Sight) -> int:
    """How many tasks match."""
    statement = (
        select(func.count(Task.id))
        .outerjoin(Constituent, Constituent.id == Task.constituent_id)
        .where(_seen(sees), *_matching(which, on))
    )
    return session.scalar(statement) or 0


def task(session: Session, task_id: int, *, sees: Sight) -> TaskLine:
    """One task. Raises NotFound, also when its constituent is not for the viewer."""
    found = _read(session, _lines(sees).where(Task.id == task_id))
    if not found:
        raise NotFound("task", task_id)
    return found[0]


def done_today(session: Session, owner_id: int, *, on: date, sees: Sight, limit: int = 5) -> list[TaskLine]:
    """What somebody completed on a day, newest first."""
    statement = _lines(sees).where(Task.owner_id == owner_id, Task.state == DONE, Task.done_on == on)
    return _read(session, statement.order_by(Task.id.desc()).limit(limit))


def tasks_of_plan(session: Session, plan_id: int, *, sees: Sight) -> list[TaskLine]:
    """The tasks of a plan in the order of its steps."""
    return _read(session, _lines(sees).where(Task.plan_id == plan_id).order_by(Step.position))


def _matching(which: TaskFilter, on: date) -> list[ColumnElement[bool]]:
    state = OPEN if which.shown == "due" else which.shown
    if state not in (*UNDONE, *CLOSED):
        state = OPEN
    found: list[ColumnElement[bool]] = [Task.state == state]
    if which.shown == "due":
        found.append(Task.due_on <= on)
    pairs = (
        (Task.owner_id, which.owner_id),
        (Task.constituent_id, which.constituent_id),
        (Task.plan_id, which.plan_id),
    )
    found += [column == value for column, value in pairs if value is not None]
    return [*found, Task.owner_id.is_(None)] if which.unowned else found


def _seen(sees: Sight) -> ColumnElement[bool]:
    visible = and_(
        Constituent.deleted_at.is_(None),
        rows(sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression),
    )
    return or_(Task.constituent_id.is_(None), visible)


def _lines(sees: Sight) -> Select[Any]:
    others = aliased(Step)
    steps = select(func.count(others.id)).where(others.version_id == Step.version_id).correlate(Step).scalar_subquery()
    return (
        select(
            Task,
            Constituent.name,
            User.name,
            PlanTemplate.name,
            Step.position,
            case((Step.id.is_not(None), steps)),
        )
        .outerjoin(Constituent, Constituent.id == Task.constituent_id)
        .outerjoin(User, User.id == Task.owner_id)
        .outerjoin(Step, Step.id == Task.step_id)
        .outerjoin(RunningPlan, RunningPlan.id == Task.plan_id)
        .outerjoin(PlanTemplate, PlanTemplate.id == RunningPlan.template_id)
        .where(_seen(sees))
    )


def _read(session: Session, statement: Select[Any]) -> list[TaskLine]:
    return [TaskLine(*row) for row in session.execute(statement)]
