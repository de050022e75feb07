"""Settings › Pipelines and stages: names, order, expected days, and plans on entry."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.pipeline.models import Stage
from donors.pipeline.queries.stages import pipeline, pipelines, stage_of, stages
from donors.pipeline.stages import StageDraft, add_pipeline, add_stage, change_stage, retire_stage
from donors.plans.queries.templates import templates
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.forms import number_in, refuse, typed
from donors.web.session import web_act
from donors.web.settings.stages_forms import PipelineForm, StageForm

settings_stages = Blueprint("settings_stages", __name__, url_prefix="/settings/stages")


@settings_stages.get("")
def stages_page() -> str:
    """All pipelines with their stages."""
    return _listed(PipelineForm())


@settings_stages.post("/pipelines")
def add() -> Page:
    """Adds a pipeline."""
    form = PipelineForm(request.form)
    if form.validate():
        session = current_session()
        try:
            within = open_change(session, "pipeline.add", act=web_act())
            made = add_pipeline(session, typed(form.name), within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            return done(within, url_for(".new_stage", pipeline_id=made.id), "The pipeline is added. Give it a stage.")
    return _listed(form), 422


@settings_stages.route("/pipelines/<int:pipeline_id>/new", methods=["GET", "POST"])
def new_stage(pipeline_id: int) -> Page:
    """Adds a stage."""
    session = current_session()
    row = pipeline(session, pipeline_id)
    here = stages(session, row.id)
    form = StageForm(request.form, data={"position": here[-1].position + 1 if here else 1, "plan": ""})
    form.offer(_plans(session))
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "stage.add", act=web_act())
            add_stage(session, row.id, _draft(form), within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            return done(within, url_for(".stages_page"), f"{typed(form.name)} is added.")
    page = render_template("settings/stages_edit.html", form=form, pipeline=row, stage=None, theirs=None)
    return page, (200 if request.method == "GET" else 422)


@settings_stages.route("/<int:stage_id>", methods=["GET", "POST"])
def edit(stage_id: int) -> Page:
    """Changes a stage."""
    session = current_session()
    row = stage_of(session, stage_id)
    form = StageForm(request.form, data=_data(row))
    form.offer(_plans(session))
    if request.method == "POST" and form.validate():
        try:
            return _saved(session, row, form)
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            form.version.data = str(row.version)
            return _edited(session, row, form, theirs=_data(row)), 409
    return _edited(session, row, form), (200 if request.method == "GET" else 422)


@settings_stages.post("/<int:stage_id>/retire")
def retire(stage_id: int) -> Response:
    """Takes a stage out of use."""
    session = current_session()
    try:
        within = open_change(session, "stage.retire", act=web_act())
        retire_stage(session, stage_id, within=within, expect=request.form.get("version", None, int))
    except Blocked as error:
        flash(" ".join(error.reasons), "danger")
        return redirect(url_for(".edit", stage_id=stage_id), 303)
    return done(within, url_for(".stages_page"), "The stage is retired.")


def _saved(session: Session, row: Stage, form: StageForm) -> Response:
    within = open_change(session, "stage.change", act=web_act())
    expect = number_in(form.version) or 0
    change_stage(session, row.id, _draft(form), within=within, expect=expect)
    return done(within, url_for(".stages_page"), f"{row.name} is saved.")


def _edited(session: Session, row: Stage, form: StageForm, theirs: dict[str, object] | None = None) -> str:
    parent = pipeline(session, row.pipeline_id)
    return render_template("settings/stages_edit.html", form=form, pipeline=parent, stage=row, theirs=theirs)


def _data(row: Stage) -> dict[str, object]:
    return {
        "name": row.name,
        "position": row.position,
        "expected_days": row.expected_days,
        "plan": str(row.plan_template_id or ""),
        "version": str(row.version),
    }


def _draft(form: StageForm) -> StageDraft:
    plan = typed(form.plan)
    return StageDraft(typed(form.name), form.position.data or 1, form.expected_days.data, int(plan) if plan else None)


def _plans(session: Session) -> list[tuple[int, str]]:
    return [(line.id, line.name) for line in templates(session, active_only=True)]


def _listed(form: PipelineForm) -> str:
    session = current_session()
    rows = [(row, stages(session, row.id, retired=True)) for row in pipelines(session)]
    names = {line.id: line.name for line in templates(session)}
    return render_template("settings/stages.html", rows=rows, form=form, plans=names)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_stages)
