"""Ending tasks. What a completion brings about in other parts is called from here."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.mail.steer import give_up_held
from donors.plans import close as writing
from donors.plans.close import Completion
from donors.plans.models import Task
from donors.workflows.plan_moves import drop_moves_of


def complete_task(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Marks a task done, and frees or passes over the steps after it. Raises NotFound, Conflict, Blocked, Invalid."""
    give_up_held(session, task_id, reason="The step was completed by hand.", within=within)
    task = writing.complete(session, task_id, how, within=within)
    drop_moves_of(session, [task.id], reason="done otherwise", within=within)
    return task


def skip_task(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Skips a task with a reason; the steps after it go on. Raises NotFound, Conflict, Blocked."""
    give_up_held(session, task_id, reason="The step was skipped.", within=within)
    task = writing.skip(session, task_id, how, within=within)
    drop_moves_of(session, [task.id], reason=how.outcome, within=within)
    return task


def close_tasks(
    session: Session, task_ids: Sequence[int], how: Completion, *, within: ChangeSet, skipped: bool = False
) -> dict[int, str]:
    """Marks many tasks done, or skips them; returns task → why not, for those that were left as they are."""
    refused = writing.close_many(session, task_ids, how, within=within, skipped=skipped)
    ended = set(task_ids) - set(refused)
    drop_moves_of(session, ended, reason=how.outcome if skipped else "done otherwise", within=within)
    return refused
