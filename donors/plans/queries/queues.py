"""Reading queues: their members, and how much waits in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.errors import NotFound
from donors.plans.models import OPEN, QueueMember, Task, TaskQueue


def queues(session: Session) -> Sequence[TaskQueue]:
    """All queues by name."""
    return session.scalars(select(TaskQueue).order_by(TaskQueue.name)).all()


@dataclass(frozen=True)
class QueueLine:
    """A queue in a list: its members by id and name, and how many open tasks nobody has taken."""

    queue: TaskQueue
    members: dict[int, str]
    waiting: int


def queue_lines(session: Session) -> list[QueueLine]:
    """All queues by name, those in use first."""
    named = (
        select(QueueMember.queue_id, User.id, User.name)
        .join(User, User.id == QueueMember.user_id)
        .order_by(User.name, User.id)
    )
    members: dict[int, dict[int, str]] = {}
    for queue_id, user_id, name in session.execute(named):
        members.setdefault(queue_id, {})[user_id] = name
    untaken = select(Task.queue_id, func.count()).where(Task.state == OPEN, Task.owner_id.is_(None))
    counted = untaken.where(Task.queue_id.is_not(None)).group_by(Task.queue_id)
    waiting = {queue_id: count for queue_id, count in session.execute(counted)}
    found = session.scalars(select(TaskQueue).order_by(TaskQueue.is_active.desc(), TaskQueue.name))
    return [QueueLine(row, members.get(row.id, {}), waiting.get(row.id, 0)) for row in found]


def queue_line(session: Session, queue_id: int) -> QueueLine:
    """One queue. Raises NotFound."""
    found = next((line for line in queue_lines(session) if line.queue.id == queue_id), None)
    if found is None:
        raise NotFound("queue", queue_id)
    return found
