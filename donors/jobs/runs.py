"""The shell functions of jobs: each calls the part that does the work, piece by piece. The rules stand there."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import Clock, local_date
from donors.core.db import transaction
from donors.core.settings import organization
from donors.jobs.job import Means, Progress, Run
from donors.jobs.prune import prune_runs
from donors.mail.deliver import deliver
from donors.mail.steer import prune as prune_mails
from donors.plans.queries.plans import has_starting
from donors.plans.queries.reminders import reminders
from donors.plans.remind import remind
from donors.workflows.plans import run_steps
from donors.workflows.reminders import post_reminders

KEEP = timedelta(days=90)
PART = 2000
PLANS = 100
TASKS = 500
OWNERS = 100


def deliver_mail(means: Means) -> int:
    """One batch of the outbox; without a mail server the mails wait."""
    return 0 if means.courier is None else deliver(means.courier, clock=means.clock)


def plan_steps(means: Means) -> int:
    """The tasks of some plans that were asked for in bulk."""
    with transaction() as session:
        if not has_starting(session):
            return 0
        at = means.clock()
        change = open_change(session, "plan.steps", act=Act(by=None, at=at, through="job"))
        return run_steps(session, on=local_date(at, organization(session).zone), within=change, limit=PLANS)


def remind_owners(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """First stamps the tasks that became due, some at a time; then one mail for each owner."""
    after = (run.cursor or {}).get("after")
    if after is None:
        stamped = remind(session, on=on, limit=TASKS)
        return Progress({} if stamped == TASKS else {"after": 0}, {"tasks": stamped})
    found = reminders(session, on=on, after=after, limit=OWNERS)
    if not found:
        return Progress(None)
    change = open_change(session, "tasks.remind", act=run.act(clock()))
    return Progress({"after": found[-1].user_id}, {"mails": post_reminders(session, found, on=on, within=change)})


def prune(session: Session, _run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Removes finished runs and sent mails that are older than 90 days, some at a time."""
    before = min(datetime.combine(on, time(), UTC), clock()) - KEEP
    counts = {
        "runs": prune_runs(session, before=before, limit=PART),
        "mails": prune_mails(session, before=before, limit=PART),
    }
    return Progress({} if any(counts.values()) else None, counts)
