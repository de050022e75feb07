"""The schedule: job, when, what is done about missed periods, and why. One table, read from top to bottom.

Times are the organization's local times.
"""

from datetime import time

from donors.jobs.job import Job, PeriodicJob, QueueJob, RunLatest
from donors.jobs.periods import Monthly
from donors.jobs.runs import deliver_mail, prune

SCHEDULE: tuple[Job, ...] = (
    QueueJob(
        "deliver",
        deliver_mail,
        why="Mail leaves after the act that caused it has been committed, and is tried again when the server is away.",
    ),
    PeriodicJob(
        "prune",
        Monthly(day=1, at=time(3, 30)),
        prune,
        RunLatest(),
        why="Finished runs and sent mails older than 90 days would only slow the tables down.",
    ),
)


def job_named(name: str) -> Job | None:
    """The job with a name."""
    return next((job for job in SCHEDULE if job.name == name), None)
