"""One prospect: stage and history, ask, who is in charge, out of the pipeline and back."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.constituents.queries import constituent
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.pipeline.asks.queries import asks_of
from donors.pipeline.assign import Charge
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.board import card
from donors.pipeline.queries.moves import moves_of, planned_of
from donors.pipeline.queries.prospects import history, in_charge_of, officers, prospect
from donors.pipeline.queries.stages import stage_of, stages
from donors.web.answer import done
from donors.web.forms import number_in, refuse, typed
from donors.web.pipeline.forms import (
    CloseForm,
    OfficerForm,
    StageForm,
    officer_choices,
    stage_choices,
)
from donors.web.session import viewer, web_act
from donors.workflows.advance import Advanced, advance, leave, take_back
from donors.workflows.plans import Refusal
from donors.workflows.portfolio import assign_officer, end_charge

Page = str | Response | tuple[str, int]


def prospect_page(prospect_id: int) -> Page:
    """Where a prospect stands and how it came there."""
    return _page(prospect_id)


def stage(prospect_id: int) -> Page:
    """Moves a prospect to another stage; the board's cards send this too."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    form = StageForm(request.form)
    form.stage.choices = stage_choices(stages(session, found.pipeline_id))
    if not form.validate():
        return _page(prospect_id, 422, stage_form=form)
    entry = Entry(form.entered_on.data or g.today, form.stage.data, typed(form.why))
    try:
        within = open_change(session, "prospect.advance", act=web_act(entry.why))
        moved = advance(session, prospect_id, entry, within=within, expect=number_in(form.version))
    except Conflict:
        wanted = stage_of(session, form.stage.data).name
        return _page(prospect_id, 409, stage_form=form, conflict=f"You wanted to move the prospect to {wanted}.")
    except (Invalid, Blocked) as error:
        return _page(prospect_id, 422, stage_form=form, refusal=error.message)
    _say_plan(moved)
    name = constituent(session, found.constituent_id, sees=viewer().sees).name
    return done(within, _back(prospect_id), f"{name} is in {stage_of(session, form.stage.data).name} now.")


def officer(prospect_id: int) -> Page:
    """Puts somebody in charge."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    form = OfficerForm(request.form)
    form.officer.choices = officer_choices(officers(session))
    if form.validate():
        charge = Charge(form.officer.data, form.from_on.data or g.today, typed(form.role), typed(form.reason))
        try:
            within = open_change(session, "prospect.assign", act=web_act(charge.reason))
            assign_officer(session, found.constituent_id, charge, within=within)
            return done(within, url_for(".prospect_page", prospect_id=prospect_id), "The officer is assigned.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
    return _page(prospect_id, 422, officer_form=form)


def release_officer(prospect_id: int, assignment_id: int) -> Page:
    """Ends an assignment today."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    if assignment_id not in {one.assignment.id for one in in_charge_of(session, found.constituent_id)}:
        raise NotFound("assignment", assignment_id)
    within = open_change(session, "prospect.release", act=web_act())
    reason = request.form.get("reason", "").strip() or "released"
    end_charge(session, assignment_id, on=g.today, reason=reason[:300], within=within)
    return done(within, url_for(".prospect_page", prospect_id=prospect_id), "The officer is released.")


def close(prospect_id: int) -> Page:
    """Out of the pipeline."""
    session = current_session()
    prospect(session, prospect_id, sees=viewer().sees)
    form = CloseForm(request.form)
    if not form.validate():
        return _page(prospect_id, 422, close_form=form)
    reason, expect = typed(form.closed_reason), number_in(form.version)
    within = open_change(session, "prospect.close", act=web_act(reason))
    try:
        leave(session, prospect_id, Leaving(g.today, reason), within=within, expect=expect)
    except Conflict:
        return _page(prospect_id, 409, close_form=form, conflict="You wanted to close the prospect.")
    return done(within, url_for(".prospect_page", prospect_id=prospect_id), "The prospect has left the pipeline.")


def reopen(prospect_id: int) -> Page:
    """Back into the pipeline."""
    session = current_session()
    prospect(session, prospect_id, sees=viewer().sees)
    why = request.form.get("why", "")[:300]
    within = open_change(session, "prospect.reopen", act=web_act(why))
    _say_plan(take_back(session, prospect_id, Entry(g.today, why=why), within=within))
    return done(within, url_for(".prospect_page", prospect_id=prospect_id), "The prospect is in the pipeline again.")


def _say_plan(moved: Advanced) -> None:
    if isinstance(moved.plan, Refusal):
        flash("The stage’s plan was not started: " + " ".join(moved.plan.reasons), "warn")
    elif moved.plan is not None:
        flash("The stage’s plan was started.", "good")


def _back(prospect_id: int) -> str:
    """A drop on the board leads back to the board, the form of the prospect to the prospect."""
    if request.args.get("from") != "board":
        return url_for(".prospect_page", prospect_id=prospect_id)
    kept = {name: request.args[name] for name in ("pipeline", "officer", "only", "sort") if name in request.args}
    return f"{url_for('.board_page')}?{urlencode(kept)}"


def _page(prospect_id: int, status: int = 200, **given: Form | str) -> Page:
    """The page with its forms, those that were sent as they were typed."""
    session, seen = current_session(), viewer().sees
    found = prospect(session, prospect_id, sees=seen)
    shown = card(session, prospect_id, on=g.today, sees=seen)
    here = {"version": found.version}
    forms: dict[str, Any] = {
        "stage_form": StageForm(data=here | {"stage": found.stage_id, "entered_on": g.today}),
        "officer_form": OfficerForm(data={"from_on": g.today, "officer": viewer().id}),
        "close_form": CloseForm(data=here),
    } | given
    ladder = stages(session, found.pipeline_id)
    forms["stage_form"].stage.choices = stage_choices(ladder)
    forms["officer_form"].officer.choices = officer_choices(officers(session))
    page = render_template(
        "pipeline/prospect.html",
        card=shown,
        stages=ladder,
        asks=asks_of(session, prospect_id, sees=seen),
        history=history(session, prospect_id, on=g.today),
        in_charge=in_charge_of(session, found.constituent_id),
        planned=planned_of(session, found.constituent_id, sees=seen),
        moves=moves_of(session, found.constituent_id, sees=seen, limit=10),
        **forms,
    )
    return page if status == 200 else (page, status)
