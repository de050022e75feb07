"""APScheduler, reduced to what it is good at: calling a function every few seconds in a thread of its own.

It knows no calendar and stores nothing: when, what is missed and who does it stand in our own tables.
"""

from collections.abc import Callable
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from donors.core.clock import now

EVERY = 2
"""Seconds between two ticks, more or less: JITTER keeps processes from asking all at once."""
JITTER = 1


def start(tick: Callable[[], None]) -> Callable[[], None]:
    """Begins to tick, at once; returns what stops it, which waits for a tick that is under way."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_job(tick, IntervalTrigger(seconds=EVERY, jitter=JITTER, timezone=UTC), next_run_time=now())
    scheduler.start()

    def stop() -> None:
        scheduler.shutdown(wait=True)

    return stop
