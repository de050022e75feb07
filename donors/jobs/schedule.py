"""The schedule: job, when, what is done about missed periods, and why. One table, read from top to bottom.

Times are the organization's local times.
"""

from datetime import time

from donors.jobs.job import Job, PeriodicJob, QueueJob, RunLatest
from donors.jobs.periods import Daily, Monthly
from donors.jobs.runs import deliver_mail, plan_steps, prune, remind_owners

SCHEDULE: tuple[Job, ...] = (
    QueueJob(
        "plan_steps",
        plan_steps,
        why="Plans started for many people at once get their tasks here, a hundred at a time, each exactly once.",
    ),
    QueueJob(
        "deliver",
        deliver_mail,
        why="Mail leaves after the act that caused it has been committed, and is tried again when the server is away.",
    ),
    PeriodicJob(
        "reminders",
        Daily(time(6)),
        remind_owners,
        RunLatest(),
        why="Whoever owns tasks that became due hears of them once, in the morning; a missed morning is not repeated.",
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
