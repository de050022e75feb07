"""Putting somebody into the pipeline."""

from flask import flash, g, render_template, request, url_for

from donors.constituents.models import Constituent
from donors.constituents.search import search
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.prospects import prospects_of
from donors.pipeline.queries.stages import first_stage, pipeline, stage_of
from donors.web.charges import charge_choices
from donors.web.choose import by_id
from donors.web.forms import number, typed
from donors.web.ladders import ladder_choices
from donors.web.pipeline.forms import AddForm
from donors.web.pipeline.prospect_views import Page
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.advance import add_prospect
from donors.workflows.plans import Refusal


def add() -> Page:
    """First who, then where and with whom in charge."""
    session = current_session()
    who = by_id(session, request.values.get("constituent", ""))
    if who is None:
        q = request.args.get("q", "").strip()[:100]
        hits = search(session, q, sees=viewer().sees, limit=12) if q else []
        return render_template("pipeline/who.html", title="Add a prospect", view="add", q=q, hits=hits, likely=[])
    first = first_stage(session, pipeline(session, number(request.args.get("pipeline", ""))).id)
    form = AddForm(request.form, data={"constituent": str(who.id), "officer": viewer().id, "stage": first.id})
    form.stage.choices = ladder_choices(session)
    form.officer.choices = charge_choices(session, nobody="Nobody yet")
    if request.method == "POST" and form.validate():
        answer = _add(form, who)
        if answer is not None:
            return answer
    standing = prospects_of(session, who.id, sees=viewer().sees)
    page = render_template("pipeline/add.html", form=form, who=who, standing=standing)
    return page if request.method == "GET" else (page, 422)


def _add(form: AddForm, who: Constituent) -> Page | None:
    session = current_session()
    into = stage_of(session, form.stage.data).pipeline_id
    within = open_change(session, "prospect.add", act=web_act(typed(form.why)))
    entry = Entry(g.today, form.stage.data, typed(form.why))
    try:
        added = add_prospect(session, who.id, into, entry, within=within, officer_id=form.officer.data or None)
    except Blocked as error:
        form.form_errors.append(error.message)
        return None
    if isinstance(added.plan, Refusal):
        flash("The stage’s plan was not started: " + " ".join(added.plan.reasons), "warn")
    here = url_for(".prospect_page", prospect_id=added.prospect.id)
    return carried_out(within, here, f"{who.name} is in the pipeline.", gone=f"/constituents/{who.id}")
