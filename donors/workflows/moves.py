"""Logging, correcting and removing moves, with the tasks that they tick off, the figures and levels that follow."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.assign import Because
from donors.pipeline import move as planning
from donors.pipeline import move_report as writing
from donors.pipeline.models import Move
from donors.pipeline.move_report import Report
from donors.plans.models import UNDONE, Task
from donors.plans.running.close import Completion
from donors.plans.terms import DECLINED, NO_ANSWER, REACHED
from donors.rollups.definition import Source
from donors.workflows.reaching import forget_move, keep_move, require_by_hand
from donors.workflows.refresh import refresh_because
from donors.workflows.tasks import complete_task, skip_task

CAUSE, OF_MOVES = "move", frozenset({Source.MOVES})
RESULTS = {
    "positive": REACHED,
    "reached": REACHED,
    "not_now": REACHED,
    "agreed": REACHED,
    "no_answer": NO_ANSWER,
    "declined": DECLINED,
}
"""How a move went → how the step that it was for ended. That somebody gave is known by a gift, not by a talk."""


def log_move(
    session: Session, constituent_id: int, report: Report, *, within: ChangeSet, on: date, tasks: tuple[int, ...] = ()
) -> Move:
    """Writes a call report with its next move, and completes the tasks that it settles, all in one act.

    Figures count moves that were made: planning one, dating it anew or dropping it changes none. `on` is today.
    Raises NotFound, Conflict, Invalid, Blocked.
    """
    if report.next_move is not None:
        require_by_hand(session, constituent_id, report.next_move, within=within)
    move = writing.log_move(session, constituent_id, report, within=within)
    keep_move(session, move, within=within)
    step = _step_of(session, move)
    how = Completion(report.made_on, outcome=report.outcome, result=RESULTS[report.outcome])
    for task_id in dict.fromkeys((*tasks, *(() if step is None else (step,)))):
        complete_task(session, task_id, how, within=within)
    refresh_because(session, {move.constituent_id}, because=Because(CAUSE, on), within=within, of=OF_MOVES)
    return move


def amend_move(
    session: Session, move_id: int, report: Report, *, within: ChangeSet, on: date, expect: int | None = None
) -> Move:
    """Corrects a call report. The ledger of contacts and the figures follow; tasks that it ticked off stay done.

    Raises NotFound, Conflict, Invalid, Blocked.
    """
    move = writing.amend_report(session, move_id, report, within=within, expect=expect)
    forget_move(session, move, within=within)
    keep_move(session, move, within=within)
    refresh_because(session, {move.constituent_id}, because=Because(CAUSE, on), within=within, of=OF_MOVES)
    return move


def remove_move(session: Session, move_id: int, *, within: ChangeSet, on: date, expect: int | None = None) -> None:
    """Takes a made move out, with its trace in the ledger of contacts. Raises NotFound, Conflict, Blocked."""
    move = writing.remove_report(session, move_id, within=within, expect=expect)
    forget_move(session, move, within=within)
    refresh_because(session, {move.constituent_id}, because=Because(CAUSE, on), within=within, of=OF_MOVES)


def drop_move(session: Session, move_id: int, *, reason: str, within: ChangeSet, on: date) -> Move:
    """Gives up a planned move; the step of a plan that it was for is skipped. Raises NotFound, Invalid, Blocked."""
    move = planning.drop_move(session, move_id, reason=reason, within=within)
    step = _step_of(session, move)
    if step is not None:
        skip_task(session, step, Completion(on, outcome=reason), within=within)
    return move


def _step_of(session: Session, move: Move) -> int | None:
    """The task of a plan that a move was for, as long as it has not ended."""
    if move.task_id is None:
        return None
    return session.scalar(select(Task.id).where(Task.id == move.task_id, Task.state.in_(UNDONE)))
