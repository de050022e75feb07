"""How far jobs are behind: since when the oldest thing waits that each of them could have done."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donors.imports.models import BUSY, FileImport
from donors.jobs.models import JobRun
from donors.mail.models import WAITING, Outbox
from donors.plans.models import STARTING, RunningPlan
from donors.rollups.models import Dirty, Everybody, OwnerMark


def waiting_since(session: Session, *, at: datetime) -> dict[str, datetime]:
    """Job → since when its oldest work waits: a run that was due, the first row of a queue. Who is not behind lacks."""
    due = select(JobRun.job, func.min(JobRun.due_at)).where(JobRun.state == "todo", JobRun.due_at <= at)
    found = {name: since for name, since in session.execute(due.group_by(JobRun.job))}
    for name, oldest in _queues(at):
        since = session.scalar(oldest)
        if since is not None and since <= at:
            found[name] = min(since, found.get(name, since))
    return found


def _queues(at: datetime) -> Iterator[tuple[str, Select[Any]]]:
    yield "drain", select(func.min(Dirty.since))
    yield "drain", select(func.min(Everybody.since))
    yield "funds", select(func.min(OwnerMark.since))
    yield "plan_steps", select(func.min(RunningPlan.recorded_at)).where(RunningPlan.state == STARTING)
    yield "imports", select(func.min(FileImport.uploaded_at)).where(FileImport.state.in_(BUSY))
    yield "deliver", select(func.min(Outbox.next_try_at)).where(Outbox.state == WAITING, Outbox.next_try_at <= at)
