"""Running plans with all their tasks, locked, and the changes that are to be made to them: one plan or many alike."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.plans.decide import ended_as
from donors.plans.models import CLOSED, DONE, ONGOING, UNDONE, RunningPlan, Task
from donors.plans.queries.editions import Edition, editions
from donors.plans.terms import NOT_NEEDED


@dataclass
class Course:
    """A plan, the version that it goes by, and its tasks by step. `changes` holds what is to be written."""

    plan: RunningPlan
    edition: Edition
    tasks: Mapping[int, Task]
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    of_plan: dict[str, Any] = field(default_factory=dict)

    def change(self, step_id: int, /, **values: Any) -> None:
        """Notes new values for the task of a step."""
        self.changes.setdefault(step_id, {}).update(values)

    def value(self, step_id: int, name: str) -> Any:
        """What a column of a task will hold."""
        return self.changes.get(step_id, {}).get(name, getattr(self.tasks[step_id], name))

    @property
    def noted(self) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
        """All that is to be written so far; set again, what was noted since falls away."""
        return {step_id: dict(values) for step_id, values in self.changes.items()}, dict(self.of_plan)

    @noted.setter
    def noted(self, before: tuple[dict[int, dict[str, Any]], dict[str, Any]]) -> None:
        self.changes, self.of_plan = before

    @property
    def state(self) -> str:
        """The state in which the plan will be."""
        return str(self.of_plan.get("state", self.plan.state))

    def steps_in(self, states: Collection[str]) -> set[int]:
        """The steps whose tasks will be in one of some states."""
        return {step_id for step_id in self.tasks if self.value(step_id, "state") in states}

    @property
    def ended(self) -> dict[int, str]:
        """How closed steps ended, as links ask."""
        return {
            step_id: ended_as(self.value(step_id, "state"), self.value(step_id, "result"))
            for step_id in self.steps_in(CLOSED)
        }

    def days(self) -> dict[int, date]:
        """The day of each step: when it ended, or when it is due; those that were not needed have none."""
        found = {}
        for step_id in self.tasks:
            if self.value(step_id, "result") != NOT_NEEDED:
                found[step_id] = self.value(step_id, "done_on") or self.value(step_id, "due_on")
        return found


def courses(session: Session, plan_ids: Iterable[int], *, lock: bool = True) -> list[Course]:
    """Plans with their tasks, locked and read anew: plans first and by id, so that no two acts wait for each other.

    Without `lock` they are only looked at.
    """
    ids = sorted(set(plan_ids))
    wanted = select(RunningPlan).where(among(session, RunningPlan.id, ids)).order_by(RunningPlan.id)
    plans = session.scalars(_locked(wanted) if lock else wanted).all()
    theirs = select(Task).where(among(session, Task.plan_id, ids)).order_by(Task.id)
    tasks: dict[int, dict[int, Task]] = {plan.id: {} for plan in plans}
    for task in session.scalars(_locked(theirs) if lock else theirs):
        tasks[task.plan_id or 0][task.step_id or 0] = task
    known = editions(session, {plan.version_id for plan in plans})
    return [Course(plan, known[plan.version_id], tasks[plan.id]) for plan in plans]


def _locked(rows: Select[Any]) -> Any:
    return rows.with_for_update().execution_options(populate_existing=True)


def write(session: Session, changed: Iterable[Course], *, within: ChangeSet) -> None:
    """Writes all changes, those that are alike together."""
    found = list(changed)
    _write(session, ((one.tasks[step], values) for one in found for step, values in one.changes.items()), within)
    _write(session, ((one.plan, one.of_plan) for one in found if one.of_plan), within)


def _write(session: Session, changes: Iterator[tuple[Any, dict[str, Any]]], within: ChangeSet) -> None:
    alike: dict[Any, tuple[dict[str, Any], list[Any]]] = {}
    for row, values in changes:
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        if differing:
            key = repr(sorted(differing.items()))
            alike.setdefault(key, (differing, []))[1].append(row)
    for values, rows in alike.values():
        amend_many(session, rows, within=within, **values)


def finish(course: Course, *, on: date) -> None:
    """A plan of which nothing is left to do is done."""
    if course.state in ONGOING and not course.steps_in(UNDONE):
        course.of_plan |= {"state": DONE, "ended_on": on, "paused_on": None}
