"""What of an officer goes along with constituents who get another one: tasks, planned moves, open asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.pipeline.asks.models import OPEN as OPEN_ASKS
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.asks.opportunity import pass_on_opportunity
from donors.pipeline.models import PLANNED, Move, Prospect
from donors.plans.models import OPEN, WAITING, Step, Task
from donors.plans.running.task import Handover, hand_over_many


@dataclass(frozen=True)
class Belongings:
    """How many tasks, planned moves and open asks of an officer are about somebody."""

    tasks: int = 0
    moves: int = 0
    asks: int = 0

    def __add__(self, other: "Belongings") -> "Belongings":
        return Belongings(self.tasks + other.tasks, self.moves + other.moves, self.asks + other.asks)


def belongings(session: Session, ids: Sequence[int], officer_id: int) -> dict[int, Belongings]:
    """Constituent id → what of an officer's is about them; nothing for those who have none of it."""
    about = among(session, Prospect.constituent_id, ids)
    counted = (
        select(Task.constituent_id, func.count(Task.id))
        .where(among(session, Task.constituent_id, ids), Task.state.in_((OPEN, WAITING)), Task.owner_id == officer_id)
        .group_by(Task.constituent_id),
        select(Move.constituent_id, func.count(Move.id))
        .where(among(session, Move.constituent_id, ids), Move.officer_id == officer_id)
        .where(Move.state == PLANNED, Move.confidential_to.is_(None))
        .group_by(Move.constituent_id),
        select(Prospect.constituent_id, func.count(Opportunity.id))
        .join(Opportunity, Opportunity.prospect_id == Prospect.id)
        .where(about, Opportunity.officer_id == officer_id, Opportunity.status.in_(OPEN_ASKS))
        .group_by(Prospect.constituent_id),
    )
    tasks, moves, asks = ({one or 0: count for one, count in session.execute(each)} for each in counted)
    return {one: Belongings(tasks.get(one, 0), moves.get(one, 0), asks.get(one, 0)) for one in {*tasks, *moves, *asks}}


def pass_on(
    session: Session, before: Mapping[int, int], to: int, *, within: ChangeSet, all_tasks: bool = False
) -> int:  # fmt: skip
    """Gives what is about some constituents (id → the officer until now) to another officer; returns how many tasks.

    Of tasks those of plans that are for the officer or, with `all_tasks`, all. Private moves stay where they are. Asks
    change hands on the day of the act, whenever the charge began.
    """
    tasks = _tasks(session, before, all_tasks=all_tasks)
    refused = hand_over_many(session, tasks, Handover(to), within=within) if tasks else {}
    planned = select(Move).where(
        among(session, Move.constituent_id, sorted(before)),
        Move.officer_id.in_(set(before.values())),
        Move.state == PLANNED,
        Move.confidential_to.is_(None),
    )
    moves = session.scalars(planned.order_by(Move.id).with_for_update()).all()
    theirs = [move for move in moves if before[move.constituent_id] == move.officer_id]
    amend_many(session, theirs, within=within, officer_id=to)
    asks = _asks(session, before)
    on = local_date(within.at, organization(session).zone) if asks else date.min
    for row in asks:
        pass_on_opportunity(session, row.id, to, on=on, within=within)
    return len(tasks) - len(refused)


def _tasks(session: Session, before: Mapping[int, int], *, all_tasks: bool) -> Sequence[int]:
    theirs = select(Task.id, Task.constituent_id, Task.owner_id).where(
        among(session, Task.constituent_id, sorted(before)),
        Task.owner_id.in_(set(before.values())),
        Task.state.in_((OPEN, WAITING)),
    )
    if not all_tasks:
        theirs = theirs.join(Step, Step.id == Task.step_id).where(Step.owner_role == "officer")
    found = session.execute(theirs.order_by(Task.id))
    return [task_id for task_id, one, owner_id in found if before[one or 0] == owner_id]


def _asks(session: Session, before: Mapping[int, int]) -> Sequence[Opportunity]:
    wanted = (
        select(Opportunity, Prospect.constituent_id)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .where(among(session, Prospect.constituent_id, sorted(before)), Opportunity.status.in_(OPEN_ASKS))
        .where(Opportunity.officer_id.in_(set(before.values())))
        .order_by(Opportunity.id)
    )
    return [row for row, one in session.execute(wanted) if before[one] == row.officer_id]
