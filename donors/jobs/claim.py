"""Taking a run and carrying out one part of it: claim, effect and advance in one transaction.

The attempt is counted and committed before the work, so that a run that kills its process is given up at last. The
work then locks the row and asks whether the attempt is still its own: a process that was stopped meanwhile finds that
it is not, and leaves. A crash releases the row by itself.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from donors.core.claims import changed, database_now
from donors.core.clock import Clock
from donors.core.db import transaction
from donors.core.retry import retried
from donors.jobs.decide import MOST_ATTEMPTS, eligible, wait_after
from donors.jobs.job import PeriodicJob, Progress, Run
from donors.jobs.models import JobRun
from donors.jobs.queries import done_before, unfinished

HOLD = timedelta(seconds=3)
"""How long others keep away between the count of an attempt and its work. Only a hint: the row's lock decides."""

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """The run was taken by another process, or the body rolled its own transaction back: nothing of it may stay."""


@dataclass(frozen=True)
class Ticket:
    """The right to carry out one part: it holds as long as nobody counts another attempt."""

    job: str
    period_key: str
    attempt: int


def work_one(jobs: Mapping[str, PeriodicJob], *, clock: Clock) -> bool:
    """Carries out one part of the run that has been due longest. False: there was nothing to do."""
    with transaction() as session:
        ticket = take(session, jobs, at=clock())
    if ticket is None:
        return False
    work(jobs[ticket.job], ticket, clock=clock)
    return True


def take(session: Session, jobs: Mapping[str, PeriodicJob], *, at: datetime) -> Ticket | None:
    """Counts an attempt for the next run that nobody else is at. Runs that were tried too often are failed."""
    now = database_now(session)
    for run in eligible(unfinished(session), jobs, at=at, database_at=now):
        ticket = Ticket(run.job, run.period_key, run.attempts)
        if _lock(session, ticket) is None:
            continue
        if run.attempts >= MOST_ATTEMPTS:
            _advance(session, ticket, state="failed", finished_at=at, error="It never came to its end.")
            continue
        return start(session, ticket, at=at)
    return None


def start(session: Session, ticket: Ticket, *, at: datetime) -> Ticket:
    """Counts one more attempt of a run that is locked, and returns the ticket for it."""
    held = database_now(session) + HOLD
    begun = func.coalesce(JobRun.started_at, at)
    _advance(session, ticket, attempts=ticket.attempt + 1, held_until=held, started_at=begun)
    return Ticket(ticket.job, ticket.period_key, ticket.attempt + 1)


def work(job: PeriodicJob, ticket: Ticket, *, clock: Clock) -> bool:
    """Carries out one part. False: the ticket no longer held, or the part failed, which is noted in the run."""
    try:
        return retried(lambda session: carry_out(session, job, ticket, clock=clock))
    except Exception as error:
        log.exception("job %s, period %s, attempt %s failed", ticket.job, ticket.period_key, ticket.attempt)
        with transaction() as session:
            _note_failure(session, ticket, f"{type(error).__name__}: {error}", at=clock())
        return False


def carry_out(session: Session, job: PeriodicJob, ticket: Ticket, *, clock: Clock) -> bool:
    """Locks the run, does the part, stores its cursor: all in the caller's transaction. False: not ours any more."""
    row = _lock(session, ticket)
    if row is None:
        return False
    on, result = row.on, dict(row.result or {})
    run = Run(row.job, row.period_key, row.cursor, row.parts, done_before(session, row.job, row.on))
    progress = job.body(session, run, on=on, clock=clock)
    session.flush()
    _advance(session, ticket, **_after(run, progress, result, at=clock()))
    return True


def _after(run: Run, progress: Progress, result: dict[str, int], *, at: datetime) -> dict[str, Any]:
    for name, count in progress.counts.items():
        result[name] = result.get(name, 0) + count
    finished = {"state": "done", "finished_at": at} if progress.cursor is None else {}
    return {
        "cursor": None if progress.cursor is None else dict(progress.cursor),
        "result": result,
        "parts": run.parts + 1,
        "attempts": 0,
        "held_until": None,
        "next_try_at": at,
        "error": "",
        **finished,
    }


def _lock(session: Session, ticket: Ticket) -> JobRun | None:
    """The run, locked; none when it is finished, locked by somebody, or was counted by somebody since."""
    return session.scalar(select(JobRun).where(*_holding(ticket)).with_for_update(skip_locked=True))


def _holding(ticket: Ticket) -> tuple[Any, ...]:
    return (
        JobRun.job == ticket.job,
        JobRun.period_key == ticket.period_key,
        JobRun.state == "todo",
        JobRun.attempts == ticket.attempt,
    )


def _advance(session: Session, ticket: Ticket, **values: Any) -> None:
    """Compare and set: raises Overtaken when the ticket does not hold."""
    if changed(session, update(JobRun).where(*_holding(ticket)).values(**values)) != 1:
        raise Overtaken(ticket)


def _note_failure(session: Session, ticket: Ticket, error: str, *, at: datetime) -> None:
    if _lock(session, ticket) is None:
        return
    values: dict[str, Any] = {"error": error[:2000], "held_until": None, "next_try_at": at + wait_after(ticket.attempt)}
    if ticket.attempt >= MOST_ATTEMPTS:
        values |= {"state": "failed", "finished_at": at}
    _advance(session, ticket, **values)
