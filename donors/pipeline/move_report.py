"""Writing moves that were made: the call report with the next move, correcting it, taking it out."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.pipeline.decide import METHODS, OUTCOMES, READERS, TEAM, is_substantive
from donors.pipeline.models import MADE, Move
from donors.pipeline.move import Plan, check_constituent, plan_move, planned_move, prospect_of_move
from donors.pipeline.move_people import Present, set_present

LONGEST = 24 * 60
"""Minutes of one move: a day."""


@dataclass(frozen=True)
class Report:
    """A call report. `planned_id` is the planned move that this was; none: it came up by itself.

    `is_substantive` none: decided from method and outcome. `minutes` is the time that it took, with its preparation.
    `readers` is a code of `decide.READERS`. `next_move` is planned in the same act.
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
    is_background: bool = False
    minutes: int | None = None
    present: tuple[Present, ...] = ()
    readers: str = ""
    next_move: Plan | None = None


def log_move(session: Session, constituent_id: int, report: Report, *, within: ChangeSet) -> Move:
    """Writes a call report, and plans the next move with it. A planned move that it fulfils becomes the made one.

    Raises NotFound, Conflict, Invalid, Blocked (the planned move is not planned any more).
    """
    check_constituent(session, constituent_id)
    _check(report, within)
    move = _made(session, constituent_id, report, within=within)
    set_present(session, move, report.present, within=within)
    following = report.next_move
    if following is not None:
        plan = replace(following, prospect_id=following.prospect_id or move.prospect_id)
        plan_move(session, constituent_id, plan, within=within, follows_id=move.id)
    return move


def amend_report(
    session: Session, move_id: int, report: Report, *, within: ChangeSet, expect: int | None = None
) -> Move:
    """Corrects a call report: everything that it says, not whose it is nor what was planned.

    Raises NotFound, Conflict, Invalid, Blocked (the move was not made).
    """
    _check(report, within)
    move = made_move(session, move_id)
    values = _values(report, move.officer_id or within.by_id) | {
        "purpose": report.purpose.strip() or METHODS[report.method],
        "prospect_id": prospect_of_move(session, move.constituent_id, report.prospect_id or move.prospect_id),
    }
    if report.readers and move.confidential_to is not None:
        values["confidential_to"] = move.confidential_to
    amend(session, move, within=within, expect=expect, **values)
    set_present(session, move, report.present, within=within)
    return move


def remove_report(session: Session, move_id: int, *, within: ChangeSet, expect: int | None = None) -> Move:
    """Takes a made move out, with who was present; a move that was planned in it stays. Undo brings all of it back.

    Raises NotFound, Conflict, Blocked (the move was not made).
    """
    move = made_move(session, move_id)
    if expect is not None and expect != move.version:
        raise Conflict("move", {"version": move.version}, {})
    set_present(session, move, (), within=within)
    for following in session.scalars(select(Move).where(Move.follows_id == move_id).with_for_update()):
        amend(session, following, within=within, follows_id=None)
    remove(session, move, within=within)
    return move


def made_move(session: Session, move_id: int) -> Move:
    """A made move, locked. Raises NotFound, Blocked."""
    move = session.get(Move, move_id, with_for_update=True)
    if move is None:
        raise NotFound("move", move_id)
    if move.state != MADE:
        raise Blocked("The call report was not changed", (f"The move is {move.state}: it has none.",))
    return move


def _made(session: Session, constituent_id: int, report: Report, *, within: ChangeSet) -> Move:
    officer_id = report.officer_id if report.officer_id is not None else within.by_id
    values = _values(report, officer_id) | {"officer_id": officer_id}
    if report.planned_id is not None:
        planned = planned_move(session, report.planned_id, constituent_id)
        purpose = report.purpose.strip() or planned.purpose
        amend(session, planned, within=within, purpose=purpose, **values)
        return planned
    fresh = Move(
        constituent_id=constituent_id,
        prospect_id=prospect_of_move(session, constituent_id, report.prospect_id),
        purpose=report.purpose.strip() or METHODS[report.method],
        recorded_at=within.at,
        **values,
    )
    return insert(session, fresh, within=within)


def _values(report: Report, officer_id: int | None) -> dict[str, Any]:
    decided = is_substantive(report.method, report.outcome, background=report.is_background)
    return {
        "state": MADE,
        "method": report.method,
        "made_on": report.made_on,
        "outcome": report.outcome,
        "report": report.report.strip(),
        "is_substantive": decided if report.is_substantive is None else report.is_substantive,
        "is_background": report.is_background,
        "minutes": report.minutes,
        "confidential_to": officer_id if report.readers else None,
        "is_for_team": report.readers == TEAM,
    }


def _check(report: Report, within: ChangeSet) -> None:
    if report.method not in METHODS:
        raise Invalid("method", report.method, "is not a way to make a move", "Choose one of the list.")
    if report.outcome not in OUTCOMES:
        raise Invalid("outcome", report.outcome, "is not an outcome", "Choose how it went.")
    if report.readers not in READERS:
        raise Invalid("readers", report.readers, "is not a choice of readers", "Choose one of the list.")
    if (report.made_on - within.at.date()).days > 1:
        raise Invalid("made_on", report.made_on, "lies in the future", "Plan the move instead.")
    if report.minutes is not None and not 0 < report.minutes <= LONGEST:
        raise Invalid("minutes", report.minutes, "is not the time of one move", "Write at most a day.")
    if report.is_background and report.is_substantive:
        raise Invalid("is_substantive", True, "cannot be true of a background move", "Choose one of the two.")
