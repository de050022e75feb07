"""Editing templates, reminders, and tasks in lists."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Conflict, Invalid
from donors.plans.models import PlanTemplate, RunningPlan, Step, Task
from donors.plans.queries.plans import PlanFilter, plans
from donors.plans.queries.tasks import TaskFilter, count_tasks, tasks
from donors.plans.queries.templates import newest_version
from donors.plans.running.remind import remind
from donors.plans.running.task import Handover, OwnTask, add, hand_over
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create, revise
from donors.workflows.plans import start_plan
from tests.cast import OLIVE, SAM, Person
from tests.plans.conftest import CHAIN, TODAY


def started(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> RunningPlan:
    plan = start_plan(session, harold, template.id, cause="by hand", within=change, on=TODAY)
    assert isinstance(plan, RunningPlan)
    return plan


def steps(session: Session, plan: RunningPlan) -> list[Task]:
    found = select(Task).join(Step, Step.id == Task.step_id).where(Task.plan_id == plan.id).order_by(Step.position)
    return list(session.scalars(found))


def march(day: int) -> date:
    return date(2026, 3, day)


def test_a_stale_edit_of_a_template_is_a_conflict(session: Session, template: PlanTemplate, change: ChangeSet) -> None:
    seen = template.version
    revise(session, template.id, TemplateDraft("Welcome", CHAIN), within=change, expect=seen)
    with pytest.raises(Conflict):
        revise(session, template.id, TemplateDraft("Welcome", CHAIN[:1]), within=change, expect=seen)
    assert newest_version(session, template.id).number == 2


def test_a_template_with_mistakes_is_refused_with_all_of_them(session: Session, change: ChangeSet) -> None:
    with pytest.raises(Blocked) as blocked:
        create(session, TemplateDraft("Bad", (Draft("", 1), Draft("b", 1, links=(Link(9),)))), within=change)
    assert len(blocked.value.reasons) == 2
    with pytest.raises(Invalid):
        create(session, TemplateDraft(" ", CHAIN), within=change)


def test_an_empty_template_is_refused(session: Session, change: ChangeSet) -> None:
    """PLN-043"""
    with pytest.raises(Blocked, match="no steps"):
        create(session, TemplateDraft("Empty", ()), within=change)


def test_reminders_are_put_up_once(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    started(session, harold, template, change)
    assert remind(session, on=march(4)) == 0
    assert remind(session, on=march(5)) == 1
    assert remind(session, on=march(6)) == 0


def test_tasks_in_lists(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet, cast: dict[Person, int]
) -> None:
    started(session, harold, template, change)
    own = add(session, OwnTask("Order paper", march(4), cast[OLIVE]), within=change)
    mine = TaskFilter(owner_id=cast[OLIVE])
    found = tasks(session, mine, on=march(6), sees=EVERYTHING)
    assert [(line.task.subject, line.constituent, line.plan, line.position, line.steps) for line in found] == [
        ("Order paper", None, None, None, None),
        ("Call", "Harold Nakamura", "Welcome", 1, 3),
    ]
    assert [line.late_by(march(6)) for line in found] == [2, 1]
    assert count_tasks(session, TaskFilter("due", cast[OLIVE]), on=march(4), sees=EVERYTHING) == 1
    hand_over(session, own.id, Handover(cast[SAM]), within=change)
    assert count_tasks(session, mine, on=march(4), sees=EVERYTHING) == 1
    (line,) = plans(session, PlanFilter(owner_id=cast[OLIVE]), sees=EVERYTHING)
    assert (line.constituent, line.template, [mark.state for mark in line.marks]) == (
        "Harold Nakamura",
        "Welcome",
        ["open", "waiting", "waiting"],
    )
