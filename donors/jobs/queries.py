"""Reading of runs, queues and leases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.jobs.decide import Waiting
from donors.jobs.job import Job, PeriodicJob
from donors.jobs.models import JobRun, Lease, QueueState
from donors.jobs.periods import Place, next_due

MINUTE, HOUR = 60, 3600
"""Seconds."""


def unfinished(session: Session) -> list[Waiting]:
    """All runs that are to be done."""
    columns = (
        JobRun.job,
        JobRun.period_key,
        JobRun.due_at,
        JobRun.next_try_at,
        JobRun.held_until,
        JobRun.attempts,
        JobRun.code_min,
    )
    rows = session.execute(select(*columns).where(JobRun.state == "todo").order_by(JobRun.due_at))
    return [Waiting(*found) for found in rows]


def newest_key(session: Session, job: str, *, until: str) -> str | None:
    """The last period key of a job that is not after `until`."""
    return session.scalar(select(func.max(JobRun.period_key)).where(JobRun.job == job, JobRun.period_key <= until))


def has_runs(session: Session, job: str) -> bool:
    """Whether there is any run of a job."""
    return session.scalar(select(JobRun.job).where(JobRun.job == job).limit(1)) is not None


def done_before(session: Session, job: str, on: date) -> date | None:
    """The date of the last run of a job before a date that was carried to its end."""
    earlier = (JobRun.job == job, JobRun.state == "done", JobRun.on < on)
    return session.scalar(select(func.max(JobRun.on)).where(*earlier))


def run_of(session: Session, job: str, period_key: str) -> JobRun | None:
    """One run."""
    return session.get(JobRun, (job, period_key))


def leader(session: Session, name: str) -> Lease | None:
    """Who holds a lease, or held it last."""
    return session.get(Lease, name)


def queue_state(session: Session, job: str) -> QueueState | None:
    """What a queue has done so far."""
    return session.get(QueueState, job)


def span(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.0f} h"


@dataclass(frozen=True)
class Seen:
    """One run as pages show it. `took` is in seconds from its first start to its end, waits included."""

    job: str
    period_key: str
    state: str
    parts: int
    attempts: int
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    took: float | None
    counts: tuple[tuple[str, int], ...]
    error: str

    @property
    def took_words(self) -> str:
        """How long it took, as people say it."""
        return "–" if self.took is None else span(self.took)

    @property
    def word(self) -> str:
        """The state in one word for people."""
        if self.state != "todo":
            return self.state
        if self.error:
            return "waiting to retry"
        return "waiting" if self.started_at is None else "running"


@dataclass(frozen=True)
class JobLine:
    """One job of the schedule with how it stands. `next_at` is none for queues."""

    name: str
    when: str
    missed: str
    why: str
    periodic: bool
    next_at: datetime | None
    last_success: datetime | None
    handled: int
    failures: int
    error: str
    open_runs: int
    failed_runs: int


def runs(session: Session, *, job: str | None = None, state: str | None = None, limit: int = 100) -> list[Seen]:
    """The newest runs, of one job or all, in one state or all."""
    wanted = select(JobRun).order_by(JobRun.due_at.desc(), JobRun.job).limit(limit)
    if job:
        wanted = wanted.where(JobRun.job == job)
    if state:
        wanted = wanted.where(JobRun.state == state)
    return [_seen(run) for run in session.scalars(wanted)]


def _seen(run: JobRun) -> Seen:
    took = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else None
    return Seen(
        job=run.job,
        period_key=run.period_key,
        state=run.state,
        parts=run.parts,
        attempts=run.attempts,
        due_at=run.due_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        took=took,
        counts=tuple(sorted((run.result or {}).items())),
        error=run.error,
    )


def job_lines(session: Session, schedule: Sequence[Job], *, at: datetime, place: Place) -> list[JobLine]:
    """All jobs in the order of the schedule."""
    last = {
        name: finished
        for name, finished in session.execute(
            select(JobRun.job, func.max(JobRun.finished_at)).where(JobRun.state == "done").group_by(JobRun.job)
        )
    }
    counted = select(JobRun.job, JobRun.state, func.count()).where(JobRun.state.in_(("todo", "failed")))
    numbers = {
        (name, state): number for name, state, number in session.execute(counted.group_by(JobRun.job, JobRun.state))
    }
    queues = {queue.job: queue for queue in session.scalars(select(QueueState))}
    return [
        _periodic_line(job, last.get(job.name), numbers, at=at, place=place)
        if isinstance(job, PeriodicJob)
        else _queue_line(job, queues.get(job.name))
        for job in schedule
    ]


def _periodic_line(
    job: PeriodicJob, last: datetime | None, numbers: dict[tuple[str, str], int], *, at: datetime, place: Place
) -> JobLine:
    return JobLine(
        name=job.name,
        when=str(job.when),
        missed=str(job.policy),
        why=job.why,
        periodic=True,
        next_at=next_due(job.when, after=at, place=place).at,
        last_success=last,
        handled=0,
        failures=0,
        error="",
        open_runs=numbers.get((job.name, "todo"), 0),
        failed_runs=numbers.get((job.name, "failed"), 0),
    )


def _queue_line(job: Job, state: QueueState | None) -> JobLine:
    return JobLine(
        name=job.name,
        when="all the time",
        missed="all that waits",
        why=job.why,
        periodic=False,
        next_at=None,
        last_success=state.worked_at if state else None,
        handled=state.handled if state else 0,
        failures=state.failures if state else 0,
        error=state.error if state else "",
        open_runs=0,
        failed_runs=0,
    )
