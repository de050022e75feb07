"""Moves: planned, dated anew, dropped, looked at."""

from dataclasses import replace
from datetime import date, timedelta

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import Constituent
from donors.core.calendar import off_closed
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Invalid
from donors.pipeline import move as writing
from donors.pipeline.decide import METHODS, OUTCOMES, READERS, TEAM
from donors.pipeline.move import Plan
from donors.pipeline.move_people import guests
from donors.pipeline.queries.moves import move
from donors.pipeline.queries.prospects import prospects_of
from donors.web.door import local_path
from donors.web.forms import number_in, option, refuse, typed
from donors.web.pipeline.forms import MoveForm
from donors.web.pipeline.report_views import may_correct
from donors.web.pipeline.undo_views import carried_out
from donors.web.pipeline.who import who_page, whom
from donors.web.session import afterwards, viewer, web_act
from donors.workflows.facts import facts_changed
from donors.workflows.moves import drop_move
from donors.workflows.reaching import Barred, keep_refused_plan, plan_by_hand

Page = str | Response | tuple[str, int]
CLOSED_TO = "its officer and administrators"
IN_A_WEEK = timedelta(days=7)


def plan() -> Page:
    """A move to be made."""
    session = current_session()
    who = whom()
    if who is None:
        return who_page("Plan a move", "plan")
    form = _form(who)
    if request.method == "POST" and form.validate():
        within = open_change(session, "move.plan", act=web_act())
        planned = _plan(form)
        try:
            plan_by_hand(session, who.id, planned, within=within)
            facts_changed(session, [who.id], within=within)
            after = local_path(request.form.get("next"), url_for(".board_page"))
            return carried_out(within, after, f"Planned: {planned.purpose}.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
            _remember(who, planned, error)
    page = render_template("pipeline/plan_move.html", form=form, who=who, next=request.values.get("next", ""))
    return page if request.method == "GET" else (page, 422)


def _form(who: Constituent) -> MoveForm:
    soon = off_closed(g.today + IN_A_WEEK, "monday", g.organization.closed)
    form = MoveForm(request.form, data={"due_on": soon})
    stands = [one for one in prospects_of(current_session(), who.id, sees=viewer().sees) if one.prospect.is_active]
    form.prospect.choices = [option("", "whichever"), *(option(one.prospect.id, one.pipeline.name) for one in stands)]
    return form


def _plan(form: MoveForm) -> Plan:
    on, prospect_id = form.due_on.data or g.today, number_in(form.prospect)
    return Plan(typed(form.purpose), on, typed(form.method), viewer().id, prospect_id=prospect_id)


def _remember(who: Constituent, planned: Plan, error: Blocked) -> None:
    """Keeps that the contact gate refused, though the form itself is not carried out."""
    if not isinstance(error, Barred):
        return
    who_id, act, reason = who.id, replace(web_act(), request_key=None), " ".join(error.reasons)
    afterwards(lambda own: keep_refused_plan(own, who_id, planned, reason=reason, act=act))


def move_page(move_id: int) -> str:
    """One move: its call report, or when it is planned."""
    session, seen = current_session(), viewer().sees
    line = move(session, move_id, sees=seen)
    closed_to = READERS[TEAM].lower() if line.move.is_for_team else CLOSED_TO
    return render_template(
        "pipeline/move.html",
        line=line,
        move=line.move,
        methods=METHODS,
        outcomes=OUTCOMES,
        there=guests(session, [move_id], sees=seen).get(move_id, []),
        readers=closed_to if line.move.confidential_to else "",
        may_correct=may_correct(line),
    )


def drop(move_id: int) -> Page:
    """Gives a planned move up."""
    session = current_session()
    line = move(session, move_id, sees=viewer().sees)
    reason = request.form.get("reason", "").strip()[:300] or "no longer needed"
    within = open_change(session, "move.drop", act=web_act(reason))
    drop_move(session, move_id, reason=reason, within=within, on=g.today)
    facts_changed(session, [line.move.constituent_id], within=within)
    return carried_out(within, _after(), f"{line.move.purpose} is dropped.")


def re_date(move_id: int) -> Page:
    """Sets another day for a planned move, with the reason."""
    session = current_session()
    line = move(session, move_id, sees=viewer().sees)
    try:
        due_on = date.fromisoformat(request.form.get("due_on", ""))
    except ValueError as error:
        raise Invalid("due_on", request.form.get("due_on"), "is not a date", "Write it as 2026-10-20.") from error
    within = open_change(session, "move.date", act=web_act(request.form.get("why", "").strip()[:300]))
    writing.re_date_move(session, move_id, due_on, within=within)
    facts_changed(session, [line.move.constituent_id], within=within)
    return carried_out(within, _after(), f"{line.move.purpose} has a new day.")


def _after() -> str:
    return local_path(request.form.get("next"), url_for(".moves_page"))
