"""Reading of tasks: what is due, for whom, and where it comes from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.constituents.search import matching_ids
from donors.core.errors import NotFound
from donors.core.paging import by_key
from donors.plans.models import CLOSED, DONE, OPEN, UNDONE, PlanTemplate, RunningPlan, Step, StepLink, Task
from donors.plans.terms import SPOKEN

SHOWN = {
    "due": "due now",
    "open": "open",
    "waiting": "waiting",
    "done": "done",
    "skipped": "skipped",
    "cancelled": "cancelled",
}
"""What a list of tasks can show, in words."""


SORTS = {
    "due": Task.due_on,
    "ended": Task.done_on,
    "subject": func.lower(Task.subject),
    "about": Constituent.sort_name,
    "plan": PlanTemplate.name,
    "owner": User.name,
}
"""By what a list of tasks can be sorted: word in the address → column. Empty values come last."""


@dataclass(frozen=True)
class TaskLine:
    """A task in a list, with its constituent, owner and plan where it has them.

    `asks`: steps after it go by how it ended, so that must be said when it is done.
    """

    task: Task
    constituent: str | None
    owner: str | None
    plan: str | None
    position: int | None
    steps: int | None
    asks: bool

    @property
    def endings(self) -> tuple[str, ...]:
        """The words of which one says how it ended."""
        return SPOKEN

    def late_by(self, on: date) -> int:
        """Days past the due date, at least 0; nothing closed is late."""
        return max(0, (on - self.task.due_on).days) if self.task.state == OPEN else 0


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks: `shown` is a key of SHOWN; of one owner, one constituent, one plan; none means any.

    `text` stands in the subject or in the name of whom it is about; `sort` is a key of SORTS, with a minus in front to
    turn it round (empty: those due first, of closed ones the newest).
    """

    shown: str = "open"
    owner_id: int | None = None
    constituent_id: int | None = None
    plan_id: int | None = None
    unowned: bool = False
    text: str = ""
    sort: str = ""


def tasks(
    session: Session, which: TaskFilter, *, on: date, sees: Sight, limit: int = 50, offset: int = 0
) -> list[TaskLine]:
    """Tasks that match, in the order that was asked for."""
    statement = lines(sees).where(*_matching(session, which, on)).order_by(*_order(which)).limit(limit).offset(offset)
    return read_lines(session, statement)


def count_tasks(session: Session, which: TaskFilter, *, on: date, sees: Sight) -> int:
    """How many tasks match."""
    statement = (
        select(func.count(Task.id))
        .outerjoin(Constituent, Constituent.id == Task.constituent_id)
        .where(_seen(sees), *_matching(session, which, on))
    )
    return session.scalar(statement) or 0


def task(session: Session, task_id: int, *, sees: Sight) -> TaskLine:
    """One task. Raises NotFound, also when its constituent is not for the viewer."""
    found = read_lines(session, lines(sees).where(Task.id == task_id))
    if not found:
        raise NotFound("task", task_id)
    return found[0]


def done_today(session: Session, owner_id: int, *, on: date, sees: Sight, limit: int = 5) -> list[TaskLine]:
    """What somebody completed on a day, newest first."""
    statement = lines(sees).where(Task.owner_id == owner_id, Task.state == DONE, Task.done_on == on)
    return read_lines(session, statement.order_by(Task.id.desc()).limit(limit))


def tasks_of_plan(session: Session, plan_id: int, *, sees: Sight) -> list[TaskLine]:
    """The tasks of a plan in the order of its steps."""
    return read_lines(session, lines(sees).where(Task.plan_id == plan_id).order_by(Step.position))


def _order(which: TaskFilter) -> tuple[Any, ...]:
    chosen = by_key(SORTS, which.sort)
    if chosen:
        return (*chosen, Task.id)
    return (Task.done_on.desc(), Task.id.desc()) if which.shown in CLOSED else (Task.due_on.asc(), Task.id.asc())


def _matching(session: Session, which: TaskFilter, on: date) -> list[ColumnElement[bool]]:
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
    if which.text.strip():
        about = matching_ids(session, which.text)
        by_name = Task.constituent_id.in_(about) if about is not None else false()
        found.append(or_(Task.subject.icontains(which.text.strip(), autoescape=True), by_name))
    return [*found, Task.owner_id.is_(None)] if which.unowned else found


def _seen(sees: Sight) -> ColumnElement[bool]:
    visible = and_(
        Constituent.deleted_at.is_(None),
        rows(sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression),
    )
    return or_(Task.constituent_id.is_(None), visible)


def lines(sees: Sight) -> Select[Any]:
    """Tasks that the viewer may see, with what stands beside them in a list; for `read_lines`."""
    others = aliased(Step)
    steps = select(func.count(others.id)).where(others.version_id == Step.version_id).correlate(Step).scalar_subquery()
    asked = select(StepLink.id).where(StepLink.parent_id == Task.step_id, StepLink.outcome.in_(SPOKEN)).correlate(Task)
    return (
        select(
            Task,
            Constituent.name,
            User.name,
            PlanTemplate.name,
            Step.position,
            case((Step.id.is_not(None), steps)),
            asked.exists(),
        )
        .outerjoin(Constituent, Constituent.id == Task.constituent_id)
        .outerjoin(User, User.id == Task.owner_id)
        .outerjoin(Step, Step.id == Task.step_id)
        .outerjoin(RunningPlan, RunningPlan.id == Task.plan_id)
        .outerjoin(PlanTemplate, PlanTemplate.id == RunningPlan.template_id)
        .where(_seen(sees))
    )


def read_lines(session: Session, statement: Select[Any]) -> list[TaskLine]:
    """The lines of such a statement."""
    return [TaskLine(*row) for row in session.execute(statement)]
