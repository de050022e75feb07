"""Makes the runs of all periods that are due and have none yet: catching up after a stop is the same loop."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.core.claims import changed, insert_new
from donors.core.settings import organization
from donors.jobs.decide import skipped
from donors.jobs.job import CODE, PeriodicJob, RunLatest
from donors.jobs.models import JobRun
from donors.jobs.periods import Due, Place, due_after, latest
from donors.jobs.queries import has_runs, newest_key

BATCH = 500


def materialize(session: Session, jobs: Iterable[PeriodicJob], *, at: datetime) -> int:
    """Inserts the missing runs and returns their number. Any number of processes may do it at the same time."""
    here = place(session)
    return sum(_materialize(session, job, at=at, here=here) for job in jobs)


def place(session: Session) -> Place:
    """Where the organization is, by its settings of this moment."""
    settings = organization(session)
    return Place(settings.zone, settings.fiscal)


def _materialize(session: Session, job: PeriodicJob, *, at: datetime, here: Place) -> int:
    newest = job.when.due(latest(job.when, until=at, place=here), here)
    known = newest_key(session, job.name, until=newest.key)
    if known is None and has_runs(session, job.name):
        return 0  # the clock or the zone went back: these periods are older than the first run
    missing = due_after(job.when, known, until=at, place=here)
    if not missing:
        return 0
    left_out = skipped(missing, job.policy, at=at)
    rows = [row(job, due, at=at, skip=due.key in left_out) for due in missing]
    if isinstance(job.policy, RunLatest):
        _skip_older(session, job.name, than=newest, at=at)
    return sum(insert_new(session, JobRun, rows[start : start + BATCH]) for start in range(0, len(rows), BATCH))


def row(job: PeriodicJob, due: Due, *, at: datetime, skip: bool = False) -> dict[str, object]:
    """The columns of a new run."""
    return {
        "job": job.name,
        "period_key": due.key,
        "on": due.on,
        "state": "skipped" if skip else "todo",
        "code_min": CODE,
        "due_at": due.at,
        "next_try_at": due.at,
        "created_at": at,
        "finished_at": at if skip else None,
        "error": "a later run stands for it" if skip else "",
    }


def _skip_older(session: Session, job: str, *, than: Due, at: datetime) -> None:
    """Skips runs that nobody has begun; one that is being worked on, or was begun, goes on to its end."""
    begun = JobRun.started_at.is_not(None)
    older = (
        select(JobRun.period_key)
        .where(JobRun.job == job, JobRun.state == "todo", JobRun.period_key < than.key, ~begun)
        .with_for_update(skip_locked=True)
    )
    keys = list(session.scalars(older))
    values = {"state": "skipped", "finished_at": at, "error": "a later run stands for it"}
    changed(session, update(JobRun).where(JobRun.job == job, JobRun.period_key.in_(keys)).values(values))
