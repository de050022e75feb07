"""Reading the tasks of one user: what is left to them, for whom they stand in, what waits in their queues."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.plans.models import OPEN, PAUSED, WAITING, QueueMember, RunningPlan, Task, TaskQueue
from donors.plans.queries.tasks import TaskLine, lines, read_lines


def left_between(session: Session, owner_id: int, first: date, last: date) -> list[int]:
    """The ids of a user's tasks that are open or wait and fall due from a day to a day, both included."""
    due = (Task.due_on >= first, Task.due_on <= last)
    mine = select(Task.id).where(Task.owner_id == owner_id, Task.state.in_((OPEN, WAITING)), *due)
    return list(session.scalars(mine.order_by(Task.id)))


def due_of(session: Session, owner_ids: Collection[int], *, on: date, sees: Sight, limit: int) -> list[TaskLine]:
    """The open tasks of some users that are due on a day or before, those due first on top; without paused plans."""
    due = (
        Task.owner_id.in_(owner_ids),
        Task.state == OPEN,
        Task.due_on <= on,
        RunningPlan.state.is_distinct_from(PAUSED),
    )
    return read_lines(session, lines(sees).where(*due).order_by(Task.due_on, Task.id).limit(limit))


def count_due(session: Session, owner_ids: Collection[int], *, on: date) -> dict[int, int]:
    """User → how many of their open tasks are due on a day or before; users without any are left out."""
    due = (Task.owner_id.in_(owner_ids), Task.state == OPEN, Task.due_on <= on)
    counted = select(Task.owner_id, func.count()).where(*due).group_by(Task.owner_id)
    return {owner_id: count for owner_id, count in session.execute(counted) if owner_id is not None}


def tasks_by_id(session: Session, ids: Collection[int], *, sees: Sight) -> list[TaskLine]:
    """Some tasks, as far as the viewer may see them, those due first on top."""
    return read_lines(session, lines(sees).where(Task.id.in_(ids)).order_by(Task.due_on, Task.id))


def in_queues(session: Session, user_id: int, *, sees: Sight, limit: int = 10) -> list[tuple[TaskLine, str]]:
    """Open tasks that nobody has taken, in the queues of a user, each with the queue's name; those due first on top."""
    queues = _queues(session, user_id)
    waiting = (Task.queue_id.in_(queues), Task.owner_id.is_(None), Task.state == OPEN)
    found = read_lines(session, lines(sees).where(*waiting).order_by(Task.due_on, Task.id).limit(limit))
    return [(line, queues[line.task.queue_id or 0]) for line in found]


def count_in_queues(session: Session, user_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """User → name of a queue → how many open tasks nobody has taken; queues that are empty are left out."""
    counted = (
        select(QueueMember.user_id, TaskQueue.name, func.count())
        .join(TaskQueue, TaskQueue.id == QueueMember.queue_id)
        .join(Task, Task.queue_id == TaskQueue.id)
        .where(QueueMember.user_id.in_(user_ids), Task.state == OPEN, Task.owner_id.is_(None))
        .group_by(QueueMember.user_id, TaskQueue.name)
        .order_by(QueueMember.user_id, TaskQueue.name)
    )
    found: dict[int, dict[str, int]] = {}
    for user_id, name, count in session.execute(counted):
        found.setdefault(user_id, {})[name] = count
    return found


def _queues(session: Session, user_id: int) -> dict[int, str]:
    own = select(TaskQueue.id, TaskQueue.name).join(QueueMember, QueueMember.queue_id == TaskQueue.id)
    return {row.id: row.name for row in session.execute(own.where(QueueMember.user_id == user_id))}


def blocked_by(session: Session, plan_ids: Collection[int]) -> dict[int, int]:
    """Plan → how many of its steps wait for others."""
    waiting = select(Task.plan_id, func.count()).where(Task.plan_id.in_(plan_ids), Task.state == WAITING)
    return {plan_id: count for plan_id, count in session.execute(waiting.group_by(Task.plan_id)) if plan_id}
