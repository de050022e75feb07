"""Plans that rest for a while, and plans whose dates move as a whole: one or many, by the same rules.

While a plan is paused none of its steps is open: nothing of it is due, reminded of or carried out.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.constituents.restraint import frozen_among
from donors.core.calendar import off_closed
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.models import ONGOING, OPEN, PAUSED, RUNNING, UNDONE, WAITING, RunningPlan
from donors.plans.running.course import Course, courses, write
from donors.plans.running.follow import follow
from donors.plans.templates.step_checks import MOST_DAYS


def pause(session: Session, plan_id: int, *, on: date, within: ChangeSet) -> RunningPlan:
    """Lets a plan rest: what is open waits. Raises NotFound, Blocked (it does not run)."""
    refused = pause_many(session, [plan_id], on=on, within=within)
    return _one(session, plan_id, "The plan was not paused", refused)


def pause_many(session: Session, plan_ids: Sequence[int], *, on: date, within: ChangeSet) -> dict[int, str]:
    """The same for many; returns plan → why not, for those that were left as they are."""
    found, refused = _in_state(session, plan_ids, (RUNNING,))
    for course in found:
        course.of_plan |= {"state": PAUSED, "paused_on": on}
        for step_id in course.steps_in((OPEN,)):
            course.change(step_id, state=WAITING)
    write(session, found, within=within)
    return refused


def resume(session: Session, plan_id: int, *, on: date, shifts: bool, within: ChangeSet) -> RunningPlan:
    """Lets a paused plan run on; with `shifts` all that is left is due as much later as the pause was long.

    Raises NotFound, Blocked (it is not paused, or the record is restricted).
    """
    refused = resume_many(session, [plan_id], on=on, shifts=shifts, within=within)
    return _one(session, plan_id, "The plan was not resumed", refused)


def resume_many(
    session: Session, plan_ids: Sequence[int], *, on: date, shifts: bool, within: ChangeSet
) -> dict[int, str]:
    """The same for many; returns plan → why not, for those that were left as they are."""
    held, refused = _in_state(session, plan_ids, (PAUSED,))
    frozen = frozen_among(session, (course.plan.constituent_id for course in held))
    refused |= {one.plan.id: frozen[one.plan.constituent_id] for one in held if one.plan.constituent_id in frozen}
    found = [course for course in held if course.plan.id not in refused]
    for course in found:
        course.of_plan |= {"state": RUNNING, "paused_on": None}
        if shifts and course.plan.paused_on is not None:
            _shift(course, (on - course.plan.paused_on).days)
    follow(session, found, {course.plan.id: () for course in found}, on=on)
    write(session, found, within=within)
    return refused


def shift(session: Session, plan_id: int, days: int, *, within: ChangeSet) -> RunningPlan:
    """Moves all that is left of a plan by so many days. Raises NotFound, Blocked (it has ended), Invalid."""
    refused = shift_many(session, [plan_id], days, within=within)
    return _one(session, plan_id, "The plan was not moved", refused)


def shift_many(session: Session, plan_ids: Sequence[int], days: int, *, within: ChangeSet) -> dict[int, str]:
    """The same for many; returns plan → why not, for those that were left as they are. Raises Invalid."""
    if not 0 < abs(days) <= MOST_DAYS:
        raise Invalid("days", days, "is not a number of days to move by", f"Choose 1 to {MOST_DAYS}, or -1 and below.")
    found, refused = _in_state(session, plan_ids, ONGOING)
    for course in found:
        _shift(course, days)
    write(session, found, within=within)
    return refused


def _shift(course: Course, days: int) -> None:
    rule = course.edition.rule
    for step_id in course.steps_in(UNDONE):
        on = course.value(step_id, "due_on") + timedelta(days=days)
        due_on = off_closed(on, rule.reschedule, rule.closed) if rule.skips_weekends else on
        course.change(step_id, due_on=due_on, reminded_on=None, escalated_on=None)


def _in_state(session: Session, plan_ids: Sequence[int], states: Sequence[str]) -> tuple[list[Course], dict[int, str]]:
    found = courses(session, plan_ids)
    refused = {one.plan.id: f"It is {one.plan.state}." for one in found if one.plan.state not in states}
    gone = {plan_id: "It is no longer there." for plan_id in set(plan_ids) - {one.plan.id for one in found}}
    return [one for one in found if one.plan.id not in refused], refused | gone


def _one(session: Session, plan_id: int, what: str, refused: dict[int, str]) -> RunningPlan:
    plan = session.get(RunningPlan, plan_id)
    if plan is None:
        raise NotFound("plan", plan_id)
    if refused:
        raise Blocked(what, tuple(refused.values()))
    return plan
