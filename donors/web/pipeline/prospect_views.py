"""One prospect: stage and history, ask, who is in charge, out of the pipeline and back."""

from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.pipeline.asks.queries import asks_of
from donors.pipeline.decide import LEFT
from donors.pipeline.evidence.history import kept_at
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.board import card
from donors.pipeline.queries.moves import moves_of, planned_of
from donors.pipeline.queries.prospects import history, in_charge_of, prospect
from donors.pipeline.queries.stages import stages
from donors.reports.velocity import stuck_cards
from donors.web.forms import number, number_in, refuse, typed
from donors.web.pipeline.forms import (
    CloseForm,
)
from donors.web.pipeline.hot_views import sureness
from donors.web.pipeline.proofs import link, remedy
from donors.web.pipeline.stage_views import asked_by, next_stage, say_plan
from donors.web.pipeline.undo_views import carried_out
from donors.web.reports.memory import memory
from donors.web.session import viewer, web_act
from donors.workflows.advance import leave, take_back

Page = str | Response | tuple[str, int]


def prospect_page(prospect_id: int) -> Page:
    """Where a prospect stands and how it came there."""
    return _page(prospect_id)


def close(prospect_id: int) -> Page:
    """Out of the pipeline."""
    session = current_session()
    prospect(session, prospect_id, sees=viewer().sees)
    form = CloseForm(request.form)
    if not form.validate():
        return _page(prospect_id, 422, close_form=form)
    leaving = Leaving(g.today, typed(form.closed_reason), typed(form.how), form.returns_on.data)
    within = open_change(session, "prospect.close", act=web_act(leaving.reason))
    try:
        leave(session, prospect_id, leaving, within=within, expect=number_in(form.version))
    except Conflict:
        return _page(prospect_id, 409, close_form=form, conflict="You wanted to close the prospect.")
    except Invalid as error:
        refuse(form, error)
        return _page(prospect_id, 422, close_form=form)
    return carried_out(
        within, url_for(".prospect_page", prospect_id=prospect_id), "The prospect has left the pipeline."
    )


def reopen(prospect_id: int) -> Page:
    """Back into the pipeline."""
    session = current_session()
    prospect(session, prospect_id, sees=viewer().sees)
    why = request.form.get("why", "").strip()[:300]
    entry = Entry(g.today, number(request.form.get("stage", "")), why)
    within = open_change(session, "prospect.reopen", act=web_act(why))
    try:
        with session.begin_nested():
            say_plan(take_back(session, prospect_id, entry, within=within))
    except (Blocked, Invalid) as error:
        return _page(prospect_id, 422, refusal=error.message)
    return carried_out(
        within, url_for(".prospect_page", prospect_id=prospect_id), "The prospect is in the pipeline again."
    )


def _page(prospect_id: int, status: int = 200, **given: Form | str) -> Page:
    """The page with its forms, those that were sent as they were typed."""
    session, seen = current_session(), viewer().sees
    found = prospect(session, prospect_id, sees=seen)
    shown = card(session, prospect_id, on=g.today, sees=seen)
    here = {"version": found.version}
    forms: dict[str, Any] = {
        "close_form": CloseForm(data=here),
    } | given
    ladder = stages(session, found.pipeline_id)
    way = history(session, prospect_id, on=g.today)
    following = next_stage(tuple(ladder), found.stage_id) if found.is_active else None
    page = render_template(
        "pipeline/prospect.html",
        card=shown,
        stages=ladder,
        asks=asks_of(session, prospect_id, sees=seen),
        history=way,
        kept=kept_at(session, [one.entry.id for one in way], sees=seen),
        ahead=asked_by(session, found, following) if following else None,
        link=link,
        remedy=remedy,
        left=LEFT,
        in_charge=in_charge_of(session, found.constituent_id),
        planned=planned_of(session, found.constituent_id, sees=seen),
        moves=moves_of(session, found.constituent_id, sees=seen, limit=10),
        stuck=stuck_cards(session, [shown], g.today, memory=memory()).get(prospect_id) if shown else None,
        **sureness(found),
        **forms,
    )
    return page if status == 200 else (page, status)
