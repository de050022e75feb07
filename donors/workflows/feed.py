"""The calendar of one user: tasks that are open, and planned moves. Names of constituents stay in the house."""

from datetime import date

from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.permissions import carries
from donors.accounts.visible import visible
from donors.core.icalendar import Event, calendar
from donors.core.settings import organization
from donors.pipeline.decide import METHODS
from donors.pipeline.queries.moves import MoveLine, planned_by
from donors.plans.queries.tasks import TaskFilter, TaskLine, tasks

MOST = 500
"""Of each kind, those that are due first; no calendar is of any use with more."""


def feed(session: Session, user: User, *, on: date, site: str) -> str:
    """The calendar as text. What is late stands on the day `on`, which is today in the organization's zone.

    `site` is the address of the program, without a slash at its end; events lead to it and are named after it.
    """
    here, mine = organization(session), TaskFilter("open", user.id)
    events = [
        *(_of_task(line, on, site) for line in tasks(session, mine, on=on, sees=visible(user), limit=MOST)),
        *(_of_move(line, on, site) for line in _planned(session, user)),
    ]
    return calendar(f"{here.name}: tasks", sorted(events, key=_day), zone=here.zone)


def _planned(session: Session, user: User) -> list[MoveLine]:
    if not carries(user.role, "pipeline.read"):
        return []
    return planned_by(session, user.id, sees=visible(user), limit=MOST)


def _day(event: Event) -> tuple[date, str]:
    return event.on, event.uid


def _of_task(line: TaskLine, on: date, site: str) -> Event:
    task = line.task
    return Event(
        uid=f"task-{task.id}@{_host(site)}",
        on=max(task.due_on, on),
        summary=task.subject + _late(task.due_on, on),
        recorded_at=task.recorded_at,
        sequence=task.version,
        description="" if line.plan is None else f"A step of {line.plan}.",
        url=f"{site}/plans/tasks/{task.id}",
        category="Task",
    )


def _of_move(line: MoveLine, on: date, site: str) -> Event:
    move = line.move
    due_on = move.due_on or on
    return Event(
        uid=f"move-{move.id}@{_host(site)}",
        on=max(due_on, on),
        summary=f"{METHODS.get(move.method, 'Move')}: {move.purpose}" + _late(due_on, on),
        recorded_at=move.recorded_at,
        sequence=move.version,
        url=f"{site}/pipeline/moves/{move.id}",
        category="Move",
    )


def _late(due_on: date, on: date) -> str:
    days = (on - due_on).days
    return "" if days <= 0 else f" ({days} day{'s' if days > 1 else ''} late)"


def _host(site: str) -> str:
    return site.partition("://")[2].partition("/")[0].partition(":")[0] or "perennial"
