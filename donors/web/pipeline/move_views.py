"""Call reports and planned moves."""

from dataclasses import replace
from datetime import date

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import Constituent
from donors.constituents.search import search
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Invalid
from donors.pipeline import move as writing
from donors.pipeline.decide import METHODS, OUTCOMES
from donors.pipeline.move import Plan, Report
from donors.pipeline.queries.moves import move, moves_of, planned_of
from donors.pipeline.queries.portfolio import likely
from donors.pipeline.queries.prospects import prospects_of
from donors.plans.queries.tasks import TaskFilter, tasks
from donors.web.answer import done
from donors.web.choose import by_id
from donors.web.door import local_path
from donors.web.forms import number_in, refuse, typed
from donors.web.pipeline.forms import MoveForm, ReportForm, report_form
from donors.web.session import afterwards, viewer, web_act
from donors.workflows.facts import facts_changed
from donors.workflows.moves import drop_move, log_move
from donors.workflows.reaching import Barred, keep_refused_plan, plan_by_hand

Page = str | Response | tuple[str, int]


def log() -> Page:
    """A call report: first with whom, then what happened."""
    session = current_session()
    who = _constituent()
    if who is None:
        return _who("Call report", "log")
    if request.method == "GET":
        return _report(who, report_form(None, on=g.today, planned=_planned(who)))
    form = report_form(request.form, on=g.today)
    if form.validate():
        try:
            within = open_change(session, "move.log", act=web_act())
            log_move(session, who.id, _read(form), within=within, on=g.today, tasks=_ticked(who))
            after = local_path(request.form.get("next"), f"/constituents/{who.id}")
            return done(within, after, f"Logged with {who.name}.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
            _remember(who, _read(form).next_move, error)
    return _report(who, form), 422


def plan() -> Page:
    """A move to be made."""
    session = current_session()
    who = _constituent()
    if who is None:
        return _who("Plan a move", "plan")
    form = MoveForm(request.form, data={"due_on": g.today})
    if request.method == "POST" and form.validate():
        within = open_change(session, "move.plan", act=web_act())
        planned = Plan(typed(form.purpose), form.due_on.data or g.today, typed(form.method), viewer().id)
        try:
            plan_by_hand(session, who.id, planned, within=within)
            facts_changed(session, [who.id], within=within)
            after = local_path(request.form.get("next"), url_for(".board_page"))
            return done(within, after, f"Planned: {planned.purpose}.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
            _remember(who, planned, error)
    page = render_template("pipeline/plan_move.html", form=form, who=who, next=request.values.get("next", ""))
    return page if request.method == "GET" else (page, 422)


def _remember(who: Constituent, planned: Plan | None, error: Blocked) -> None:
    """Keeps that the contact gate refused, though the form itself is not carried out."""
    if planned is None or not isinstance(error, Barred):
        return
    who_id, act, reason = who.id, replace(web_act(), request_key=None), " ".join(error.reasons)
    afterwards(lambda own: keep_refused_plan(own, who_id, planned, reason=reason, act=act))


def move_page(move_id: int) -> str:
    """One move: its call report, or when it is planned."""
    line = move(current_session(), move_id, sees=viewer().sees)
    return render_template("pipeline/move.html", line=line, move=line.move, methods=METHODS, outcomes=OUTCOMES)


def drop(move_id: int) -> Page:
    """Gives a planned move up."""
    session = current_session()
    line = move(session, move_id, sees=viewer().sees)
    reason = request.form.get("reason", "").strip()[:300] or "no longer needed"
    within = open_change(session, "move.drop", act=web_act(reason))
    drop_move(session, move_id, reason=reason, within=within, on=g.today)
    facts_changed(session, [line.move.constituent_id], within=within)
    return done(within, _after(), f"{line.move.purpose} is dropped.")


def re_date(move_id: int) -> Page:
    """Sets another day for a planned move."""
    session = current_session()
    line = move(session, move_id, sees=viewer().sees)
    try:
        due_on = date.fromisoformat(request.form.get("due_on", ""))
    except ValueError as error:
        raise Invalid("due_on", request.form.get("due_on"), "is not a date", "Write it as 2026-10-20.") from error
    within = open_change(session, "move.date", act=web_act())
    writing.re_date_move(session, move_id, due_on, within=within)
    facts_changed(session, [line.move.constituent_id], within=within)
    return done(within, _after(), f"{line.move.purpose} has a new day.")


def _after() -> str:
    return local_path(request.form.get("next"), url_for(".moves_page"))


def _constituent() -> Constituent | None:
    return by_id(current_session(), request.values.get("constituent", ""))


def _who(title: str, view: str) -> str:
    """The first question: with whom. Those whose turn it is are offered at once."""
    session, text = current_session(), request.args.get("q", "").strip()[:100]
    return render_template(
        "pipeline/who.html",
        title=title,
        view=view,
        q=text,
        hits=search(session, text, sees=viewer().sees, limit=12) if text else [],
        likely=likely(session, viewer().id, on=g.today, sees=viewer().sees),
    )


def _planned(who: Constituent) -> tuple[int, str] | None:
    """The planned move that a report fulfils: the one that was named, or the next one when its day has come."""
    named = request.args.get("move", "")
    for line in planned_of(current_session(), who.id, sees=viewer().sees):
        due = line.move.due_on is not None and line.move.due_on <= g.today
        if str(line.move.id) == named or (not named and due):
            return line.move.id, line.move.purpose
    return None


def _report(who: Constituent, form: ReportForm) -> str:
    session, seen = current_session(), viewer().sees
    return render_template(
        "pipeline/log.html",
        who=who,
        form=form,
        standing=next(iter(prospects_of(session, who.id, sees=seen)), None),
        tasks=tasks(session, TaskFilter("open", viewer().id, who.id), on=g.today, sees=seen, limit=5),
        ticked=_ticked(who),
        planned=planned_of(session, who.id, sees=seen),
        last=moves_of(session, who.id, sees=seen, limit=3),
        next=request.values.get("next", ""),
    )


def _ticked(who: Constituent) -> tuple[int, ...]:
    """The tasks of the constituent that the report settles."""
    open_tasks = tasks(
        current_session(), TaskFilter("open", viewer().id, who.id), on=g.today, sees=viewer().sees, limit=5
    )
    named = set(request.form.getlist("tasks"))
    return tuple(line.task.id for line in open_tasks if str(line.task.id) in named)


def _read(form: ReportForm) -> Report:
    following = typed(form.next_purpose).strip()
    on = form.next_on.data or g.today
    return Report(
        made_on=form.made_on.data or g.today,
        method=typed(form.method),
        outcome=typed(form.outcome),
        report=typed(form.report),
        purpose=typed(form.purpose),
        officer_id=viewer().id,
        planned_id=number_in(form.planned_id),
        confidential=bool(form.confidential.data),
        next_move=Plan(following, on, typed(form.next_method), viewer().id) if following else None,
    )
