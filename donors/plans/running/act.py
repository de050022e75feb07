"""Ends of steps that the program brings about: done, passed over, put off, in trouble. Nobody's name stands on them."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.plans.models import DONE, SKIPPED
from donors.plans.running.course import Course
from donors.plans.running.follow import follow


def carried_out(session: Session, course: Course, step_id: int, *, on: date, result: str = "") -> None:
    """A step is done."""
    _end(session, course, step_id, {"state": DONE, "result": result}, on)


def passed_over(session: Session, course: Course, step_id: int, *, on: date, reason: str, result: str = "") -> None:
    """A step is skipped, and those after it go on."""
    _end(session, course, step_id, {"state": SKIPPED, "result": result, "reason": reason}, on)


def _end(session: Session, course: Course, step_id: int, values: dict[str, Any], on: date) -> None:
    course.change(step_id, done_on=on, trouble="", **values)
    follow(session, [course], {course.plan.id: (step_id,)}, on=on)


def put_off(course: Course, step_id: int, *, to: date, reason: str) -> None:
    """A step is tried again on a later day."""
    course.change(step_id, due_on=to, reason=reason)


def laid_before(course: Course, step_id: int, *, on: date) -> None:
    """The program has done its part; somebody ends the step."""
    course.change(step_id, acted_on=on, reminded_on=None)


def in_trouble(course: Course, step_id: int, reason: str) -> None:
    """The step could not be carried out; its owner sees why, and does it by hand or lets it be tried again."""
    course.change(step_id, trouble=reason[:500], reminded_on=None)
