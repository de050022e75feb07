"""Starting plans: one with all its tasks at once, or many whose tasks the scheduler makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among, load
from donors.core.changes import ChangeSet, JournalEntry, amend, insert
from donors.core.claims import changed
from donors.core.db import is_sqlite
from donors.core.errors import Blocked
from donors.plans.dates import Days, unknown_anchors
from donors.plans.decide import COPY
from donors.plans.eligible import barred, may_start, why_not
from donors.plans.first_tasks import OwnerOf, held_criteria, task_rows
from donors.plans.models import (
    DONE,
    ONGOING,
    RUNNING,
    STARTING,
    STOPPED,
    UNDONE,
    PlanTemplate,
    RunningPlan,
    Task,
    TemplateVersion,
)
from donors.plans.queries.anchors import anchors_kept, days_of, kept_days
from donors.plans.queries.editions import Edition, edition, editions
from donors.plans.queries.templates import newest_version, nodes_of
from donors.plans.template import template_by_id
from donors.plans.terms import ANCHORS, BIRTHDAY, FISCAL_YEAR_END


@dataclass(frozen=True)
class Start:
    """What is to be started: a template, from which day, why, and the anchors that are given (event, ask date)."""

    template_id: int
    on: date
    cause: str = "by hand"
    anchors: Mapping[str, date] = field(default_factory=dict)

    @property
    def days(self) -> Days:
        """The days that are given."""
        return Days(self.on, self.anchors)


def start(session: Session, constituent_id: int, what: Start, owner_of: OwnerOf, *, within: ChangeSet) -> RunningPlan:
    """Starts a plan and makes all its tasks.

    Raises NotFound (template), Blocked with the reasons: an open copy, a retired or empty template, a constituent
    who is unknown, deceased or deleted, a start too soon after the last, a day that is not known.
    """
    reasons = why_not(session, constituent_id, what.template_id, what.days)
    if reasons:
        raise Blocked("The plan was not started", reasons)
    template = template_by_id(session, what.template_id)
    version = newest_version(session, what.template_id)
    plan = RunningPlan(
        constituent_id=constituent_id,
        template_id=what.template_id,
        version_id=version.id,
        copy=_next_copy(session, constituent_id, template),
        started_on=what.on,
        started_by=within.by_id,
        cause=what.cause,
        anchors={},
        recorded_at=within.at,
    )
    course = edition(session, version.id)
    plan.anchors = _anchors(session, course, [constituent_id], what.days)[constituent_id]
    try:
        with session.begin_nested():
            insert(session, plan, within=within)
    except IntegrityError as error:
        raise Blocked("The plan was not started", (COPY,)) from error
    fits = held_criteria(session, course, [constituent_id], on=what.on)
    tasks = [Task(**row, recorded_at=within.at) for row in task_rows([plan], course, fits, owner_of)]
    for task in tasks:
        insert(session, task, within=within)
    if not any(task.state in UNDONE for task in tasks):
        amend(session, plan, within=within, state=DONE, ended_on=what.on)
    return plan


def _next_copy(session: Session, constituent_id: int, template: PlanTemplate) -> int:
    if not template.allows_copies:
        return 0
    mine = select(func.max(RunningPlan.copy)).where(
        RunningPlan.constituent_id == constituent_id, RunningPlan.template_id == template.id
    )
    highest = session.scalar(mine)
    return 0 if highest is None else highest + 1


def _anchors(session: Session, course: Edition, ids: Iterable[int], given: Days) -> dict[int, dict[str, str]]:
    """Constituent → the anchors that the steps ask for, as they are kept."""
    asked = {node.after for node in course.nodes}
    found = days_of(session, ids, given) if asked & {BIRTHDAY, FISCAL_YEAR_END} else dict.fromkeys(ids, given)
    return {one: anchors_kept(days, asked) for one, days in found.items()}


def start_many(session: Session, constituent_ids: Sequence[int], what: Start, *, within: ChangeSet) -> int:
    """Starts a plan for each constituent who may have one now; returns how many those are.

    Only the plans are inserted, by one statement for every 5,000; the scheduler makes their tasks.
    The others are passed over: `why_not` tells the reason for each. Raises NotFound.
    """
    template = template_by_id(session, what.template_id)
    version = newest_version(session, what.template_id)
    if not template.is_active or _unknown_for_all(session, version, what.days):
        return 0
    columns = _plan_columns(what, version.id, within)
    started = 0
    for first in range(0, len(constituent_ids), 5000):
        ids = constituent_ids[first : first + 5000]
        source = select(
            Constituent.id, _copies(template), *(literal(value, column.type) for column, value in columns.items())
        ).where(among(session, Constituent.id, ids), *may_start(session, template, version, what.days))
        names = ["constituent_id", "copy", *(column.key for column in columns)]
        into = (sqlite.insert if is_sqlite(session) else postgresql.insert)(RunningPlan)
        started += changed(session, into.from_select(names, source).on_conflict_do_nothing())
    return started


def _unknown_for_all(session: Session, version: TemplateVersion, given: Days) -> tuple[str, ...]:
    """The anchors that nobody can have: those that are neither given nor known of each constituent."""
    of_each = Days(given.start, {BIRTHDAY: given.start, FISCAL_YEAR_END: given.start} | dict(given.anchors))
    return unknown_anchors(nodes_of(session, version.id), of_each)


def _copies(template: PlanTemplate) -> Any:
    if not template.allows_copies:
        return literal(0)
    theirs = select(func.coalesce(func.max(RunningPlan.copy) + 1, 0)).where(
        RunningPlan.constituent_id == Constituent.id, RunningPlan.template_id == template.id
    )
    return theirs.scalar_subquery()


def _plan_columns(what: Start, version_id: int, within: ChangeSet) -> dict[Any, Any]:
    table = RunningPlan.__table__.c
    return {
        table.template_id: what.template_id,
        table.version_id: version_id,
        table.started_on: what.on,
        table.started_by: within.by_id,
        table.cause: what.cause,
        table.anchors: anchors_kept(what.days, ANCHORS),
        table.held_out: False,
        table.state: STARTING,
        table.ended_reason: "",
        table.recorded_at: within.at,
        table.created_in: within.id,
        table.version: 1,
    }


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
    made = 0
    for version_id, course in editions(session, {plan.version_id for plan in running}).items():
        mine = [plan for plan in running if plan.version_id == version_id]
        made += _make_tasks(session, mine, course, owner_of, within=within)
    return made


def _make_tasks(
    session: Session, plans: Sequence[RunningPlan], course: Edition, owner_of: OwnerOf, *, within: ChangeSet
) -> int:
    before = {plan.id: {"state": plan.state, "anchors": plan.anchors} for plan in plans}
    rows: list[dict[str, Any]] = []
    for some in _alike(plans):
        ids = [plan.constituent_id for plan in some]
        anchors = _anchors(session, course, ids, kept_days(some[0]))
        for plan in some:
            plan.anchors = anchors[plan.constituent_id]
        fits = held_criteria(session, course, ids, on=some[0].started_on)
        rows += task_rows(some, course, fits, owner_of)
    if rows:
        names = tuple(rows[0])
        same = (within.id, within.at)
        load(session, Task, (*names, "created_in", "recorded_at"), ((*row.values(), *same) for row in rows))
    going = {row["plan_id"] for row in rows if row["state"] in UNDONE}
    for plan in plans:
        plan.state = RUNNING if plan.id in going else DONE
        plan.ended_on = None if plan.id in going else plan.started_on
    _journal(session, plans, before, within=within)
    return len(rows)


def _alike(plans: Sequence[RunningPlan]) -> Iterable[list[RunningPlan]]:
    """Plans in groups that are counted from the same given days."""
    found: dict[Any, list[RunningPlan]] = {}
    for plan in plans:
        found.setdefault((plan.started_on, *sorted(plan.anchors.items())), []).append(plan)
    return found.values()


def open_plans(session: Session, ids: Iterable[int], *, template_id: int, made_in: int) -> dict[int, int]:
    """Constituent → the open plan of a template that a change set has started."""
    found = select(RunningPlan.constituent_id, RunningPlan.id).where(
        among(session, RunningPlan.constituent_id, sorted(ids)),
        RunningPlan.template_id == template_id,
        RunningPlan.created_in == made_in,
        RunningPlan.state.in_(ONGOING),
    )
    return {constituent_id: plan_id for constituent_id, plan_id in session.execute(found)}


def _journal(
    session: Session, plans: Sequence[RunningPlan], before: Mapping[int, dict[str, Any]], *, within: ChangeSet
) -> None:
    entries = [
        JournalEntry(
            change_set_id=within.id,
            table_name="running_plan",
            row_id=plan.id,
            act="update",
            version=plan.version,
            before=before[plan.id],
        )
        for plan in plans
    ]
    session.add_all(entries)
    session.flush()
