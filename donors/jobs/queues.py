"""Continuous jobs: each empties a queue in batches; one that fails is left alone for a while, and its page says so."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import update

from donors.core.claims import changed, insert_new
from donors.core.db import transaction
from donors.jobs.job import Means, QueueJob
from donors.jobs.models import QueueState
from donors.jobs.queries import queue_state

LONGEST_WAIT = timedelta(minutes=5)

log = logging.getLogger(__name__)


def work_queue(job: QueueJob, means: Means) -> int:
    """Does one batch and returns how many it handled; 0 too when it failed or still waits after a failure."""
    if _waits(job, means.clock()):
        return 0
    try:
        handled = job.body(means)
    except Exception as error:
        log.exception("queue %s failed", job.name)
        _note_failure(job, f"{type(error).__name__}: {error}", at=means.clock())
        return 0
    if handled:
        _note_success(job, handled, at=means.clock())
    return handled


def _waits(job: QueueJob, at: datetime) -> bool:
    with transaction() as session:
        state = queue_state(session, job.name)
        return state is not None and state.next_try_at is not None and state.next_try_at > at


def _note_success(job: QueueJob, handled: int, *, at: datetime) -> None:
    values = {"worked_at": at, "failures": 0, "next_try_at": None, "error": ""}
    with transaction() as session:
        insert_new(session, QueueState, [{"job": job.name}])
        mine = update(QueueState).where(QueueState.job == job.name)
        changed(session, mine.values(handled=QueueState.handled + handled, **values))


def _note_failure(job: QueueJob, error: str, *, at: datetime) -> None:
    with transaction() as session:
        insert_new(session, QueueState, [{"job": job.name}])
        state = queue_state(session, job.name)
        if state is not None:
            wait = min(timedelta(seconds=2) * 2 ** min(state.failures, 12), LONGEST_WAIT)
            state.failures += 1
            state.next_try_at = at + wait
            state.error = error[:2000]
