"""Reading for reminders: who is to be told of which tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.plans.models import OPEN, Task


@dataclass(frozen=True)
class Reminder:
    """The tasks that became due for one user, each with its subject and date."""

    user_id: int
    name: str
    email: str
    tasks: tuple[tuple[str, date], ...]


def reminders(session: Session, *, on: date, after: int = 0, limit: int = 100) -> Sequence[Reminder]:
    """One for each user with tasks that were stamped on a day and are still open, by id, from the one `after`.

    Practice users and those who may not sign in are left out.
    """
    due = (Task.reminded_on == on, Task.state == OPEN)
    reached = (User.deactivated_at.is_(None), User.practice.is_(False))
    owners = (
        select(User.id)
        .where(User.id > after, *reached, select(Task.id).where(*due, Task.owner_id == User.id).exists())
        .order_by(User.id)
        .limit(limit)
    )
    ids = list(session.scalars(owners))
    found = session.execute(
        select(User.id, User.name, User.email, Task.subject, Task.due_on)
        .join(Task, Task.owner_id == User.id)
        .where(User.id.in_(ids), *due)
        .order_by(User.id, Task.due_on, Task.id)
    )
    grouped = groupby(found, key=lambda row: (row.id, row.name, row.email))
    return [Reminder(*user, tasks=tuple((row.subject, row.due_on) for row in rows)) for user, rows in grouped]
