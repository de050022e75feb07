"""Writing moves that are to be made: plan, change the date, drop. `move_report.py` writes those that were made."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import refuse_frozen
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.decide import METHODS
from donors.pipeline.models import DROPPED, PLANNED, Move, Prospect


@dataclass(frozen=True)
class Plan:
    """A move to be made: what for, how, by when, by whom (none: nobody yet), for which step of a plan (none: none).

    `prospect_id` says for which of several pipelines in which somebody stands; none is needed where it is one.
    """

    purpose: str
    due_on: date
    method: str = ""
    officer_id: int | None = None
    task_id: int | None = None
    prospect_id: int | None = None


def plan_move(
    session: Session, constituent_id: int, plan: Plan, *, within: ChangeSet, follows_id: int | None = None
) -> Move:
    """Plans a move. Without a prospect it belongs to the constituent's only active one, if there is one.

    Raises NotFound, Invalid, Blocked.
    """
    check_constituent(session, constituent_id)
    if not plan.purpose.strip():
        raise Invalid("purpose", plan.purpose, "is empty", "Say what the move is for.")
    if plan.method and plan.method not in METHODS:
        raise Invalid("method", plan.method, "is not a way to make a move", "Choose one of the list.")
    move = Move(
        constituent_id=constituent_id,
        prospect_id=prospect_of_move(session, constituent_id, plan.prospect_id),
        officer_id=plan.officer_id if plan.officer_id is not None else within.by_id,
        state=PLANNED,
        purpose=plan.purpose.strip(),
        method=plan.method,
        due_on=plan.due_on,
        follows_id=follows_id,
        task_id=plan.task_id,
        recorded_at=within.at,
    )
    return insert(session, move, within=within)


def re_date_move(session: Session, move_id: int, due_on: date, *, within: ChangeSet, expect: int | None = None) -> Move:
    """Sets another date for a planned move. Raises NotFound, Conflict, Blocked."""
    move = planned_move(session, move_id)
    amend(session, move, within=within, expect=expect, due_on=due_on)
    return move


def drop_move(session: Session, move_id: int, *, reason: str, within: ChangeSet, expect: int | None = None) -> Move:
    """Gives up a planned move, with the reason. Raises NotFound, Conflict, Invalid, Blocked."""
    if not reason.strip():
        raise Invalid("reason", reason, "is empty", "Say why the move is not made.")
    move = planned_move(session, move_id)
    amend(session, move, within=within, expect=expect, state=DROPPED, report=reason.strip())
    return move


def planned_move(session: Session, move_id: int, constituent_id: int | None = None) -> Move:
    """A planned move, locked. Raises NotFound (also when it is of another constituent), Blocked."""
    move = session.get(Move, move_id, with_for_update=True)
    if move is None or constituent_id not in (None, move.constituent_id):
        raise NotFound("move", move_id)
    if move.state != PLANNED:
        raise Blocked("The move was not changed", (f"It was {move.state} already.",))
    return move


def check_constituent(session: Session, constituent_id: int) -> None:
    """Raises NotFound for a constituent that is not there, or not any more; Blocked for a record that is frozen."""
    constituent = session.get(Constituent, constituent_id)
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)
    refuse_frozen(constituent)


def prospect_of_move(session: Session, constituent_id: int, prospect_id: int | None) -> int | None:
    """The prospect that a move belongs to. Raises NotFound for one of another constituent."""
    if prospect_id is not None:
        named = session.get(Prospect, prospect_id)
        if named is None or named.constituent_id != constituent_id:
            raise NotFound("prospect", prospect_id)
        return prospect_id
    active = select(Prospect.id).where(Prospect.constituent_id == constituent_id, Prospect.is_active).limit(2)
    found = session.scalars(active).all()
    return found[0] if len(found) == 1 else None
