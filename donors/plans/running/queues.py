"""Queues: where tasks wait for whoever of its members takes them first."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.models import CLOSED, QueueMember, Task, TaskQueue


def add_queue(session: Session, name: str, *, within: ChangeSet) -> TaskQueue:
    """Makes a queue. Raises Invalid (name)."""
    return insert(session, TaskQueue(name=_checked(session, name, but=0)), within=within)


def change_queue(
    session: Session, queue: TaskQueue, *, name: str, active: bool, expect: int | None, within: ChangeSet
) -> None:
    """Another name, and whether steps of plans may still choose it. Raises Invalid (name), Conflict."""
    named = _checked(session, name, but=queue.id)
    amend(session, queue, within=within, expect=expect, name=named, is_active=active)


def _checked(session: Session, name: str, *, but: int) -> str:
    bare = " ".join(name.split())
    if not bare:
        raise Invalid("name", name, "is empty", "Give the queue a name.")
    if session.scalar(select(TaskQueue.id).where(TaskQueue.name == bare, TaskQueue.id != but)) is not None:
        raise Invalid("name", bare, "is the name of another queue", "Choose another one.")
    return bare


def set_members(session: Session, queue_id: int, user_ids: Collection[int], *, within: ChangeSet) -> None:
    """Makes these users the members of a queue, and nobody else. Users who are not there fall away."""
    known = set(session.scalars(select(User.id).where(User.id.in_(user_ids))))
    members = {row.user_id: row for row in session.scalars(select(QueueMember).where(QueueMember.queue_id == queue_id))}
    for user_id in sorted(set(members) - known):
        remove(session, members[user_id], within=within)
    for user_id in sorted(known - set(members)):
        insert(session, QueueMember(queue_id=queue_id, user_id=user_id), within=within)


def take(session: Session, task_id: int, *, by: int, within: ChangeSet) -> Task:
    """Gives a task that waits in a queue to a member. Raises NotFound (for others too), Blocked (too late)."""
    task = session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.queue_id is None or not _is_member(session, task.queue_id, by):
        raise NotFound("task", task_id)
    if task.state in CLOSED:
        raise Blocked("The task was not taken", (f"It is {task.state}.",))
    if task.owner_id not in (None, by):
        raise Blocked("The task was not taken", ("Somebody else has taken it in the meantime.",))
    amend(session, task, within=within, owner_id=by, reminded_on=None)
    return task


def _is_member(session: Session, queue_id: int, user_id: int) -> bool:
    found = select(QueueMember.id).where(QueueMember.queue_id == queue_id, QueueMember.user_id == user_id)
    return session.scalar(found) is not None
