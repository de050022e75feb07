"""Acts on a whole plan: pause, let go on, move all dates, stop, start anew; each with its reason and its undo."""

from collections.abc import Callable

from flask import g, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.plans.models import RunningPlan
from donors.plans.queries.tasks import task
from donors.plans.running.pause import pause as let_rest
from donors.plans.running.pause import resume as let_go_on
from donors.plans.running.pause import shift as move_dates
from donors.web.door import local_path
from donors.web.forms import number_in, refuse, typed
from donors.web.plans.plan_page import FORMS, page, plan_of
from donors.web.plans.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.plan_acts import try_again
from donors.workflows.plans import Refusal, restart_plan, stop_plan

Page = str | Response | tuple[str, int]
Act = Callable[[Session, int, Form, ChangeSet], RunningPlan]
STALE = "Somebody else changed this plan in the meantime; look at it and send this again."


def pause(plan_id: int) -> Page:
    """Lets a plan rest."""
    return _act(plan_id, "pause", "The plan is paused.", _pause)


def _pause(session: Session, plan_id: int, _form: Form, within: ChangeSet) -> RunningPlan:
    return let_rest(session, plan_id, on=g.today, within=within)


def resume(plan_id: int) -> Page:
    """Lets a plan go on that rested."""
    return _act(plan_id, "resume", "The plan is resumed.", _resume)


def _resume(session: Session, plan_id: int, form: Form, within: ChangeSet) -> RunningPlan:
    return let_go_on(session, plan_id, on=g.today, shifts=bool(form["shifts"].data), within=within)


def shift(plan_id: int) -> Page:
    """Moves all dates of a plan."""
    return _act(plan_id, "shift", "All that is left of the plan has moved.", _shift)


def _shift(session: Session, plan_id: int, form: Form, within: ChangeSet) -> RunningPlan:
    return move_dates(session, plan_id, int(form["days"].data), within=within)


def stop(plan_id: int) -> Page:
    """Stops a plan."""
    return _act(plan_id, "stop", "The plan is stopped.", _stop)


def _stop(session: Session, plan_id: int, form: Form, within: ChangeSet) -> RunningPlan:
    return stop_plan(session, plan_id, reason=typed(form["reason"]), on=g.today, within=within)


def restart(plan_id: int) -> Page:
    """Starts a plan anew from its first step."""
    return _act(plan_id, "restart", "The plan has begun anew.", _restart)


def _restart(session: Session, plan_id: int, _form: Form, within: ChangeSet) -> RunningPlan:
    begun = restart_plan(session, plan_id, within=within, on=g.today)
    if isinstance(begun, Refusal):
        raise Blocked("The plan was not started anew", begun.reasons)
    return begun


def _act(plan_id: int, name: str, said: str, carry_out: Act) -> Page:
    session, line = current_session(), plan_of(plan_id)
    form = FORMS[name](request.form)
    if not form.validate():
        return page(plan_id, form, name), 422
    if number_in(form["version"]) not in (None, line.plan.version):
        form.form_errors.append(STALE)
        return page(plan_id, form, name), 409
    try:
        within = open_change(session, f"plan.{name}", act=web_act(typed(form["reason"])))
        plan = carry_out(session, plan_id, form, within)
    except Invalid as error:
        session.rollback()
        refuse(form, error)
        return page(plan_id, form, name), 422
    except (Blocked, Conflict) as error:
        session.rollback()
        form.form_errors.append(error.message)
        return page(plan_id, form, name), 409
    return carried_out(within, url_for(".plan_page", plan_id=plan.id), said)


def again(task_id: int) -> Response:
    """Lets the program try a step again that it could not carry out."""
    session = current_session()
    line = task(session, task_id, sees=viewer().sees)
    within = open_change(session, "task.retry", act=web_act())
    try_again(session, task_id, within=within)
    there = url_for(".task_page", task_id=task_id)
    return carried_out(within, local_path(request.form.get("next"), there), f"{line.task.subject} is tried again.")
