"""Which days would change for plans that are carried over to the newest version. Writes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.plans.models import UNDONE
from donors.plans.running.carry import Way, dates_anew, way_to_newest, why_not_carried
from donors.plans.running.course import Course, courses


@dataclass(frozen=True)
class Redated:
    """A step that would be due on another day."""

    subject: str
    was: date
    becomes: date


def redated(session: Session, plan_ids: Collection[int], *, on: date) -> Mapping[int, tuple[Redated, ...]]:
    """Plan → its steps that would be due on another day if it were carried over on a day, in their order."""
    ways: dict[int, Way | None] = {}
    found = {}
    for course in courses(session, plan_ids, lock=False):
        version_id = course.plan.version_id
        if version_id not in ways:
            ways[version_id] = way_to_newest(session, course.plan)
        way = ways[version_id]
        if way is not None and not why_not_carried(session, course.plan, way):
            found[course.plan.id] = _redated(session, course, way, on)
    return found


def _redated(session: Session, course: Course, way: Way, on: date) -> tuple[Redated, ...]:
    dates = dates_anew(session, course, way, on=on)
    steps = (
        (course.tasks[here], way.to.steps[there], dates.get(there))
        for here, there in way.became.items()
        if here in course.tasks
    )
    return tuple(
        Redated(step.subject, task.due_on, due.on)
        for task, step, due in steps
        if due is not None and task.state in UNDONE and due.on != task.due_on
    )
