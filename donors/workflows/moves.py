"""Logging moves, with the tasks that they tick off."""

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.pipeline import move as writing
from donors.pipeline.models import Move
from donors.pipeline.move import Report
from donors.plans.task import Completion
from donors.workflows.tasks import complete_task


def log_move(
    session: Session, constituent_id: int, report: Report, *, within: ChangeSet, tasks: tuple[int, ...] = ()
) -> Move:
    """Writes a call report with its next move, and completes the tasks that it settles, all in one act.

    Raises NotFound, Conflict, Invalid, Blocked.
    """
    move = writing.log_move(session, constituent_id, report, within=within)
    for task_id in tasks:
        complete_task(session, task_id, Completion(report.made_on, outcome=report.outcome), within=within)
    return move
