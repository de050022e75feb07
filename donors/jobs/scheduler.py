"""The scheduler process: makes due runs, carries them out, empties the queues; any number of them, on any host.

One tick goes on as long as there is work, one part of a run and one batch of each queue in turn, so that a long night
holds no mail up. Between two parts it looks whether it is to stop.
"""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event

from donors.core.claims import database_now
from donors.core.clock import Clock
from donors.core.db import transaction
from donors.jobs.claim import work_one
from donors.jobs.job import Job, Means, PeriodicJob, QueueJob
from donors.jobs.lease import hold, release
from donors.jobs.materialize import materialize
from donors.jobs.queues import work_queue
from donors.jobs.ticker import start

LEADER = "scheduler"
"""The lease of the process that makes due runs; its `until` tells that a scheduler is alive."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """One scheduler process."""

    schedule: Sequence[Job]
    means: Means
    stop: Event
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    @property
    def periodic(self) -> dict[str, PeriodicJob]:
        """The jobs with periods, by name."""
        return {job.name: job for job in self.schedule if isinstance(job, PeriodicJob)}

    @property
    def queues(self) -> list[QueueJob]:
        """The queues."""
        return [job for job in self.schedule if isinstance(job, QueueJob)]


def tick(worker: Worker) -> int:
    """Makes what is due and works until nothing is left or the worker is to stop; returns how many turns had work."""
    turns = 0
    plan(worker)
    while not worker.stop.is_set() and turn(worker):
        turns += 1
        plan(worker)
    return turns


def plan(worker: Worker) -> None:
    """Makes the runs that are due, if this is the process whose turn that is."""
    with transaction() as session:
        if hold(session, LEADER, owner=worker.name) is not None:
            materialize(session, worker.periodic.values(), at=worker.means.clock())


def turn(worker: Worker) -> bool:
    """One part of one run and one batch of each queue. False: there was nothing to do."""
    worked = work_one(worker.periodic, clock=worker.means.clock)
    for queue in worker.queues:
        if worker.stop.is_set():
            break
        worked = work_queue(queue, worker.means) > 0 or worked
    return worked


def by_database_time(clock: Clock) -> Clock:
    """The clock, set right once by the database's: hosts whose clocks are wrong then agree on what is due."""
    with transaction() as session:
        ahead = clock() - database_now(session)
    if abs(ahead) < timedelta(seconds=1):
        return clock

    def corrected() -> datetime:
        return clock() - ahead

    return corrected


def run(worker: Worker, context: Callable[[], AbstractContextManager[object]]) -> None:
    """Ticks until `worker.stop` is set. `context` opens what the database needs around a tick."""

    def one_tick() -> None:
        try:
            with context():
                timed = replace(worker, means=replace(worker.means, clock=by_database_time(worker.means.clock)))
                tick(timed)
        except Exception:
            log.exception("this tick failed; the next one tries again")

    end = start(one_tick)
    log.info("scheduler %s started: %s", worker.name, ", ".join(job.name for job in worker.schedule))
    worker.stop.wait()
    end()
    with context(), transaction() as session:
        release(session, LEADER, owner=worker.name)
    log.info("scheduler %s stopped", worker.name)
