"""Nobody raises money from somebody any more: plans stop, tasks and moves that were planned end, leads and prospects
leave the queue and the pipeline, charges end, mails that have not left are given up. What was done stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend_many
from donors.leads.models import OPEN as OPEN_LEADS
from donors.leads.models import Lead
from donors.leads.steer import disqualify_leads
from donors.leads.terms import Closing
from donors.mail.decide import PURPOSES
from donors.mail.models import DEAD, DROPPED, HELD, WAITING, Outbox
from donors.pipeline.asks.decide import Step
from donors.pipeline.asks.models import DECLINED, OPEN, Opportunity
from donors.pipeline.asks.queries import last_said
from donors.pipeline.assign import release
from donors.pipeline.models import DROPPED as NOT_MADE
from donors.pipeline.models import PLANNED, Assignment, Move, Prospect
from donors.pipeline.prospect import Leaving
from donors.plans.models import CANCELLED, ONGOING, UNDONE, RunningPlan, Task
from donors.plans.running.stop import stop_many
from donors.workflows.advance import leave
from donors.workflows.asks import step_ask
from donors.workflows.step_ends import let_go_of_plans


@dataclass(frozen=True)
class Ended:
    """How many plans, tasks of their own, planned moves, prospects, asks, charges, mails and leads ended, or would."""

    plans: int = 0
    tasks: int = 0
    moves: int = 0
    prospects: int = 0
    asks: int = 0
    charges: int = 0
    mails: int = 0
    leads: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


def would_end(session: Session, ids: Sequence[int], *, answers: bool = False) -> Ended:
    """What `leave_alone` would end."""
    asks = select(Opportunity.id).join(Prospect).where(Prospect.constituent_id.in_(ids), Opportunity.status.in_(OPEN))
    found = (
        select(RunningPlan.id).where(*_plans(ids)),
        select(Task.id).where(*_tasks(ids)),
        select(Move.id).where(*_moves(ids)),
        select(Prospect.id).where(*_prospects(ids)),
        asks,
        select(Assignment.id).where(*_charges(ids)),
        select(Outbox.id).where(*_mails(ids, answers=answers)),
        select(Lead.id).where(*_leads(ids)),
    )
    return Ended(*(session.scalar(select(func.count()).select_from(one.subquery())) or 0 for one in found))


def leave_alone(
    session: Session, ids: Sequence[int], *, reason: str, on: date, within: ChangeSet, answers: bool = False
) -> Ended:
    """Ends all that is under way to raise money from these constituents. `reason` is a word that all of it keeps.

    `answers`: mails that are owed (receipts, answers) are given up as well. A mail that leaves at this very moment is
    not held up: the contact gate is asked about it once more.
    """
    ending = would_end(session, ids, answers=answers)
    stopped = stop_many(
        session, session.scalars(select(RunningPlan.id).where(*_plans(ids))).all(), reason=reason, on=on, within=within
    )
    let_go_of_plans(session, stopped, reason=reason, within=within)
    tasks = session.scalars(select(Task).where(*_tasks(ids)).order_by(Task.id).with_for_update()).all()
    amend_many(session, tasks, within=within, state=CANCELLED, reason=reason, done_on=on)
    moves = session.scalars(select(Move).where(*_moves(ids)).order_by(Move.id).with_for_update()).all()
    amend_many(session, moves, within=within, state=NOT_MADE, report=reason)
    _leave_pipelines(session, ids, reason=reason, on=on, within=within)
    for charge in session.scalars(select(Assignment).where(*_charges(ids)).order_by(Assignment.id)).all():
        release(session, charge.id, on=max(on, charge.from_on), reason=reason, within=within)
    leads = session.scalars(select(Lead.id).where(*_leads(ids)).order_by(Lead.id)).all()
    if leads:
        disqualify_leads(session, leads, Closing(on, "other", reason), within=within)
    mails = select(Outbox).where(*_mails(ids, answers=answers), Outbox.locked_until.is_(None))
    waiting = session.scalars(mails.order_by(Outbox.id).with_for_update()).all()
    amend_many(session, waiting, within=within, state=DROPPED, last_error=reason)
    return ending


def _leave_pipelines(session: Session, ids: Sequence[int], *, reason: str, on: date, within: ChangeSet) -> None:
    asks = select(Opportunity.id).join(Prospect).where(Prospect.constituent_id.in_(ids), Opportunity.status.in_(OPEN))
    for ask_id in session.scalars(asks.order_by(Opportunity.id)).all():
        day = max(on, last_said(session, ask_id))
        step_ask(session, ask_id, Step(DECLINED, day, why=reason, reason="other"), within=within)
    for prospect in session.scalars(select(Prospect).where(*_prospects(ids)).order_by(Prospect.id)).all():
        leave(session, prospect.id, Leaving(max(on, prospect.in_stage_since), reason), within=within)


def _plans(ids: Sequence[int]) -> tuple[Any, ...]:
    return RunningPlan.constituent_id.in_(ids), RunningPlan.state.in_(ONGOING)


def _tasks(ids: Sequence[int]) -> tuple[Any, ...]:
    return Task.constituent_id.in_(ids), Task.plan_id.is_(None), Task.state.in_(UNDONE)


def _moves(ids: Sequence[int]) -> tuple[Any, ...]:
    return Move.constituent_id.in_(ids), Move.state == PLANNED


def _prospects(ids: Sequence[int]) -> tuple[Any, ...]:
    return Prospect.constituent_id.in_(ids), Prospect.is_active


def _charges(ids: Sequence[int]) -> tuple[Any, ...]:
    return Assignment.constituent_id.in_(ids), Assignment.to_on.is_(None)


def _leads(ids: Sequence[int]) -> tuple[Any, ...]:
    return Lead.constituent_id.in_(ids), Lead.status.in_(OPEN_LEADS)


def _mails(ids: Sequence[int], *, answers: bool = False) -> tuple[Any, ...]:
    owed = [key for key, kind in PURPOSES.items() if kind.answers]
    wanted = () if answers else (Outbox.purpose.not_in(owed),)
    return Outbox.constituent_id.in_(ids), Outbox.state.in_((HELD, WAITING, DEAD)), *wanted
