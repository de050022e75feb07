"""Pure rules of the scheduler: which run may be taken, how long to wait after a failure, what to skip."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from donors.jobs.job import CODE, MaxAge, PeriodicJob, Policy, RunLatest
from donors.jobs.periods import Due

MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True)
class Waiting:
    """A run that is not finished."""

    job: str
    period_key: str
    due_at: datetime
    next_try_at: datetime
    held_until: datetime | None
    attempts: int
    code_min: int


def eligible(
    waiting: Sequence[Waiting], jobs: Mapping[str, PeriodicJob], *, at: datetime, database_at: datetime
) -> list[Waiting]:
    """The runs that may be taken now, longest due first: the oldest of each job, whose `after` jobs are not behind."""
    oldest = {run.job: run for run in sorted(waiting, key=lambda run: (run.due_at, run.period_key), reverse=True)}
    ready = [
        run
        for run in oldest.values()
        if run.job in jobs
        and run.code_min <= CODE
        and run.next_try_at <= at
        and (run.held_until is None or run.held_until <= database_at)
        and not _behind(run, oldest, jobs[run.job].after)
    ]
    return sorted(ready, key=lambda run: (run.due_at, list(jobs).index(run.job)))


def _behind(run: Waiting, oldest: Mapping[str, Waiting], after: Iterable[str]) -> bool:
    return any(name in oldest and oldest[name].due_at <= run.due_at for name in after)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure in a row (from 1): half a minute, then twice as long each time."""
    doubled: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return doubled


def skipped(missing: Sequence[Due], policy: Policy, *, at: datetime) -> frozenset[str]:
    """The keys among the missing periods, oldest first, that the policy leaves out."""
    if isinstance(policy, RunLatest):
        return frozenset(due.key for due in missing[:-1])
    if isinstance(policy, MaxAge):
        return frozenset(due.key for due in missing if due.at < at - policy.age)
    return frozenset()
