"""Running plans: the list, one of them, starting after a preview of all dates, stopping."""

from datetime import date

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.queries import users
from donors.constituents.models import Constituent
from donors.constituents.queries import constituent
from donors.constituents.search import search
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Conflict
from donors.plans.queries.plans import PlanFilter, count_plans, plan, plans
from donors.plans.queries.tasks import tasks_of_plan
from donors.plans.queries.templates import templates
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.forms import option, typed
from donors.web.pipeline.forms import number_in
from donors.web.plans.forms import StartForm, StopForm
from donors.web.session import viewer, web_act
from donors.workflows.plans import Refusal, preview, start_plan, stop_plan

Page = str | Response | tuple[str, int]
PER_PAGE = 25


def index() -> str:
    """Plans that run, or with `?show=ended` those that have ended; `?whose=mine` those with a task of the viewer."""
    session, seen = current_session(), viewer().sees
    mine, ended = request.args.get("whose") == "mine", request.args.get("show") == "ended"
    which = PlanFilter(owner_id=viewer().id if mine else None, ended=ended)
    text = request.args.get("page", "1")
    number = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return render_template(
        "plans/index.html",
        rows=plans(session, which, sees=seen, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        total=count_plans(session, which, sees=seen),
        page=number,
        per_page=PER_PAGE,
        mine=mine,
        ended=ended,
    )


def plan_page(plan_id: int) -> Page:
    """One plan with its tasks."""
    return _page(plan_id)


def stop(plan_id: int) -> Page:
    """Stops a plan."""
    session = current_session()
    plan(session, plan_id, sees=viewer().sees)
    form = StopForm(request.form)
    if not form.validate():
        return _page(plan_id, form), 422
    within = open_change(session, "plan.stop", act=web_act(typed(form.reason)))
    try:
        stop_plan(
            session, plan_id, reason=typed(form.reason), on=g.today, within=within, expect=number_in(form.version)
        )
    except Conflict:
        form.form_errors.append("Somebody else changed this plan in the meantime; look at it and send this again.")
        return _page(plan_id, form), 409
    return done(within, url_for(".plan_page", plan_id=plan_id), "The plan is stopped.")


def start() -> Page:
    """For whom, which plan, from when; then all dates; then the start."""
    who = _constituent()
    if who is None:
        q = request.args.get("q", "").strip()[:100]
        hits = search(current_session(), q, sees=viewer().sees, limit=12) if q else []
        return render_template("plans/who.html", q=q, hits=hits, template=request.args.get("template", ""))
    form = _start_form()
    if not form.template.choices:
        return render_template("plans/start.html", who=who, form=form, steps=[], reasons=(), names={})
    if request.method == "GET" or not form.validate():
        status = 200 if request.method == "GET" else 422
        return _preview(who, form), status
    return _start(who, form)


def _start(who: Constituent, form: StartForm) -> Page:
    session = current_session()
    within = open_change(session, "plan.start", act=web_act())
    on = form.started_on.data or g.today
    started = start_plan(session, who.id, form.template.data, cause="by hand", within=within, on=on)
    if isinstance(started, Refusal):
        return _preview(who, form), 422
    after = local_path(request.form.get("next"), url_for(".plan_page", plan_id=started.id))
    return done(within, after, f"The plan for {who.name} has begun.")


def _start_form() -> StartForm:
    lines = templates(current_session(), active_only=True)
    text = request.values.get("template", "")
    known = {str(line.id): line.id for line in lines}
    first = known.get(text, lines[0].id if lines else None)
    sent = request.form if request.method == "POST" else None
    form = StartForm(sent, data={"template": first, "started_on": _day() or g.today})
    form.template.choices = [option(line.id, f"{line.name} ({line.steps} steps)") for line in lines]
    return form


def _preview(who: Constituent, form: StartForm) -> str:
    session = current_session()
    steps, reasons = preview(session, who.id, form.template.data, on=form.started_on.data or g.today, by=viewer().id)
    names = {line.user.id: line.user.name for line in users(session)}
    return render_template("plans/start.html", who=who, form=form, steps=steps, reasons=reasons, names=names)


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("started_on", ""))
    except ValueError:
        return None


def _constituent() -> Constituent | None:
    text = request.values.get("constituent", "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return None
    return constituent(current_session(), int(text), sees=viewer().sees)


def _page(plan_id: int, form: StopForm | None = None) -> str:
    session, seen = current_session(), viewer().sees
    line = plan(session, plan_id, sees=seen)
    return render_template(
        "plans/plan.html",
        line=line,
        tasks=tasks_of_plan(session, plan_id, sees=seen),
        form=form or StopForm(data={"version": line.plan.version}),
    )
