"""Settings › What starts plans: rules, levels and stages in one place, and the rules to be made here."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.plans.queries.templates import templates
from donors.plans.starts.event import EVENTS
from donors.plans.starts.models import StartRule
from donors.plans.starts.queries import NOTHING, count_runs, runs_of_rule, start_rule, tallies
from donors.plans.starts.set_rules import add_rule, change_rule, remove_rule, switch_rule
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.forms import number_in
from donors.web.session import viewer, web_act
from donors.web.settings.again import tried_again
from donors.web.settings.starts_forms import StartForm, filled, start_form
from donors.workflows.start_sources import rule_often, rule_words, sources
from donors.workflows.starts import let_starts_go, start_again

settings_starts = Blueprint("settings_starts", __name__, url_prefix="/settings/starts")

PER_PAGE = 25


@settings_starts.get("")
def starts_page() -> str:
    """All that starts plans."""
    return render_template("settings/starts.html", sources=sources(current_session()))


@settings_starts.route("/new", methods=["GET", "POST"])
def add() -> Page:
    """Adds a rule."""
    session = current_session()
    form = start_form()(request.form or None, data={"event": "first gift"})
    _offer(session, form, None)
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "start_rule.add", act=web_act())
            add_rule(session, form.draft(g.currency), on=g.today, within=within)
        except Invalid as error:
            form.refuse(error)
        else:
            return done(within, url_for(".starts_page"), "The rule is added. It starts plans from today on.")
    return _shown(form, None), (200 if request.method == "GET" else 422)


@settings_starts.get("/<int:rule_id>")
def edit(rule_id: int) -> Page:
    """Shows a rule with what became of it."""
    session = current_session()
    row = start_rule(session, rule_id)
    form = start_form()(data=filled(row, g.currency))
    _offer(session, form, row)
    return _shown(form, row)


@settings_starts.post("/<int:rule_id>")
def save(rule_id: int) -> Page:
    """Changes a rule."""
    session = current_session()
    row = start_rule(session, rule_id)
    form = start_form()(request.form)
    _offer(session, form, row)
    if form.validate():
        try:
            within = open_change(session, "start_rule.change", act=web_act())
            expect = number_in(form.version) or 0
            change_rule(session, row.id, form.draft(g.currency), within=within, expect=expect)
        except Invalid as error:
            form.refuse(error)
        except Conflict:
            form.version.data = str(start_rule(session, rule_id).version)
            return _shown(form, start_rule(session, rule_id), theirs=True), 409
        else:
            return done(within, url_for(".starts_page"), "The rule is saved.")
    return _shown(form, row), 422


@settings_starts.post("/<int:rule_id>/active")
def activate(rule_id: int) -> Response:
    """Switches a rule off, or on again."""
    active = request.form.get("active") == "yes"
    session = current_session()
    within = open_change(session, "start_rule.use" if active else "start_rule.rest", act=web_act())
    switch_rule(session, rule_id, active=active, on=g.today, within=within)
    said = "The rule starts plans again, from today on." if active else "The rule is switched off."
    return done(within, url_for(".starts_page"), said)


@settings_starts.post("/<int:rule_id>/remove")
def remove(rule_id: int) -> Response:
    """Removes a rule that never answered anything."""
    session = current_session()
    try:
        within = open_change(session, "start_rule.remove", act=web_act())
        remove_rule(session, rule_id, within=within)
    except Blocked as error:
        flash(" ".join(error.reasons), "danger")
        return redirect(url_for(".edit", rule_id=rule_id), 303)
    return done(within, url_for(".starts_page"), "The rule is removed.")


@settings_starts.post("/<int:rule_id>/again")
def again(rule_id: int) -> Response:
    """Tries again what failed of a rule."""
    session = current_session()
    return tried_again(
        "start_rule.again",
        lambda within: start_again(session, rule_id, on=g.today, within=within),
        url_for(".edit", rule_id=rule_id),
    )


@settings_starts.post("/<int:rule_id>/let-go")
def give_up(rule_id: int) -> Response:
    """Gives up what failed of a rule."""
    session = current_session()
    within = open_change(session, "start_rule.let_go", act=web_act())
    count = let_starts_go(session, rule_id, within=within)
    return done(within, url_for(".edit", rule_id=rule_id), f"Given up for {count}.")


def _offer(session: Session, form: StartForm, row: StartRule | None) -> None:
    known = templates(session)
    kept = 0 if row is None else row.template_id
    plans = {
        line.id: line.name if line.is_active else f"{line.name}, retired"
        for line in known
        if line.is_active or line.id == kept
    }
    form.offer(plans, only="" if row is None else row.event)


def _shown(form: StartForm, row: StartRule | None, *, theirs: bool = False) -> str:
    session = current_session()
    page, sees = max(request.args.get("page", 1, int), 1), viewer().sees
    return render_template(
        "settings/start_rule.html",
        form=form,
        rule=row,
        events=[event for event in EVENTS.all() if row is None or event.key == row.event],
        said=" · ".join(part for part in (rule_words(row, currency=g.currency), rule_often(row)) if part)
        if row
        else "",
        theirs=theirs,
        tally=tallies(session).get(row.id, NOTHING) if row else NOTHING,
        runs=runs_of_rule(session, row.id, sees=sees, limit=PER_PAGE, offset=(page - 1) * PER_PAGE) if row else [],
        total=count_runs(session, row.id, sees=sees) if row else 0,
        page=page,
        per_page=PER_PAGE,
    )


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_starts)
