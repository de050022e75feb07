"""Settings › Pipelines and stages: names, order, expected days, what is required, and plans on entry."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.pipeline.evidence.queries import evidence_of
from donors.pipeline.models import KINDS, Stage
from donors.pipeline.queries.stages import pipeline, pipelines, stage_of, stages
from donors.pipeline.stages import (
    StageDraft,
    add_pipeline,
    add_stage,
    change_pipeline,
    change_stage,
    retire_stage,
    set_pipeline_active,
    standing,
)
from donors.pipeline.standard import add_from_template
from donors.plans.queries.templates import templates
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.forms import number_in, refuse, typed
from donors.web.session import web_act
from donors.web.settings.evidence_form import sentences
from donors.web.settings.stages_forms import BLANK, PipelineForm, RenameForm, StageForm

settings_stages = Blueprint("settings_stages", __name__, url_prefix="/settings/stages")


@settings_stages.get("")
def stages_page() -> str:
    """All pipelines with their stages."""
    return _listed(PipelineForm())


@settings_stages.post("/pipelines")
def add() -> Page:
    """Adds a pipeline, from a template or without stages."""
    form = PipelineForm(request.form)
    if form.validate():
        session, key = current_session(), typed(form.template)
        try:
            within = open_change(session, "pipeline.add", act=web_act())
            if key == BLANK:
                made = add_pipeline(session, typed(form.name), within=within)
                there = url_for(".new_stage", pipeline_id=made.id)
                return done(within, there, "The pipeline is added. Give it a stage.")
            made = add_from_template(session, key, typed(form.name), within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            return done(within, url_for(".stages_page"), f"{made.name} is added with its stages.")
    return _listed(form), 422


@settings_stages.route("/pipelines/<int:pipeline_id>", methods=["GET", "POST"])
def edit_pipeline(pipeline_id: int) -> Page:
    """Renames a pipeline, or gives it another place."""
    session = current_session()
    row = pipeline(session, pipeline_id)
    form = RenameForm(request.form, data={"name": row.name, "position": row.position, "version": row.version})
    if request.method == "POST" and form.validate():
        name, place = typed(form.name), form.position.data or 1
        try:
            within = open_change(session, "pipeline.change", act=web_act())
            change_pipeline(session, row.id, name, place, within=within, expect=number_in(form.version))
            return done(within, url_for(".stages_page"), f"{name} is saved.")
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            form.version.data = str(row.version)
            return render_template("settings/pipeline_edit.html", form=form, pipeline=row, theirs=row), 409
    page = render_template("settings/pipeline_edit.html", form=form, pipeline=row, theirs=None)
    return page, (200 if request.method == "GET" else 422)


@settings_stages.post("/pipelines/<int:pipeline_id>/active")
def activate_pipeline(pipeline_id: int) -> Response:
    """Takes a pipeline out of use, or back into it."""
    session, active = current_session(), request.form.get("active") == "yes"
    try:
        within = open_change(session, "pipeline.retire", act=web_act())
        expect = request.form.get("version", None, int)
        set_pipeline_active(session, pipeline_id, active=active, within=within, expect=expect)
    except Blocked as error:
        flash(" ".join(error.reasons), "danger")
        return redirect(url_for(".edit_pipeline", pipeline_id=pipeline_id), 303)
    return done(within, url_for(".stages_page"), "The pipeline is in use." if active else "The pipeline is retired.")


@settings_stages.route("/pipelines/<int:pipeline_id>/new", methods=["GET", "POST"])
def new_stage(pipeline_id: int) -> Page:
    """Adds a stage."""
    session = current_session()
    row = pipeline(session, pipeline_id)
    here = stages(session, row.id)
    place = here[-1].position + 1 if here else 1
    form = StageForm(request.form, data={"position": place, "plan": "", "kind": KINDS[min(place, len(KINDS)) - 1]})
    form.offer(_plans(session))
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "stage.add", act=web_act())
            made = add_stage(session, row.id, _draft(form), within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            return done(within, url_for(".edit", stage_id=made.id), f"{made.name} is added. Say what it asks for.")
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
    return render_template(
        "settings/stages_edit.html",
        form=form,
        pipeline=parent,
        stage=row,
        theirs=theirs,
        evidence=evidence_of(session, [row.id]).get(row.id, []),
        sentences=sentences(session, row.id),
        held=standing(session).get(row.id, 0),
    )


def _data(row: Stage) -> dict[str, object]:
    return {
        "name": row.name,
        "position": row.position,
        "expected_days": row.expected_days,
        "plan": str(row.plan_template_id or ""),
        "kind": row.kind,
        "required": row.required,
        "version": str(row.version),
    }


def _draft(form: StageForm) -> StageDraft:
    plan = typed(form.plan)
    return StageDraft(
        typed(form.name),
        form.position.data or 1,
        form.expected_days.data,
        int(plan) if plan else None,
        typed(form.kind),
        tuple(form.required.data or ()),
    )


def _plans(session: Session) -> list[tuple[int, str]]:
    return [(line.id, line.name) for line in templates(session, active_only=True)]


def _listed(form: PipelineForm) -> str:
    session = current_session()
    rows = [(row, stages(session, row.id, retired=True)) for row in pipelines(session, retired=True)]
    asked = evidence_of(session, [stage.id for _, each in rows for stage in each])
    return render_template(
        "settings/stages.html",
        rows=rows,
        form=form,
        plans={line.id: line.name for line in templates(session)},
        asked={stage_id: len(each) for stage_id, each in asked.items()},
        standing=standing(session),
    )


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_stages)
