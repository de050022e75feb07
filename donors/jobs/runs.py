"""The shell functions of jobs: each calls the part that does the work, piece by piece. The rules stand there."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from donors.core.clock import Clock
from donors.jobs.job import Means, Progress, Run
from donors.jobs.prune import prune_runs
from donors.mail.deliver import deliver
from donors.mail.steer import prune as prune_mails

KEEP = timedelta(days=90)
PART = 2000


def deliver_mail(means: Means) -> int:
    """One batch of the outbox; without a mail server the mails wait."""
    return 0 if means.courier is None else deliver(means.courier, clock=means.clock)


def prune(session: Session, _run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Removes finished runs and sent mails that are older than 90 days, some at a time."""
    before = min(datetime.combine(on, time(), UTC), clock()) - KEEP
    counts = {
        "runs": prune_runs(session, before=before, limit=PART),
        "mails": prune_mails(session, before=before, limit=PART),
    }
    return Progress({} if any(counts.values()) else None, counts)
