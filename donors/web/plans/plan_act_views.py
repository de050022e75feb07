"""Acts on a whole plan: pause, let go on, move all dates, stop, start anew; each with its reason and its undo."""

from collections.abc import Callable

from flask import g, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.plans.models import RunningPlan
from donors.web.forms import refuse, typed
from donors.web.pipeline.forms import number_in
from donors.web.plans.plan_page import FORMS, page, plan_of
from donors.web.plans.undo_views import carried_out
from donors.web.session import web_act
from donors.workflows.plans import stop_plan

Page = str | Response | tuple[str, int]
Act = Callable[..., RunningPlan]
STALE = "Somebody else changed this plan in the meantime; look at it and send this again."


def _act(plan_id: int, name: str, said: str, carry_out: Act) -> Page:
    session = current_session()
    plan_of(plan_id)
    form = FORMS[name](request.form)
    if not form.validate():
        return page(plan_id, form, name), 422
    reason = typed(form["reason"])
    told = {"reason": reason, "on": g.today, "expect": number_in(form["version"])}
    try:
        within = open_change(session, f"plan.{name}", act=web_act(reason))
        plan = carry_out(session, plan_id, within=within, **told)
    except Invalid as error:
        session.rollback()
        refuse(form, error)
        return page(plan_id, form, name), 422
    except Blocked as error:
        session.rollback()
        form.form_errors.append(error.message)
        return page(plan_id, form, name), 409
    except Conflict:
        session.rollback()
        form.form_errors.append(STALE)
        return page(plan_id, form, name), 409
    return carried_out(within, url_for(".plan_page", plan_id=plan.id), said)


def stop(plan_id: int) -> Page:
    """Stops a plan."""
    return _act(plan_id, "stop", "The plan is stopped.", stop_plan)
