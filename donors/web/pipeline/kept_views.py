"""Call reports that were written without a network: the page that writes and lists them, and taking them in."""

from typing import Any

from flask import g, jsonify, render_template, request
from flask_wtf.csrf import generate_csrf

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Blocked, Invalid, NotFound
from donors.pipeline.queries.pocket import pocket
from donors.web.pipeline.report_form import ReportForm, new_form, read_report
from donors.web.pipeline.report_views import choose_prospect, offers, remember
from donors.web.pipeline.who import whom
from donors.web.session import viewer, web_act
from donors.workflows.moves import log_move

Told = dict[str, Any] | tuple[dict[str, Any], int]
UNKNOWN = "The person is not in the records any more, or not for you. Choose somebody else, or delete the report."


def kept_page() -> str:
    """The form with the officer's likely people. The worker keeps this page, so it holds nothing confidential."""
    session = current_session()
    form = new_form(None, (), on=g.today)
    carried = pocket(session, viewer().id, on=g.today)
    return render_template("pipeline/kept.html", form=form, carried=carried, me=viewer().id)


def token() -> Any:
    """Who is signed in, and the token that forms are sent with; a page that was kept has an old one."""
    return jsonify(user=viewer().id, token=generate_csrf())


def take_kept() -> Told:
    """Takes a kept report in, once, however often it comes. A refusal says what to put right."""
    if request.form.get("writer") != str(viewer().id):
        raise Blocked("Not sent", ("Somebody else wrote it. It is sent when they sign in on this device.",))
    try:
        who = whom()
    except NotFound:
        who = None
    if who is None:
        return {"message": UNKNOWN}, 404
    form = new_form(request.form, offers(who), on=g.today)
    choose_prospect(form, who)
    if not form.validate():
        return {"message": _problems(form)}, 422
    try:
        within = open_change(current_session(), "move.log", act=web_act())
        log_move(current_session(), who.id, read_report(form), within=within, on=g.today)
        within.outcome = {"location": f"/constituents/{who.id}"}
    except AlreadyDone as error:
        return {"href": error.outcome.get("location", "")}
    except Invalid as error:
        return {"message": f"{error.problem.capitalize()}. {error.remedy}".strip()}, 422
    except Blocked as error:
        remember(who, form, error)
        raise
    return {"href": within.outcome["location"]}


def _problems(form: ReportForm) -> str:
    return " ".join(f"{field.label.text}: {field.errors[0]}" for field in form if field.errors)
