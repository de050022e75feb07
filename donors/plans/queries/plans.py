"""Reading of running plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.core.bulk import spelled
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.errors import NotFound
from donors.core.paging import by_key
from donors.plans.models import ONGOING, OPEN, PAUSED, STARTING, PlanTemplate, RunningPlan, Step, Task, TemplateVersion


@dataclass(frozen=True)
class Mark:
    """One task of a plan as the small course shows it."""

    subject: str
    state: str
    due_on: date


@dataclass(frozen=True)
class PlanLine:
    """A plan in a list: its course, the open task that is due first (none: nothing is open), and who started it."""

    plan: RunningPlan
    constituent: str
    template: str
    number: int
    marks: tuple[Mark, ...]
    now: Task | None
    owner: str | None
    started_by: str | None


SHOWN = {"running": "All", "late": "Late", "paused": "Paused", "ended": "Ended"}
"""What a list of plans can show, in words: those that have not ended, and of these the late and the paused ones."""


@dataclass(frozen=True)
class PlanFilter:
    """Which plans: of one template, of one constituent, with an open task of one owner; running ones or ended ones.

    `but_version` leaves out those that run on one version. `paused`: only these; `late_on`: only those with an open
    task that is due before this day. `sort` is due, started or name, with a minus in front to turn it
    round (empty: the newest first).
    """

    template_id: int | None = None
    constituent_id: int | None = None
    owner_id: int | None = None
    ended: bool = False
    but_version: int | None = None
    paused: bool = False
    late_on: date | None = None
    sort: str = ""


def plans(session: Session, which: PlanFilter, *, sees: Sight, limit: int = 25, offset: int = 0) -> list[PlanLine]:
    """Plans that match, in the order that was asked for."""
    statement = _lines(sees).where(*_matching(which)).order_by(*_order(which))
    return _read(session, statement.limit(limit).offset(offset))


def count_plans(session: Session, which: PlanFilter, *, sees: Sight) -> int:
    """How many plans match."""
    statement = (
        select(func.count(RunningPlan.id))
        .join(Constituent, Constituent.id == RunningPlan.constituent_id)
        .where(_seen(sees), *_matching(which))
    )
    return session.scalar(statement) or 0


def plan(session: Session, plan_id: int, *, sees: Sight) -> PlanLine:
    """One plan. Raises NotFound, also when its constituent is not for the viewer."""
    found = _read(session, _lines(sees).where(RunningPlan.id == plan_id))
    if not found:
        raise NotFound("plan", plan_id)
    return found[0]


def why_paused(session: Session, plan_id: int) -> str:
    """What was said when a plan was last paused; nothing when nothing was."""
    changed = (
        select(JournalEntry.before, ChangeSet.why)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == "running_plan", JournalEntry.row_id == plan_id)
        .order_by(JournalEntry.id.desc())
    )
    return next((why for before, why in session.execute(changed) if "paused_on" in before), "")


def has_starting(session: Session) -> bool:
    """Whether there are plans whose tasks are still to be made."""
    starting = select(RunningPlan.id).where(RunningPlan.state == spelled(STARTING))
    return session.scalar(starting.order_by(RunningPlan.id).limit(1)) is not None


def _order(which: PlanFilter) -> tuple[Any, ...]:
    last = RunningPlan.ended_on if which.ended else RunningPlan.started_on
    open_tasks = select(func.min(Task.due_on)).where(Task.plan_id == RunningPlan.id, Task.state == OPEN)
    due = last if which.ended else open_tasks.correlate(RunningPlan).scalar_subquery()
    keys = {"due": due, "started": RunningPlan.started_on, "name": Constituent.sort_name}
    chosen = by_key(keys, which.sort)
    return (*chosen, RunningPlan.id) if chosen else (last.desc(), RunningPlan.id.desc())


def _matching(which: PlanFilter) -> list[ColumnElement[bool]]:
    running = RunningPlan.state.in_(ONGOING)
    found: list[ColumnElement[bool]] = [~running if which.ended else running]
    if which.template_id is not None:
        found.append(RunningPlan.template_id == which.template_id)
    if which.constituent_id is not None:
        found.append(RunningPlan.constituent_id == which.constituent_id)
    if which.but_version is not None:
        found.append(RunningPlan.version_id != which.but_version)
    if which.owner_id is not None:
        mine = select(Task.plan_id).where(Task.owner_id == which.owner_id, Task.state == OPEN)
        found.append(RunningPlan.id.in_(mine))
    if which.paused:
        found.append(RunningPlan.state == PAUSED)
    if which.late_on is not None:
        late = select(Task.plan_id).where(Task.state == OPEN, Task.due_on < which.late_on)
        found.append(RunningPlan.id.in_(late))
    return found


def _seen(sees: Sight) -> ColumnElement[bool]:
    visible = rows(sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression)
    return Constituent.deleted_at.is_(None) & visible


def _lines(sees: Sight) -> Select[RunningPlan, str, str, int]:
    return (
        select(RunningPlan, Constituent.name, PlanTemplate.name, TemplateVersion.number)
        .join(Constituent, Constituent.id == RunningPlan.constituent_id)
        .join(PlanTemplate, PlanTemplate.id == RunningPlan.template_id)
        .join(TemplateVersion, TemplateVersion.id == RunningPlan.version_id)
        .where(_seen(sees))
    )


def _read(session: Session, statement: Select[RunningPlan, str, str, int]) -> list[PlanLine]:
    found = session.execute(statement).all()
    tasks = _tasks(session, [row[0].id for row in found])
    owned = {task.owner_id for group in tasks.values() for task in group}
    owners = _names(session, owned | {row[0].started_by for row in found})
    lines = []
    for row in found:
        group = tasks.get(row[0].id, ())
        now = min((task for task in group if task.state == OPEN), key=lambda task: (task.due_on, task.id), default=None)
        marks = tuple(Mark(task.subject, task.state, task.due_on) for task in group)
        found_plan, constituent, template, number = row
        owner = owners.get(now.owner_id) if now else None
        lines.append(
            PlanLine(found_plan, constituent, template, number, marks, now, owner, owners.get(found_plan.started_by))
        )
    return lines


def _tasks(session: Session, plan_ids: Sequence[int]) -> dict[int, list[Task]]:
    found: dict[int, list[Task]] = {}
    statement = select(Task).join(Step, Step.id == Task.step_id).where(Task.plan_id.in_(plan_ids))
    for task in session.scalars(statement.order_by(Step.position)):
        found.setdefault(task.plan_id or 0, []).append(task)
    return found


def _names(session: Session, ids: set[int | None]) -> dict[int | None, str]:
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids - {None})))}
