"""Reminders: the day on which a task that is due was put before its owner."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.core.bulk import spelled
from donors.core.claims import changed
from donors.plans.models import OPEN, Task


def remind(session: Session, *, on: date, limit: int = 500) -> int:
    """Stamps open tasks that are due on the day or before and were not reminded of yet; returns how many.

    The stamp says when the program spoke, not what anybody recorded: it has no before-image and leaves the version.
    A row that another process holds is left to it.
    """
    due = (
        select(Task.id)
        .where(Task.state == spelled(OPEN), Task.reminds, Task.reminded_on.is_(None), Task.due_on <= on)
        .order_by(Task.due_on, Task.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    return changed(session, update(Task).where(Task.id.in_(ids)).values(reminded_on=on)) if ids else 0
