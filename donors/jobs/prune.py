"""Removal of runs that are long finished."""

from datetime import datetime

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from donors.core.claims import changed
from donors.jobs.models import JobRun


def prune_runs(session: Session, *, before: datetime, limit: int) -> int:
    """Removes runs that ended before an instant, at most so many; the newest of each job and what it last did stay."""
    later = aliased(JobRun)
    newest = select(func.max(later.period_key)).where(later.job == JobRun.job).scalar_subquery()
    last_done = (
        select(func.max(later.period_key)).where(later.job == JobRun.job, later.state == "done").scalar_subquery()
    )
    old = (
        select(JobRun.job, JobRun.period_key)
        .where(JobRun.state != "todo", JobRun.finished_at < before, JobRun.period_key < newest)
        .where(JobRun.period_key != func.coalesce(last_done, ""))
        .limit(limit)
    )
    keys = [tuple(found) for found in session.execute(old)]
    return changed(session, delete(JobRun).where(tuple_(JobRun.job, JobRun.period_key).in_(keys))) if keys else 0
