"""The office of the practice charity: who is away and who stands in, and a queue with work that is nobody's yet."""

from datetime import date, timedelta

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.cli.practice.ids import Ids
from donors.core.changes import ChangeSet, amend
from donors.core.db import Session
from donors.plans.running.queues import add_queue, set_members
from donors.plans.running.task import OwnTask, add

QUEUE = "Thank-you calls"
CALLS = (
    (12, "Thank for the first gift", -1),
    (31, "Thank for ten years of gifts", 0),
    (57, "Thank for the matching gift", 2),
)
"""Place in the people, what is to be done, days from today."""


def load_office(session: Session, ids: Ids, *, within: ChangeSet, on: date) -> None:
    """Notes an absence of Jonas, for whom Maren stands in, and fills the queue."""
    jonas, maren = ids.staff["jonas"], ids.staff["maren"]
    leave = AbsenceDraft(jonas, on + timedelta(days=10), on + timedelta(days=21), maren, "Parental leave")
    add_absence(session, leave, within=within)
    queue = add_queue(session, QUEUE, within=within)
    set_members(session, queue.id, [maren, jonas, ids.staff["willa"]], within=within)
    for place, subject, days in CALLS:
        task = add(session, OwnTask(subject, on + timedelta(days=days), None, ids.people[place]), within=within)
        amend(session, task, within=within, queue_id=queue.id)
