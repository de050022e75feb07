"""Settings › Pipelines and stages › what a stage asks for."""

from flask import Blueprint, Flask, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Conflict, Invalid
from donors.pipeline.evidence.define import (
    add_evidence,
    change_evidence,
    evidence_by_id,
    move_evidence,
    retire_evidence,
)
from donors.pipeline.evidence.models import Evidence
from donors.pipeline.models import Stage
from donors.pipeline.queries.stages import stage_of
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.criteria.builder import PERIODS
from donors.web.forms import number
from donors.web.session import web_act
from donors.web.settings.evidence_form import Editing, choices, refused, sent, written

settings_evidence = Blueprint("settings_evidence", __name__, url_prefix="/settings/stages")


@settings_evidence.route("/<int:stage_id>/evidence/new", methods=["GET", "POST"])
def add(stage_id: int) -> Page:
    """Lets a stage ask for one thing more."""
    stage = stage_of(current_session(), stage_id)
    return _answer(stage, None)


@settings_evidence.route("/evidence/<int:evidence_id>", methods=["GET", "POST"])
def edit(evidence_id: int) -> Page:
    """Changes one thing that a stage asks for."""
    row = evidence_by_id(current_session(), evidence_id)
    return _answer(stage_of(current_session(), row.stage_id), row)


@settings_evidence.post("/evidence/<int:evidence_id>/retire")
def retire(evidence_id: int) -> Response:
    """Lets a stage no longer ask for it."""
    session = current_session()
    within = open_change(session, "evidence.retire", act=web_act())
    row = retire_evidence(session, evidence_id, within=within, expect=request.form.get("version", None, int))
    return done(within, url_for("settings_stages.edit", stage_id=row.stage_id), f"“{row.name}” is no longer asked for.")


@settings_evidence.post("/evidence/<int:evidence_id>/place")
def place(evidence_id: int) -> Response:
    """Moves it up or down among what its stage asks for."""
    session = current_session()
    row = evidence_by_id(session, evidence_id)
    within = open_change(session, "evidence.place", act=web_act())
    move_evidence(session, evidence_id, -1 if request.form.get("to") == "up" else 1, within=within)
    return done(within, url_for("settings_stages.edit", stage_id=row.stage_id) + "#evidence")


def _answer(stage: Stage, row: Evidence | None) -> Page:
    if request.method == "GET":
        return _page(stage, row, written(row))
    editing = sent(request.form.to_dict(), list(request.form.items(multi=True)))
    if request.form.get("act") != "save":
        return _page(stage, row, editing)
    session = current_session()
    try:
        draft = editing.draft(session)
        within = open_change(session, "evidence.change" if row else "evidence.add", act=web_act())
        if row is None:
            add_evidence(session, stage.id, draft, within=within)
        else:
            change_evidence(session, row.id, draft, within=within, expect=number(editing.version))
    except Invalid as error:
        return _page(stage, row, refused(editing, error)), 422
    except Conflict:
        return _page(stage, row, editing, stale=True), 409
    return done(within, url_for("settings_stages.edit", stage_id=stage.id), f"{stage.name} asks for “{draft.name}”.")


def _page(stage: Stage, row: Evidence | None, editing: Editing, *, stale: bool = False) -> str:
    session = current_session()
    return render_template(
        "settings/evidence.html",
        stage=stage,
        row=row,
        editing=editing,
        tree=editing.tree(session),
        fields=editing.offered(session),
        periods=PERIODS,
        choices=choices(),
        stale=stale,
    )


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_evidence)
