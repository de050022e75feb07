"""Reading the tasks of one user: what is left to them, and in which time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.plans.models import OPEN, WAITING, Task


def left_between(session: Session, owner_id: int, first: date, last: date) -> list[int]:
    """The ids of a user's tasks that are open or wait and fall due from a day to a day, both included."""
    due = (Task.due_on >= first, Task.due_on <= last)
    mine = select(Task.id).where(Task.owner_id == owner_id, Task.state.in_((OPEN, WAITING)), *due)
    return list(session.scalars(mine.order_by(Task.id)))
