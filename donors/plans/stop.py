"""Ending plans before their time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.models import CANCELLED, OPEN, RUNNING, STARTING, STOPPED, WAITING, RunningPlan, Task


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
    if plan.state not in (STARTING, RUNNING):
        raise Blocked("The plan was not stopped", (f"It is {plan.state} already.",))
    ended = {"state": STOPPED, "ended_on": on, "ended_reason": reason.strip()}
    amend(session, plan, within=within, expect=expect, **ended)
    left = select(Task).where(Task.plan_id == plan_id, Task.state.in_((OPEN, WAITING)))
    for task in session.scalars(left).all():
        amend(session, task, within=within, state=CANCELLED, outcome=reason.strip(), done_on=on)
    return plan


def stop_all(session: Session, constituent_id: int, *, reason: str, on: date, within: ChangeSet) -> int:
    """Stops all plans of a constituent, for instance on a death; returns how many."""
    running = select(RunningPlan.id).where(
        RunningPlan.constituent_id == constituent_id, RunningPlan.state.in_((STARTING, RUNNING))
    )
    ids = list(session.scalars(running))
    for plan_id in ids:
        stop(session, plan_id, reason=reason, on=on, within=within)
    return len(ids)
