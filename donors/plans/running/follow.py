"""What a closed, re-opened or re-dated step does to the rest of its plan; the rules stand in `decide` and `dates`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from donors.plans.dates import Moving, moved
from donors.plans.decide import UNFIT, Following, following
from donors.plans.models import OPEN, PAUSED, SKIPPED, WAITING
from donors.plans.queries.editions import Edition
from donors.plans.reasons import because
from donors.plans.running.course import Course, finish
from donors.plans.starting.first_tasks import Fits, fits_for, held_criteria
from donors.plans.terms import NOT_NEEDED


def follow(session: Session, changed: Sequence[Course], closed: Mapping[int, Collection[int]], *, on: date) -> None:
    """Opens, dates anew and passes over what follows from steps that were closed. `closed`: plan id → steps."""
    for edition, some in _by_edition(changed):
        fits = held_criteria(session, edition, {one.plan.constituent_id for one in some}, on=on)
        for course in some:
            _follow(course, closed[course.plan.id], fits, on)
            finish(course, on=on)


def _by_edition(changed: Sequence[Course]) -> list[tuple[Edition, list[Course]]]:
    found: dict[int, list[Course]] = {}
    for course in changed:
        found.setdefault(course.plan.version_id, []).append(course)
    return [(some[0].edition, some) for some in found.values()]


def _follow(course: Course, closed: Collection[int], fits: Fits, on: date) -> None:
    waiting = course.steps_in((WAITING,))
    fit = fits_for(fits, course.plan.constituent_id)
    follows = following(course.edition.nodes, course.ended, waiting, fit)
    if course.state == PAUSED:
        follows = Following((), (), follows.not_needed)
    pass_over(course, follows, on=on)
    _date(course, {*closed, *follows.unfit}, follows, on)
    for step_id in follows.opens:
        course.change(step_id, state=OPEN)


def pass_over(course: Course, follows: Following, *, on: date) -> None:
    """Skips the steps whose criteria did not hold and those that are not needed, each with its reason."""
    for step_id in follows.unfit:
        course.change(step_id, state=SKIPPED, done_on=on, reason=UNFIT)
    ended = course.ended | dict.fromkeys(follows.not_needed, NOT_NEEDED) | dict.fromkeys(follows.unfit, SKIPPED)
    for step_id, before in follows.not_needed.items():
        reason = because(course.edition.steps[before].subject, ended[before])
        course.change(step_id, state=SKIPPED, done_on=on, result=NOT_NEEDED, reason=reason)


def _date(course: Course, closed: Collection[int], follows: Following, on: date) -> None:
    moving = Moving(
        new=dict.fromkeys(closed, on),
        known=course.days(),
        waiting=course.steps_in((WAITING,)),
        opening=follows.opens,
    )
    move_dates(course, moving)


def move_dates(course: Course, moving: Moving) -> None:
    """Gives waiting steps the dates that follow from those that are new."""
    for step_id, due in moved(course.edition.nodes, moving, course.edition.rule).items():
        course.change(step_id, due_on=due.on)
