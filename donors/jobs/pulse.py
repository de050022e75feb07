"""The pulse of the house, for monitoring: does the scheduler live, how far is it behind, what waits for somebody?

A few small statements: it may be asked every few seconds. All of `health.py` is for people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.jobs.lag import waiting_since
from donors.jobs.models import JobRun, QueueState
from donors.jobs.queries import leader
from donors.jobs.scheduler import LEADER
from donors.mail.queries import outbox_line

SILENT_FOR = timedelta(minutes=1)
"""A scheduler that was not seen for longer does not run."""
LATE = timedelta(minutes=15)
"""Work that could have been done so long ago says that something is wrong."""
FAILURES = 3
"""So many failures in a row tell of more than a hiccup."""


@dataclass(frozen=True)
class Pulse:
    """`lag` maps jobs to the seconds for which their oldest work waits; `parked` counts runs that wait for somebody."""

    at: datetime
    seen: datetime | None
    lag: dict[str, int]
    failing: tuple[str, ...]
    parked: int
    dead_mails: int

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong, in sentences: somebody should be called."""
        return tuple(_troubles(self))

    @property
    def state(self) -> str:
        """`bad` (somebody should be called), `look` (it can wait for the morning) or `good`."""
        return "bad" if self.troubles else "look" if self.parked or self.dead_mails else "good"


def _troubles(pulse: Pulse) -> Iterator[str]:
    if pulse.seen is None or pulse.seen <= pulse.at - SILENT_FOR:
        yield "No scheduler runs."
    for job, seconds in pulse.lag.items():
        if seconds > LATE.total_seconds():
            yield f"The job {job} is {seconds // 60} minutes behind."
    yield from (f"The queue {job} fails again and again." for job in pulse.failing)


def pulse(session: Session, *, at: datetime) -> Pulse:
    """Feels the pulse."""
    lease = leader(session, LEADER)
    since = waiting_since(session, at=at)
    parked = select(func.count()).select_from(JobRun).where(JobRun.state == "failed")
    failing = select(QueueState.job).where(QueueState.failures >= FAILURES).order_by(QueueState.job)
    return Pulse(
        at=at,
        seen=lease.until if lease is not None else None,
        lag={job: int((at - then).total_seconds()) for job, then in sorted(since.items())},
        failing=tuple(session.scalars(failing)),
        parked=session.scalar(parked) or 0,
        dead_mails=outbox_line(session).dead,
    )
