"""Starting plans: one with all its tasks at once, or many whose tasks the scheduler makes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among, look_over
from donors.core.changes import ChangeSet, amend, insert
from donors.core.claims import changed
from donors.core.db import is_sqlite
from donors.core.errors import Blocked
from donors.plans.dates import Days, unknown_anchors
from donors.plans.decide import COPY
from donors.plans.models import (
    DONE,
    STARTING,
    UNDONE,
    PlanTemplate,
    RunningPlan,
    Task,
    TemplateVersion,
)
from donors.plans.queries.anchors import anchors_asked, anchors_kept
from donors.plans.queries.editions import edition
from donors.plans.queries.templates import newest_version, nodes_of
from donors.plans.starting.eligible import may_start, why_not
from donors.plans.starting.first_tasks import OwnerOf, held_criteria, task_rows
from donors.plans.templates.template import template_by_id
from donors.plans.terms import ANCHORS, BIRTHDAY, FISCAL_YEAR_END

PART = 5_000
"""Constituents whose plans are inserted by one statement."""
HELD_OUT = "held out, to measure what the plan brings about"


@dataclass(frozen=True)
class Start:
    """What is to be started: a template, from which day, why, and the anchors that are given (event, ask date).

    `lots` says of those about whom the lot decides whether they are held out: then their plans exist on paper only,
    without tasks, done at once.
    `again`: by hand and on purpose, so that no time must lie between it and the last start. `despite`: by hand, and why
    although the constituent wants no contact.
    """

    template_id: int
    on: date
    cause: str = "by hand"
    anchors: Mapping[str, date] = field(default_factory=dict)
    lots: Mapping[int, bool] = field(default_factory=dict)
    again: bool = False
    despite: str = ""

    @property
    def days(self) -> Days:
        """The days that are given."""
        return Days(self.on, self.anchors)


def start(session: Session, constituent_id: int, what: Start, owner_of: OwnerOf, *, within: ChangeSet) -> RunningPlan:
    """Starts a plan and makes all its tasks.

    Raises NotFound (template), Blocked with the reasons: an open copy, a retired or empty template, a constituent
    who is unknown, deceased, deleted or wants no contact, a start too soon after the last, a day that is not known.
    """
    reasons = why_not(session, constituent_id, what.template_id, what.days, again=what.again, despite=what.despite)
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
        **_by_lot(what, what.lots.get(constituent_id)),
    )
    course = edition(session, version.id)
    plan.anchors = anchors_asked(session, course, [constituent_id], what.days)[constituent_id]
    try:
        with session.begin_nested():
            insert(session, plan, within=within)
    except IntegrityError as error:
        raise Blocked("The plan was not started", (COPY,)) from error
    if plan.held_out:
        return plan
    fits = held_criteria(session, course, [constituent_id], on=what.on)
    tasks = [Task(**row, recorded_at=within.at) for row in task_rows([plan], course, fits, owner_of)]
    for task in tasks:
        insert(session, task, within=within)
    if not any(task.state in UNDONE for task in tasks):
        amend(session, plan, within=within, state=DONE, ended_on=what.on)
    return plan


def _by_lot(what: Start, lot: bool | None) -> dict[str, Any]:
    """The columns that a lot brings about: held out, not held out, or none was drawn."""
    if not lot:
        return {"by_lot": lot is not None}
    return {"by_lot": True, "held_out": True, "state": DONE, "ended_on": what.on, "ended_reason": HELD_OUT}


def _next_copy(session: Session, constituent_id: int, template: PlanTemplate) -> int:
    if not template.allows_copies:
        return 0
    mine = select(func.max(RunningPlan.copy)).where(
        RunningPlan.constituent_id == constituent_id, RunningPlan.template_id == template.id
    )
    highest = session.scalar(mine)
    return 0 if highest is None else highest + 1


def start_many(session: Session, constituent_ids: Sequence[int], what: Start, *, within: ChangeSet) -> int:
    """Starts a plan for each constituent who may have one now; returns how many those are.

    Only the plans are inserted, by one statement for every 5,000, of which PostgreSQL is told before it plans the next;
    the scheduler makes their tasks.
    The others are passed over: `why_not` tells the reason for each. Raises NotFound.
    """
    template = template_by_id(session, what.template_id)
    version = newest_version(session, what.template_id)
    if not template.is_active or _unknown_for_all(session, version, what.days):
        return 0
    started = 0
    for ids, columns in _parts(constituent_ids, what, _plan_columns(what, version.id, within)):
        source = select(
            Constituent.id, _copies(template), *(literal(value, column.type) for column, value in columns.items())
        ).where(among(session, Constituent.id, ids), *may_start(session, template, version, what.days))
        names = ["constituent_id", "copy", *(column.key for column in columns)]
        into = (sqlite.insert if is_sqlite(session) else postgresql.insert)(RunningPlan)
        started += changed(session, into.from_select(names, source).on_conflict_do_nothing())
        if len(ids) == PART:
            look_over(session, RunningPlan)
    return started


def _parts(
    constituent_ids: Sequence[int], what: Start, columns: dict[Any, Any]
) -> Iterator[tuple[Sequence[int], dict[Any, Any]]]:
    """Some at a time, those of one lot together, with the columns of their plans."""
    table = RunningPlan.__table__.c
    alike: dict[bool | None, list[int]] = {}
    for one in constituent_ids:
        alike.setdefault(what.lots.get(one), []).append(one)
    for lot, ids in alike.items():
        same = columns | {table[name]: value for name, value in _by_lot(what, lot).items()}
        yield from ((ids[first : first + PART], same) for first in range(0, len(ids), PART))


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


def plans_made(session: Session, ids: Iterable[int], *, template_id: int, made_in: int) -> dict[int, int]:
    """Constituent → the plan of a template that a change set has started, be it on paper only."""
    found = select(RunningPlan.constituent_id, RunningPlan.id).where(
        among(session, RunningPlan.constituent_id, sorted(ids)),
        RunningPlan.template_id == template_id,
        RunningPlan.created_in == made_in,
    )
    return {constituent_id: plan_id for constituent_id, plan_id in session.execute(found)}
