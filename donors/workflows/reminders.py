"""Reminders: each user gets one mail a day with the tasks that became due; names of constituents stay in the house."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.mail.outbox import Letter, post
from donors.plans.queries.reminders import Reminder

LISTED = 20
STALE_AFTER = timedelta(days=1)


def post_reminders(session: Session, found: Sequence[Reminder], *, on: date, within: ChangeSet) -> int:
    """Puts the mails into the outbox, each at most once for a user and a day, and returns how many."""
    return sum(post(session, _letter(each, on=on, within=within), within=within) for each in found)


def _letter(reminder: Reminder, *, on: date, within: ChangeSet) -> Letter:
    count = len(reminder.tasks)
    lines = [f"- {due.isoformat()}  {subject}" for subject, due in reminder.tasks[:LISTED]]
    if count > LISTED:
        lines.append(f"- and {count - LISTED} more")
    subject = "A task is due" if count == 1 else f"{count} tasks are due"
    text = (
        f"Good morning {reminder.name},\n\n{subject}:\n\n" + "\n".join(lines) + "\n\nThey stand on your Today page.\n"
    )
    key = f"reminder/{reminder.user_id}/{on.isoformat()}"
    return Letter(key, reminder.email, subject, text, not_after=within.at + STALE_AFTER)
