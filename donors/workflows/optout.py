"""What follows when people do not want to be reached any more: steps that would reach them are cancelled.

The contact gate would refuse them anyway when their day comes; so nobody plans with what cannot happen.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.mail.decide import Channel, may_reach
from donors.mail.facts import facts_of_many
from donors.plans.models import CANCELLED, ONGOING, UNDONE, RunningPlan, Step, Task
from donors.plans.running.course import Course, courses, write
from donors.plans.running.follow import follow
from donors.plans.terms import MAIL
from donors.workflows.reaching import CHANNELS
from donors.workflows.step_ends import let_go


def reaching_ends(session: Session, ids: Iterable[int], *, within: ChangeSet) -> int:
    """Cancels the steps of these constituents' plans by channels that they have refused; returns how many."""
    session.flush()
    on = local_date(within.at, organization(session).zone)
    wanted = select(RunningPlan.id).where(
        among(session, RunningPlan.constituent_id, sorted(set(ids))), RunningPlan.state.in_(ONGOING)
    )
    reaching = select(Task.plan_id).join(Step, Step.id == Task.step_id)
    reaching = reaching.where(Task.state.in_(UNDONE), or_(Step.kind == MAIL, Step.method.in_(list(CHANNELS))))
    found = courses(session, session.scalars(wanted.where(RunningPlan.id.in_(reaching))).all())
    facts = facts_of_many(session, {one.plan.constituent_id for one in found}, on=on)
    ended = []
    for course in found:
        barred = {
            channel: answer.reason
            for channel, known in facts[course.plan.constituent_id].items()
            if not (answer := may_reach(known, channel=channel, needs_consent=False)).allowed
        }
        ended += _cancel(session, course, barred, on)
    write(session, found, within=within)
    let_go(session, ended, reason="wants no contact", within=within)
    return len(ended)


def _cancel(session: Session, course: Course, barred: dict[Channel, str], on: date) -> list[int]:
    """Cancels the steps by the channels that are barred; the ids of their tasks."""
    reasons = {}
    for step_id in course.steps_in(UNDONE):
        step = course.edition.steps[step_id]
        channel = "email" if step.kind == MAIL else CHANNELS.get(step.method)
        if channel in barred:
            reasons[step_id] = barred[channel]
    for step_id, reason in reasons.items():
        course.change(step_id, state=CANCELLED, reason=reason, done_on=on)
    if reasons:
        follow(session, [course], {course.plan.id: tuple(reasons)}, on=on)
    return [course.tasks[step_id].id for step_id in reasons]
