"""The schedule: job, when, what is done about missed periods, and why. One table, read from top to bottom.

Times are the organization's local times.
"""

from datetime import time

from donors.jobs.job import Job, PeriodicJob, QueueJob, RunLatest
from donors.jobs.periods import Daily, Monthly
from donors.jobs.runs import (
    act,
    deliver_mail,
    drain_dirty,
    go_on_with_imports,
    hand_up_leads,
    levels,
    look_for_duplicates,
    mail_reports,
    match,
    plan_steps,
    prune,
    refresh,
    refresh_funds,
    remind_owners,
    start_plans,
    tell_of_levels,
    verify,
)

VERIFY = PeriodicJob(
    "verify",
    Monthly(day=1, at=time(4)),
    verify,
    RunLatest(),
    why="Stored figures must equal the facts. This computes them all again and keeps every difference as a fault.",
    after=("refresh",),
)
"""The job that pages may ask for at any time."""

SCHEDULE: tuple[Job, ...] = (
    QueueJob(
        "drain",
        drain_dirty,
        why="A change that touches more than 500 people leaves their figures and levels to this queue.",
    ),
    QueueJob(
        "funds",
        refresh_funds,
        why="No gift waits for the figures of its fund, its campaign or a portfolio: they follow here within moments.",
    ),
    QueueJob(
        "plan_steps",
        plan_steps,
        why="Plans started for many people at once get their tasks here, some hundreds at a time, each exactly once.",
    ),
    QueueJob(
        "plan_acts",
        act,
        why="Mails, notes, moves, stages and waits of plans are carried out on their day, what was missed in order.",
    ),
    QueueJob(
        "imports",
        go_on_with_imports,
        why="A file is checked and written in parts of some thousand rows; one that was killed goes on here.",
    ),
    QueueJob(
        "deliver",
        deliver_mail,
        why="Mail leaves after the act that caused it has been committed, and is tried again when the server is away.",
    ),
    QueueJob(
        "late_leads",
        hand_up_leads,
        why="Who asked for something and hears nothing goes elsewhere: a lead past its hour is somebody else’s, once.",
    ),
    PeriodicJob(
        "refresh",
        Daily(time(0, 30)),
        refresh,
        RunLatest(),
        why="“Last 365 days” and “this year” change by time alone; those whom they changed for are computed anew.",
    ),
    PeriodicJob(
        "levels",
        Daily(time(0, 30)),
        levels,
        RunLatest(),
        why="Levels follow figures as they change; once a night everybody is looked at, also after changes of rules.",
        after=("refresh",),
    ),
    PeriodicJob(
        "starts",
        Daily(time(1)),
        start_plans,
        RunLatest(),
        why="No act brings it about that somebody stops giving: the night finds it, and whatever was not seen by day.",
        after=("levels",),
    ),
    PeriodicJob(
        "duplicates",
        Daily(time(2)),
        look_for_duplicates,
        RunLatest(),
        why="What was entered by day is held against everybody at night; once a week everybody against everybody.",
    ),
    QueueJob(
        "matching",
        match,
        why="The search itself reads a snapshot and locks nothing; only what it found is written, in short steps.",
    ),
    PeriodicJob(
        "reminders",
        Daily(time(6)),
        remind_owners,
        RunLatest(),
        why="One mail in the morning: what is due, late, handed over, waits or returns; one missed is not repeated.",
    ),
    PeriodicJob(
        "notices",
        Daily(time(6)),
        tell_of_levels,
        RunLatest(),
        why="Whoever is told of changes of level hears of all of a day in one mail, in the morning, after the night’s.",
        after=("levels",),
    ),
    PeriodicJob(
        "reports",
        Daily(time(6, 30)),
        mail_reports,
        RunLatest(),
        why="Whoever asked for a report by mail gets its main figures once a week or a month, after the night’s work.",
        after=("levels",),
    ),
    VERIFY,
    PeriodicJob(
        "prune",
        Monthly(day=1, at=time(3, 30)),
        prune,
        RunLatest(),
        why="Finished runs, sent mails, sign-ins and answers of reports older than 90 days only slow the tables down.",
    ),
)


def job_named(name: str) -> Job | None:
    """The job with a name."""
    return next((job for job in SCHEDULE if job.name == name), None)
