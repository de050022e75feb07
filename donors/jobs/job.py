"""What a job is: its name, when it runs, what it does, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from donors.core.changes import Act
from donors.core.clock import Clock
from donors.jobs.periods import Period
from donors.mail.deliver import Courier

CODE = 1
"""Raised when older programs must leave new runs alone; runs carry it as `code_min`."""


@dataclass(frozen=True)
class Run:
    """What a periodic job is told of its run.

    `cursor` is what its last part returned (none: the first part), `parts` how many parts are done, `since` the date
    of the last run of this job that was carried to its end before this one (none: there is none).
    """

    job: str
    period_key: str
    cursor: Mapping[str, Any] | None
    parts: int
    since: date | None

    def act(self, at: datetime) -> Act:
        """Who acts when this part writes: nobody, through a job, under a key of the part's own."""
        return Act(by=None, at=at, through="job", request_key=f"job/{self.job}/{self.period_key}/{self.parts}")


@dataclass(frozen=True)
class Progress:
    """What one part did: where the next one starts (none: all is done), and counts that are added up in the run."""

    cursor: Mapping[str, Any] | None
    counts: Mapping[str, int] = field(default_factory=dict)


class Body(Protocol):
    """One part of a run, one to two seconds at most. Writes by the session alone and never commits.

    The cursor that it returns is stored in the same transaction. `on` is the period's date, not necessarily today's.
    """

    def __call__(self, session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
        """Does one part."""


@dataclass(frozen=True)
class RunAll:
    """Every missed period is carried out, oldest first."""

    def __str__(self) -> str:
        return "every missed one"


@dataclass(frozen=True)
class RunLatest:
    """Of several missed periods the last one is carried out, the others are skipped."""

    def __str__(self) -> str:
        return "the latest only"


@dataclass(frozen=True)
class MaxAge:
    """Missed periods are carried out unless they have been due for longer than this."""

    age: timedelta

    def __str__(self) -> str:
        return f"those of the last {self.age.days} days"


Policy = RunAll | RunLatest | MaxAge


@dataclass(frozen=True)
class PeriodicJob:
    """A job with one run for each period. Waits for runs of the jobs in `after` that were due no later."""

    name: str
    when: Period
    body: Body
    policy: Policy
    why: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Means:
    """What a queue works with: the clock, and the way mail leaves (none: no mail server is set)."""

    clock: Clock
    courier: Courier | None = None


@dataclass(frozen=True)
class QueueJob:
    """A job that empties a queue: `body` does one batch in transactions of its own and returns how many it handled."""

    name: str
    body: Callable[[Means], int]
    why: str


Job = PeriodicJob | QueueJob
