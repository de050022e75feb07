"""The shell functions of jobs: each calls the part that does the work, part by part. The rules stand there, not here."""

from datetime import date, timedelta

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


def prune(session: Session, run: Run, *, on: date, clock: Clock) -> Progress:
    """Removes finished runs and sent mails that are older than 90 days, some at a time."""
    before = clock() - KEEP
    counts = {
        "runs": prune_runs(session, before=before, limit=PART),
        "mails": prune_mails(session, before=before, limit=PART),
    }
    return Progress({} if any(counts.values()) else None, counts)
