"""Tables of the scheduler: runs of periodic jobs, leases, the state of queues. They belong to no change set."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base

RunState = Literal["todo", "done", "failed", "skipped"]


class JobRun(Base):
    """One period of one job. `on` is the period's local date; `cursor` is where the next part starts.

    `attempts` counts starts since the last part that succeeded; `held_until` keeps others away between a claim and its
    work (a hint: the row's lock decides); `code_min` is the oldest program that may take the run.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        Index(
            "ix_job_run_todo", "due_at", postgresql_where=text("state = 'todo'"), sqlite_where=text("state = 'todo'")
        ),
    )

    job: Mapped[str] = mapped_column(primary_key=True)
    period_key: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date]
    state: Mapped[str] = mapped_column(default="todo")
    cursor: Mapped[dict[str, Any] | None]
    parts: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    code_min: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(default="")


class Lease(Base):
    """Who does what one process does for all, until when by the database's clock. A new owner raises `epoch`."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    epoch: Mapped[int] = mapped_column(default=1)
    until: Mapped[datetime]


class QueueState(Base):
    """What a continuous job did last: how many rows in all, and how often it has failed since it last succeeded."""

    __tablename__ = "queue_state"

    job: Mapped[str] = mapped_column(primary_key=True)
    handled: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    worked_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
