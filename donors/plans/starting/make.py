"""Making the tasks of plans that were asked for in bulk: many plans at a time, in few statements.

Tasks belong to the change set that asked for their plan, whoever makes them and when: its undo takes all of it back.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from donors.core.bulk import among, load, spelled
from donors.core.changes import ChangeSet, amend
from donors.plans.models import DONE, RUNNING, STARTING, STOPPED, UNDONE, RunningPlan, Task
from donors.plans.queries.anchors import anchors_asked, kept_days
from donors.plans.queries.editions import Edition, editions
from donors.plans.starting.eligible import barred
from donors.plans.starting.first_tasks import OwnerOf, held_criteria, task_rows


def claim_starting(session: Session, *, limit: int) -> list[RunningPlan]:
    """Locks plans whose tasks are still to be made, oldest first, leaving those that another process holds."""
    waiting = select(RunningPlan).where(RunningPlan.state == spelled(STARTING)).order_by(RunningPlan.id).limit(limit)
    return list(session.scalars(waiting.with_for_update(skip_locked=True)))


def make_tasks(session: Session, plans: Sequence[RunningPlan], owner_of: OwnerOf) -> int:
    """Makes all tasks of plans that were claimed, and lets the plans run; returns the number of tasks.

    Plans of constituents who may not have one any more are stopped with the reason and get no task.
    """
    refused = barred(session, {plan.constituent_id for plan in plans})
    for plan in plans:
        if plan.constituent_id in refused:
            reason, asked = refused[plan.constituent_id], session.get_one(ChangeSet, plan.created_in)
            amend(session, plan, within=asked, state=STOPPED, ended_on=plan.started_on, ended_reason=reason)
    going = [plan for plan in plans if plan.constituent_id not in refused]
    courses = editions(session, {plan.version_id for plan in going})
    return sum(_make(session, some, courses[some[0].version_id], owner_of) for some in _alike(going))


def _alike(plans: Sequence[RunningPlan]) -> Iterable[list[RunningPlan]]:
    """Plans in groups: of one version, asked for by one change set, counted from the same given days."""
    found: dict[Any, list[RunningPlan]] = {}
    for plan in plans:
        key = (plan.created_in, plan.version_id, plan.started_on, *sorted(plan.anchors.items()))
        found.setdefault(key, []).append(plan)
    return found.values()


def _make(session: Session, plans: Sequence[RunningPlan], course: Edition, owner_of: OwnerOf) -> int:
    ids = [plan.constituent_id for plan in plans]
    anchors = anchors_asked(session, course, ids, kept_days(plans[0]))
    for plan in plans:
        if plan.anchors != anchors[plan.constituent_id]:
            plan.anchors = anchors[plan.constituent_id]
    fits = held_criteria(session, course, ids, on=plans[0].started_on)
    rows = list(task_rows(plans, course, fits, owner_of))
    asked = session.get_one(ChangeSet, plans[0].created_in)
    if rows:
        same = (asked.id, asked.at)
        load(session, Task, (*rows[0], "created_in", "recorded_at"), ((*row.values(), *same) for row in rows))
    going = {row["plan_id"] for row in rows if row["state"] in UNDONE}
    _let_run(session, [plan for plan in plans if plan.id in going], state=RUNNING)
    _let_run(session, [plan for plan in plans if plan.id not in going], state=DONE, ended_on=plans[0].started_on)
    return len(rows)


def _let_run(session: Session, plans: Sequence[RunningPlan], **values: Any) -> None:
    """Begun by the change set that made them: there is no before to keep."""
    session.flush()
    if plans:
        these = among(session, RunningPlan.id, [plan.id for plan in plans])
        session.execute(
            update(RunningPlan).where(these).values(**values), execution_options={"synchronize_session": False}
        )
    for plan in plans:
        for name, value in values.items():
            set_committed_value(plan, name, value)
