"""Settings › Suggestions: the rules by which constituents are suggested as leads."""

from dataclasses import dataclass, field, replace

from flask import Blueprint, Flask, g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.criteria.describe import describe
from donors.core.criteria.parse import from_json, to_json
from donors.core.db import Session, current_session
from donors.core.errors import Conflict, Invalid
from donors.leads.models import SuggestionRule
from donors.leads.suggestion_rules import (
    RuleDraft,
    add_rule,
    change_rule,
    place_rule,
    rule_by_id,
    set_rule_active,
    suggestion_rules,
)
from donors.segments.members import fields
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.criteria.builder import PERIODS, ShownGroup, acted, offered, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of, stored
from donors.web.forms import number
from donors.web.sent import sent_pairs
from donors.web.session import web_act

settings_suggestions = Blueprint("settings_suggestions", __name__, url_prefix="/settings/suggestions")


@dataclass(frozen=True)
class Editing:
    """What stands in the form, as it was typed. `wrong`: field → what to put right."""

    name: str = ""
    reason: str = ""
    version: str = ""
    criteria: Group = field(default_factory=Group)
    wrong: dict[str, str] = field(default_factory=dict)

    def draft(self, session: Session) -> RuleDraft:
        """What it says. Raises Invalid."""
        known = fields(session)
        criteria = to_json(criteria_of(self.criteria, known, g.organization), known, g.organization)
        return RuleDraft(self.name, self.reason, criteria if self.criteria.parts else {})

    def tree(self, session: Session) -> ShownGroup:
        """The criteria for the page."""
        root = self.criteria if self.criteria.parts else Group(self.criteria.join, (Line(),))
        return shown(root, fields(session), g.organization, judged=bool(self.wrong))


@settings_suggestions.get("")
def rules_page() -> str:
    """All rules with their criteria in words."""
    session = current_session()
    rows = [(rule, _sentence(session, rule)) for rule in suggestion_rules(session, retired=True)]
    return render_template("settings/suggestions.html", rows=rows)


@settings_suggestions.route("/new", methods=["GET", "POST"])
def add() -> Page:
    """A new rule."""
    return _answer(None)


@settings_suggestions.route("/<int:suggestion_rule_id>", methods=["GET", "POST"])
def edit(suggestion_rule_id: int) -> Page:
    """Changes a rule."""
    return _answer(rule_by_id(current_session(), suggestion_rule_id))


@settings_suggestions.post("/<int:suggestion_rule_id>/activate")
def activate(suggestion_rule_id: int) -> Response:
    """Puts a rule out of use, or in use again."""
    active = request.form.get("active") == "yes"
    within = open_change(current_session(), "suggestions.rule.activate", act=web_act())
    row = set_rule_active(current_session(), suggestion_rule_id, active, within=within)
    said = f"“{row.name}” is {'in use again' if active else 'out of use'}."
    return done(within, url_for(".rules_page"), said)


@settings_suggestions.post("/<int:suggestion_rule_id>/place")
def place(suggestion_rule_id: int) -> Response:
    """Moves a rule up or down."""
    within = open_change(current_session(), "suggestions.rule.place", act=web_act())
    place_rule(current_session(), suggestion_rule_id, -1 if request.form.get("to") == "up" else 1, within=within)
    return done(within, url_for(".rules_page"))


def _answer(row: SuggestionRule | None) -> Page:
    if request.method == "GET":
        editing = Editing() if row is None else _written(row)
        return _page(row, editing)
    editing = Editing(
        request.form.get("name", ""),
        request.form.get("reason", ""),
        request.form.get("version", ""),
        acted(typed(sent_pairs()), request.form.get("act", "")),
    )
    return _page(row, editing) if request.form.get("act") != "save" else _save(row, editing)


def _save(row: SuggestionRule | None, editing: Editing) -> Page:
    session = current_session()
    try:
        draft = editing.draft(session)
        within = open_change(session, "suggestions.rule.save", act=web_act())
        if row is None:
            kept = add_rule(session, draft, within=within)
        else:
            kept = change_rule(session, row.id, draft, within=within, expect=number(editing.version))
    except Invalid as error:
        place = error.field if error.field in ("name", "reason") else "criteria"
        return _page(row, replace(editing, wrong={place: error.message})), 422
    except Conflict:
        return _page(row, editing, stale=True), 409
    return done(within, url_for(".rules_page"), f"“{kept.name}” is kept.")


def _written(row: SuggestionRule) -> Editing:
    return Editing(row.name, row.reason, str(row.version), stored(row.criteria))


def _sentence(session: Session, rule: SuggestionRule) -> str:
    known = fields(session)
    try:
        return describe(from_json(rule.criteria, known, g.organization), known, g.organization)
    except Invalid as error:
        return f"Its criteria cannot be read: {error.message}"


def _page(row: SuggestionRule | None, editing: Editing, *, stale: bool = False) -> str:
    session = current_session()
    return render_template(
        "settings/suggestion.html",
        row=row,
        editing=editing,
        tree=editing.tree(session),
        fields=offered(fields(session).values()),
        periods=PERIODS,
        stale=stale,
    )


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_suggestions)
