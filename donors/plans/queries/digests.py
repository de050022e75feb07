"""Reading for the mail in the morning: what is due, late, handed over and waiting in queues, of many users at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet, JournalEntry
from donors.plans.models import OPEN, PAUSED, RunningPlan, Task
from donors.plans.queries.mine import count_in_queues

LISTED = 20
"""Tasks of a kind that a mail names; of the rest it says how many."""
HANDED = ("task.owner", "absence.add")
"""Kinds of changes that give tasks to somebody else."""


@dataclass(frozen=True)
class Item:
    """A task in the mail. `word` is what was said with it."""

    subject: str
    due_on: date
    word: str = ""


@dataclass(frozen=True)
class Some:
    """The first of some tasks, those due first on top, and how many there are."""

    items: tuple[Item, ...] = ()
    count: int = 0


NONE = Some()


@dataclass(frozen=True)
class Digest:
    """What a user is told in the morning. `queues`: name → open tasks that nobody has taken."""

    user_id: int
    name: str
    email: str
    due: Some = NONE
    late: Some = NONE
    handed: Some = NONE
    queues: tuple[tuple[str, int], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.due.count or self.late.count or self.handed.count or self.queues)


def digests(session: Session, *, on: date, since: datetime, after: int = 0, limit: int = 100) -> Sequence[Digest]:
    """One for each user who wants the mail, by id, from the one `after`; also those to whom nothing is to be told.

    What was handed over counts from an instant on. Practice users and those who may not sign in are left out, and
    tasks that are not to be reminded of.
    """
    wanted = (User.deactivated_at.is_(None), User.practice.is_(False), User.wants_digest, User.id > after)
    users = session.execute(select(User.id, User.name, User.email).where(*wanted).order_by(User.id).limit(limit)).all()
    ids = [user.id for user in users]
    due = _some(session, ids, Task.due_on == on, Task.reminds.expression)
    late = _some(session, ids, Task.due_on < on, Task.reminds.expression)
    handed = _some(session, ids, Task.id.in_(_handed(since)))
    queues = count_in_queues(session, ids)
    return [
        Digest(
            *user,
            due=due.get(user.id, NONE),
            late=late.get(user.id, NONE),
            handed=handed.get(user.id, NONE),
            queues=tuple(queues.get(user.id, {}).items()),
        )
        for user in users
    ]


def _handed(since: datetime) -> Any:
    """Tasks that somebody else than their owner of now has given away since an instant."""
    return (
        select(JournalEntry.row_id)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == Task.__tablename__, JournalEntry.row_id == Task.id)
        .where(ChangeSet.kind.in_(HANDED), ChangeSet.at >= since, ChangeSet.state == "done")
        .where(ChangeSet.by_id.is_distinct_from(Task.owner_id))
        .correlate(Task)
    )


def _some(session: Session, user_ids: Sequence[int], *which: ColumnElement[bool]) -> dict[int, Some]:
    """User → the first open tasks that answer, and their number."""
    place = func.row_number().over(partition_by=Task.owner_id, order_by=(Task.due_on, Task.id)).label("place")
    total = func.count().over(partition_by=Task.owner_id).label("total")
    open_now = (Task.owner_id.in_(user_ids), Task.state == OPEN, RunningPlan.state.is_distinct_from(PAUSED))
    ranked = (
        select(Task.owner_id, Task.subject, Task.due_on, Task.reason, place, total)
        .outerjoin(RunningPlan, RunningPlan.id == Task.plan_id)
        .where(*open_now, *which)
        .subquery()
    )
    found: dict[int, Some] = {}
    first = select(ranked).where(ranked.c.place <= LISTED).order_by(ranked.c.owner_id, ranked.c.place)
    for row in session.execute(first):
        before = found.get(row.owner_id, NONE)
        found[row.owner_id] = Some((*before.items, Item(row.subject, row.due_on, row.reason)), row.total)
    return found
