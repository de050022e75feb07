"""A clock that stands still, and job bodies that leave a trace in a table of the tests' own."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from donors.core.clock import Clock
from donors.core.db import transaction
from donors.jobs.job import Body, PeriodicJob, Policy, Progress, Run, RunAll
from donors.jobs.materialize import materialize
from donors.jobs.models import JobRun
from donors.jobs.periods import Daily

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Moves the hands: `move(days=1)`."""
        self.at += timedelta(**by)


def make_trace() -> None:
    """Makes the table `trace`, which has no key: a doubled effect shows as a second row."""
    with transaction() as session:
        session.execute(text("CREATE TABLE trace (job TEXT, period TEXT, part BIGINT)"))


def leave(session: Session, job: str, period: str, part: int) -> None:
    """Leaves a trace."""
    values = {"job": job, "period": period, "part": part}
    session.execute(text("INSERT INTO trace VALUES (:job, :period, :part)"), values)


def trace() -> list[tuple[object, ...]]:
    """All traces in order."""
    with transaction() as session:
        found = session.execute(text("SELECT job, period, part FROM trace ORDER BY 1, 2, 3"))
        return [tuple(row) for row in found]


def in_parts(parts: int, *, before: Callable[[Run], None] = lambda _run: None) -> Body:
    """A body of so many parts, each of which leaves a trace; `before` is called ahead of each."""

    def body(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
        part = int((run.cursor or {}).get("part", 0))
        before(run)
        leave(session, run.job, run.period_key, part)
        return Progress({"part": part + 1} if part + 1 < parts else None, {"traces": 1})

    return body


def daily(name: str, body: Body, *, policy: Policy | None = None, after: tuple[str, ...] = ()) -> PeriodicJob:
    """A job at half past midnight."""
    return PeriodicJob(name, Daily(time(0, 30)), body, policy or RunAll(), why="for the tests", after=after)


def by_name(*jobs: PeriodicJob) -> dict[str, PeriodicJob]:
    """Jobs by name."""
    return {job.name: job for job in jobs}


def made(*jobs: PeriodicJob, at: datetime) -> int:
    """Makes the runs that are due."""
    with transaction() as session:
        return materialize(session, jobs, at=at)


def states(job: str) -> dict[str, str]:
    """Period key → state of all runs of a job."""
    with transaction() as session:
        found = session.query(JobRun).filter_by(job=job).order_by(JobRun.period_key)
        return {run.period_key: run.state for run in found}


def only_run(job: str, period_key: str) -> JobRun:
    """One run, detached."""
    with transaction() as session:
        run = session.get_one(JobRun, (job, period_key))
        session.expunge(run)
        return run
