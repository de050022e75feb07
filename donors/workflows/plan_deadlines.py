"""Tasks past their deadline go to whom their step names."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import Act, amend, open_change
from donors.plans.models import RunningPlan, Step
from donors.plans.queries.due_acts import past_deadline
from donors.workflows.plans import Named, roles


def escalate(session: Session, *, on: date, act: Act, limit: int = 500) -> int:
    """Hands up the tasks whose deadline has passed, with a note that says so; returns how many."""
    found = past_deadline(session, on=on, limit=limit)
    if not found:
        return 0
    within = open_change(session, "tasks.escalate", act=act)
    plan_ids = sorted({one.plan_id for one in found if one.plan_id is not None})
    step_ids = sorted({one.step_id for one in found if one.step_id is not None})
    plans = {
        row.id: row for row in session.scalars(select(RunningPlan).where(among(session, RunningPlan.id, plan_ids)))
    }
    steps = {row.id: row for row in session.scalars(select(Step).where(among(session, Step.id, step_ids)))}
    owner_of = roles(session, [plan.constituent_id for plan in plans.values()], on=on)
    for task in found:
        step = steps[task.step_id or 0]
        owner = owner_of(plans[task.plan_id or 0], Named(step.escalates_to, step.escalates_to_id), on)
        note = "\n".join(part for part in (task.note, "Handed up: its deadline has passed.", owner.note) if part)
        amend(
            session,
            task,
            within=within,
            owner_id=owner.user_id,
            queue_id=None,
            note=note,
            escalated_on=on,
            reminded_on=None,
        )
    return len(found)
