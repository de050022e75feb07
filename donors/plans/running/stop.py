"""Ending plans before their time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend, amend_many
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.models import CANCELLED, ONGOING, STOPPED, UNDONE, RunningPlan, Task


def stop(
    session: Session, plan_id: int, *, reason: str, on: date, within: ChangeSet, expect: int | None = None
) -> RunningPlan:
    """Stops a plan: what is open or waits is cancelled with the reason, what is done stays done.

    Raises NotFound, Conflict, Invalid (no reason), Blocked (it has ended already).
    """
    plan = session.get(RunningPlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound("plan", plan_id)
    if not reason.strip():
        raise Invalid("reason", reason, "is empty", "Say why the plan stops.")
    if plan.state not in ONGOING:
        raise Blocked("The plan was not stopped", (f"It is {plan.state} already.",))
    ended = {"state": STOPPED, "ended_on": on, "ended_reason": reason.strip()}
    amend(session, plan, within=within, expect=expect, **ended)
    left = select(Task).where(Task.plan_id == plan_id, Task.state.in_(UNDONE))
    for task in session.scalars(left).all():
        amend(session, task, within=within, state=CANCELLED, reason=reason.strip(), done_on=on)
    return plan


def stop_all(session: Session, constituent_id: int, *, reason: str, on: date, within: ChangeSet) -> set[int]:
    """Stops all plans of a constituent, for instance on a death; returns which."""
    running = select(RunningPlan.id).where(RunningPlan.constituent_id == constituent_id, RunningPlan.state.in_(ONGOING))
    return stop_many(session, session.scalars(running).all(), reason=reason, on=on, within=within)


def stop_many(session: Session, plan_ids: Sequence[int], *, reason: str, on: date, within: ChangeSet) -> set[int]:
    """The same for many, in a few statements; returns those that were stopped: what has ended already is left alone."""
    wanted = among(session, RunningPlan.id, sorted(plan_ids)) & RunningPlan.state.in_(ONGOING)
    plans = session.scalars(_locked(select(RunningPlan).where(wanted).order_by(RunningPlan.id))).all()
    ids = [plan.id for plan in plans]
    left = among(session, Task.plan_id, ids) & Task.state.in_(UNDONE)
    tasks = session.scalars(_locked(select(Task).where(left).order_by(Task.id))).all()
    amend_many(session, plans, within=within, state=STOPPED, ended_on=on, ended_reason=reason)
    amend_many(session, tasks, within=within, state=CANCELLED, reason=reason, done_on=on)
    return set(ids)


def _locked(rows: Select[Any]) -> Any:
    return rows.with_for_update().execution_options(populate_existing=True)
