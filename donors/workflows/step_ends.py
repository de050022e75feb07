"""What waited for steps of plans that ended otherwise: mails that are held are given up, planned moves are dropped."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.mail.steer import give_up_held
from donors.pipeline.models import DROPPED, PLANNED, Move
from donors.plans.models import CLOSED, Task
from donors.plans.terms import MAIL, MOVE


def let_go(session: Session, task_ids: Iterable[int], *, reason: str, within: ChangeSet) -> None:
    """Lets go of what waited for these tasks."""
    ids, why = sorted(task_ids), reason.strip() or "The step of the plan ended."
    give_up_held(session, ids, reason=why, within=within)
    planned = select(Move).where(among(session, Move.task_id, ids), Move.state == PLANNED)
    found = session.scalars(planned.order_by(Move.id).with_for_update()).all()
    amend_many(session, found, within=within, state=DROPPED, report=why)


def let_go_of_plans(session: Session, plan_ids: Iterable[int], *, reason: str, within: ChangeSet) -> None:
    """The same for all steps of some plans that have ended, as those of plans that were stopped."""
    ended = select(Task.id).where(
        among(session, Task.plan_id, sorted(plan_ids)), Task.kind.in_((MAIL, MOVE)), Task.state.in_(CLOSED)
    )
    let_go(session, session.scalars(ended).all(), reason=reason, within=within)
