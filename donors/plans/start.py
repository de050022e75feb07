"""Starting plans: one with all its tasks at once, or many whose tasks the scheduler makes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, false, literal, select, true
from sqlalchemy import insert as sql_insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry, amend, insert
from donors.core.claims import changed
from donors.core.db import is_sqlite
from donors.core.errors import Blocked
from donors.plans.decide import COPY, RETIRED, DateRule, Due, Node, due_dates
from donors.plans.models import OPEN, RUNNING, STARTING, STOPPED, WAITING, RunningPlan, Step, Task
from donors.plans.queries.templates import newest_version, rule_of, steps_of
from donors.plans.template import template_by_id


@dataclass(frozen=True)
class Start:
    """What is to be started: a template, for whom it is known elsewhere, from which day, and why."""

    template_id: int
    on: date
    cause: str = "by hand"


@dataclass(frozen=True)
class Owner:
    """Who gets a task; `note` says why when it is not the one that the step names."""

    user_id: int | None
    note: str = ""


OwnerOf = Callable[[RunningPlan, Step], Owner]
"""Resolves the role of a step for a plan."""


def start(session: Session, constituent_id: int, what: Start, owner_of: OwnerOf, *, within: ChangeSet) -> RunningPlan:
    """Starts a plan and makes all its tasks.

    Raises NotFound (template), Blocked with the reasons: an open copy, a retired or empty template, a constituent
    who is unknown, deceased or deleted.
    """
    reasons = why_not(session, constituent_id, what.template_id)
    if reasons:
        raise Blocked("The plan was not started", reasons)
    version = newest_version(session, what.template_id)
    plan = RunningPlan(
        constituent_id=constituent_id,
        template_id=what.template_id,
        version_id=version.id,
        started_on=what.on,
        started_by=within.by_id,
        cause=what.cause,
        recorded_at=within.at,
    )
    try:
        with session.begin_nested():
            insert(session, plan, within=within)
    except IntegrityError as error:
        raise Blocked("The plan was not started", (COPY,)) from error
    for row in task_rows(plan, steps_of(session, version.id), rule_of(session, version.id), owner_of):
        insert(session, Task(**row, recorded_at=within.at), within=within)
    return plan


def why_not(session: Session, constituent_id: int, template_id: int) -> tuple[str, ...]:
    """The reasons why a plan cannot start for a constituent now. Raises NotFound for the template."""
    template = template_by_id(session, template_id)
    reasons = []
    if not template.is_active:
        reasons.append(RETIRED)
    constituent = session.get(Constituent, constituent_id)
    reasons += [_why_nobody(constituent)] if _why_nobody(constituent) else []
    if session.scalar(_open_copy(template_id).where(RunningPlan.constituent_id == constituent_id)) is not None:
        reasons.append(COPY)
    return tuple(reasons)


def _why_nobody(constituent: Constituent | None) -> str:
    """Why nobody may have a plan: empty when nothing stands in the way."""
    if constituent is None or constituent.deleted_at is not None:
        return "This constituent is no longer there."
    if constituent.is_unknown_giver:
        return "The unknown giver stands for many people and has no plans."
    return f"{constituent.name} is deceased." if constituent.is_deceased else ""


def start_many(session: Session, constituent_ids: Sequence[int], what: Start, *, within: ChangeSet) -> int:
    """Starts a plan for each constituent who may have one now; returns how many those are.

    Only the plans are inserted, by one statement for every 5,000; the scheduler makes their tasks.
    The others are passed over: `why_not` tells the reason for each. Raises NotFound.
    """
    if not template_by_id(session, what.template_id).is_active:
        return 0
    version = newest_version(session, what.template_id)
    columns = _plan_columns(what, version.id, within)
    started = 0
    for first in range(0, len(constituent_ids), 5000):
        ids = constituent_ids[first : first + 5000]
        source = select(Constituent.id, *(literal(value, column.type) for column, value in columns.items())).where(
            Constituent.id.in_(ids), *_may_have_plans(), ~_open_copy(what.template_id, Constituent.id).exists()
        )
        names = ["constituent_id", *(column.key for column in columns)]
        into = (sqlite.insert if is_sqlite(session) else postgresql.insert)(RunningPlan)
        started += changed(session, into.from_select(names, source).on_conflict_do_nothing())
    return started


def _plan_columns(what: Start, version_id: int, within: ChangeSet) -> dict[Any, Any]:
    table = RunningPlan.__table__.c
    return {
        table.template_id: what.template_id,
        table.version_id: version_id,
        table.started_on: what.on,
        table.started_by: within.by_id,
        table.cause: what.cause,
        table.state: STARTING,
        table.ended_reason: "",
        table.recorded_at: within.at,
        table.created_in: within.id,
        table.version: 1,
    }


def _may_have_plans() -> tuple[Any, ...]:
    return (
        Constituent.deleted_at.is_(None),
        Constituent.is_unknown_giver == false(),
        Constituent.is_deceased == false(),
    )


def _open_copy(template_id: int, constituent_id: Any = None) -> Select[Any]:
    found = select(RunningPlan.id).where(
        RunningPlan.template_id == template_id, RunningPlan.state.in_((STARTING, RUNNING))
    )
    return found if constituent_id is None else found.where(RunningPlan.constituent_id == constituent_id)


def task_rows(plan: RunningPlan, steps: Sequence[Step], rule: DateRule, owner_of: OwnerOf) -> list[dict[str, Any]]:
    """The tasks of a plan as rows, without `created_in` and `recorded_at`: those without parent are open."""
    dates = due_dates(nodes(steps), on=plan.started_on, rule=rule)
    return [_task_row(plan, step, dates[step.id], owner_of(plan, step)) for step in steps]


def _task_row(plan: RunningPlan, step: Step, due: Due, owner: Owner) -> dict[str, Any]:
    return {
        "constituent_id": plan.constituent_id,
        "plan_id": plan.id,
        "step_id": step.id,
        "owner_id": owner.user_id,
        "subject": step.subject,
        "note": "\n".join(part for part in (step.note, owner.note) if part),
        "original_due_on": due.original,
        "due_on": due.on,
        "state": OPEN if step.parent_id is None else WAITING,
        "reminds": step.reminds,
    }


def nodes(steps: Sequence[Step]) -> tuple[Node, ...]:
    """Steps as the date rules see them."""
    return tuple(Node(step.id, step.days_after, step.parent_id) for step in steps)


def claim_starting(session: Session, *, limit: int) -> list[RunningPlan]:
    """Locks plans whose tasks are still to be made, oldest first, leaving those that another process holds."""
    waiting = select(RunningPlan).where(RunningPlan.state == STARTING).order_by(RunningPlan.id).limit(limit)
    return list(session.scalars(waiting.with_for_update(skip_locked=True)))


def make_tasks(session: Session, plans: Sequence[RunningPlan], owner_of: OwnerOf, *, within: ChangeSet) -> int:
    """Makes all tasks of plans that were claimed, in few statements, and lets them run; returns the number of tasks.

    Plans of constituents who may not have one any more are stopped with the reason and get no task.
    """
    refused = barred(session, {plan.constituent_id for plan in plans})
    for plan in plans:
        if plan.constituent_id in refused:
            reason = refused[plan.constituent_id]
            amend(session, plan, within=within, state=STOPPED, ended_on=plan.started_on, ended_reason=reason)
    running = [plan for plan in plans if plan.constituent_id not in refused]
    steps = {version: steps_of(session, version) for version in {plan.version_id for plan in running}}
    rules = {version: rule_of(session, version) for version in steps}
    rows = [
        row | {"created_in": within.id, "recorded_at": within.at}
        for plan in running
        for row in task_rows(plan, steps[plan.version_id], rules[plan.version_id], owner_of)
    ]
    if rows:
        session.execute(sql_insert(Task), rows)
    _let_run(session, running, within=within)
    return len(rows)


def barred(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Which of these constituents may have no plan, each with the reason."""
    found = session.scalars(
        select(Constituent).where(
            among(session, Constituent.id, sorted(ids)),
            Constituent.deleted_at.is_not(None)
            | (Constituent.is_unknown_giver == true())
            | (Constituent.is_deceased == true()),
        )
    )
    return {constituent.id: _why_nobody(constituent) for constituent in found}


def open_plans(session: Session, ids: Iterable[int], *, template_id: int, made_in: int) -> dict[int, int]:
    """Constituent → the open plan of a template that a change set has started."""
    found = select(RunningPlan.constituent_id, RunningPlan.id).where(
        among(session, RunningPlan.constituent_id, sorted(ids)),
        RunningPlan.template_id == template_id,
        RunningPlan.created_in == made_in,
        RunningPlan.state.in_((STARTING, RUNNING)),
    )
    return {constituent_id: plan_id for constituent_id, plan_id in session.execute(found)}


def _let_run(session: Session, plans: Sequence[RunningPlan], *, within: ChangeSet) -> None:
    entries = [
        JournalEntry(
            change_set_id=within.id,
            table_name="running_plan",
            row_id=plan.id,
            act="update",
            version=plan.version,
            before={"state": STARTING},
        )
        for plan in plans
    ]
    session.add_all(entries)
    for plan in plans:
        plan.state = RUNNING
    session.flush()
