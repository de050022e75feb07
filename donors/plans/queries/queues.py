"""Reading of queues: places where tasks wait for whoever takes them first."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.plans.models import TaskQueue


def queues(session: Session) -> Sequence[TaskQueue]:
    """All queues by name."""
    return session.scalars(select(TaskQueue).order_by(TaskQueue.name)).all()
