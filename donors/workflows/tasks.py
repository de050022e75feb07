"""Ending tasks. What a completion brings about in other parts is called from here."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.plans.models import Task
from donors.plans.running import close as writing
from donors.plans.running.close import Completion
from donors.workflows.reaching import keep_steps
from donors.workflows.step_ends import let_go


def complete_task(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Marks a task done, and frees or passes over the steps after it. Raises NotFound, Conflict, Blocked, Invalid."""
    task = writing.complete(session, task_id, how, within=within)
    _after(session, {task.id}, how, within=within, skipped=False)
    return task


def skip_task(session: Session, task_id: int, how: Completion, *, within: ChangeSet) -> Task:
    """Skips a task with a reason; the steps after it go on. Raises NotFound, Conflict, Blocked."""
    task = writing.skip(session, task_id, how, within=within)
    _after(session, {task.id}, how, within=within, skipped=True)
    return task


def close_tasks(
    session: Session, task_ids: Sequence[int], how: Completion, *, within: ChangeSet, skipped: bool = False
) -> dict[int, str]:
    """Marks many tasks done, or skips them; returns task → why not, for those that were left as they are."""
    refused = writing.close_many(session, task_ids, how, within=within, skipped=skipped)
    _after(session, set(task_ids) - set(refused), how, within=within, skipped=skipped)
    return refused


def _after(session: Session, ended: Collection[int], how: Completion, *, within: ChangeSet, skipped: bool) -> None:
    """Gives up mails and moves that waited for steps which ended by hand; calls and letters that were made count."""
    let_go(session, ended, reason=how.outcome if skipped else "The step was completed by hand.", within=within)
    if not skipped:
        keep_steps(session, ended, result=how.result, on=how.on, within=within)
