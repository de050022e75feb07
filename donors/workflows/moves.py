"""Logging moves, with the tasks that they tick off, and the figures and levels that follow."""

from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.assign import Because
from donors.pipeline import move as writing
from donors.pipeline.models import Move
from donors.pipeline.move import Report
from donors.plans.close import Completion
from donors.rollups.definition import Source
from donors.workflows.reaching import keep_move, require_by_hand
from donors.workflows.refresh import refresh_because
from donors.workflows.tasks import complete_task

CAUSE, OF_MOVES = "move", frozenset({Source.MOVES})


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
    for task_id in tasks:
        complete_task(session, task_id, Completion(report.made_on, outcome=report.outcome), within=within)
    refresh_because(session, {move.constituent_id}, because=Because(CAUSE, on), within=within, of=OF_MOVES)
    return move
