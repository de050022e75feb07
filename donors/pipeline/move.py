"""Writing moves: plan, log with the next one in the same act, change the date, drop."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.decide import METHODS, OUTCOMES, is_substantive
from donors.pipeline.models import DROPPED, MADE, PLANNED, Move, Prospect


@dataclass(frozen=True)
class Plan:
    """A move to be made: what for, how, by when, by whom (none: nobody yet), for which step of a plan (none: none)."""

    purpose: str
    due_on: date
    method: str = ""
    officer_id: int | None = None
    task_id: int | None = None


@dataclass(frozen=True)
class Report:
    """A call report. `planned_id` is the planned move that this was; none: it came up by itself.

    `is_substantive` none: decided from method and outcome. `next_move` is planned in the same act.
    """

    made_on: date
    method: str
    outcome: str
    report: str = ""
    purpose: str = ""
    officer_id: int | None = None
    planned_id: int | None = None
    prospect_id: int | None = None
    is_substantive: bool | None = None
    confidential: bool = False
    next_move: Plan | None = None


def plan_move(
    session: Session,
    constituent_id: int,
    plan: Plan,
    *,
    within: ChangeSet,
    prospect_id: int | None = None,
    follows_id: int | None = None,
) -> Move:
    """Plans a move. Without a prospect it belongs to the constituent's only active one, if there is one.

    Raises NotFound, Invalid.
    """
    _check_constituent(session, constituent_id)
    if not plan.purpose.strip():
        raise Invalid("purpose", plan.purpose, "is empty", "Say what the move is for.")
    if plan.method and plan.method not in METHODS:
        raise Invalid("method", plan.method, "is not a way to make a move", "Choose one of the list.")
    move = Move(
        constituent_id=constituent_id,
        prospect_id=_prospect(session, constituent_id, prospect_id),
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


def log_move(session: Session, constituent_id: int, report: Report, *, within: ChangeSet) -> Move:
    """Writes a call report, and plans the next move with it. A planned move that it fulfils becomes the made one.

    Raises NotFound, Conflict, Invalid, Blocked (the planned move is not planned any more).
    """
    _check_constituent(session, constituent_id)
    _check(report, within)
    move = _made(session, constituent_id, report, within=within)
    if report.next_move is not None:
        plan_move(
            session,
            constituent_id,
            report.next_move,
            within=within,
            prospect_id=move.prospect_id,
            follows_id=move.id,
        )
    return move


def _made(session: Session, constituent_id: int, report: Report, *, within: ChangeSet) -> Move:
    officer_id = report.officer_id if report.officer_id is not None else within.by_id
    substantive = report.is_substantive
    values: dict[str, Any] = {
        "state": MADE,
        "method": report.method,
        "made_on": report.made_on,
        "outcome": report.outcome,
        "report": report.report.strip(),
        "officer_id": officer_id,
        "is_substantive": is_substantive(report.method, report.outcome) if substantive is None else substantive,
        "confidential_to": officer_id if report.confidential else None,
    }
    if report.planned_id is not None:
        planned = planned_move(session, report.planned_id, constituent_id)
        purpose = report.purpose.strip() or planned.purpose
        amend(session, planned, within=within, purpose=purpose, **values)
        return planned
    purpose = report.purpose.strip() or METHODS[report.method]
    prospect_id = _prospect(session, constituent_id, report.prospect_id)
    fresh = Move(
        constituent_id=constituent_id, prospect_id=prospect_id, purpose=purpose, recorded_at=within.at, **values
    )
    return insert(session, fresh, within=within)


def _check(report: Report, within: ChangeSet) -> None:
    if report.method not in METHODS:
        raise Invalid("method", report.method, "is not a way to make a move", "Choose one of the list.")
    if report.outcome not in OUTCOMES:
        raise Invalid("outcome", report.outcome, "is not an outcome", "Choose how it went.")
    if (report.made_on - within.at.date()).days > 1:
        raise Invalid("made_on", report.made_on, "lies in the future", "Plan the move instead.")


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


def _check_constituent(session: Session, constituent_id: int) -> None:
    constituent = session.get(Constituent, constituent_id)
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)


def _prospect(session: Session, constituent_id: int, prospect_id: int | None) -> int | None:
    """The prospect that a move belongs to. Raises NotFound for one of another constituent."""
    if prospect_id is not None:
        named = session.get(Prospect, prospect_id)
        if named is None or named.constituent_id != constituent_id:
            raise NotFound("prospect", prospect_id)
        return prospect_id
    active = select(Prospect.id).where(Prospect.constituent_id == constituent_id, Prospect.is_active).limit(2)
    found = session.scalars(active).all()
    return found[0] if len(found) == 1 else None
