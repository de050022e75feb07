"""Leads into constituents: the page that lays out who they may be, and the act, all of it or nothing."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, HouseError, Invalid, NotAllowed, NotFound
from donors.leads.models import SOURCES
from donors.leads.queue import LeadRow
from donors.leads.same_address import Other, others_of
from donors.leads.story import lead_rows
from donors.leads.terms import FITS
from donors.pipeline.queries.stages import pipelines, stages
from donors.web.answer import done
from donors.web.charges import charge_choices
from donors.web.filters import plural
from donors.web.forms import number
from donors.web.leads.conversion import body, conversion, house, offers
from donors.web.leads.trail import trail
from donors.web.session import looking, viewer, web_act
from donors.workflows.convert_lead import convert_leads
from donors.workflows.converting.wanted import AFFILIATIONS, Conversion, Converted

Page = str | Response | tuple[str, int]
MOST = 12


def convert() -> Page:
    """Converts one lead or several together. What was typed stays when something is still to be put right.

    Then it leads to the first of the leads, which says what became of it, how to take that back, and who is next.
    """
    if not viewer().may("constituents.write"):
        raise NotAllowed("constituents.write")
    rows = _rows()
    if request.method == "GET" or request.form.get("act") != "convert":
        return _page(rows)
    session, sent = current_session(), request.form
    there = trail(session, [row.lead.id for row in rows]).at(rows[0].lead.id)
    within = open_change(session, "lead.convert", act=web_act())
    try:
        made = offers(session, rows, sent)
        wanted = conversion(made, house(session, made, sent), body(session, made, sent), sent)
        found = convert_leads(session, wanted, sees=viewer().sees, on=g.today, within=within)
    except Invalid as error:
        return _page(rows, problem=error.message), 422
    except Blocked as error:
        return _page(rows, problem=error.message), 409
    return done(within, there, _said(wanted, found), undo=url_for(".undo", change_set_id=within.id, back=there))


def _rows() -> list[LeadRow]:
    ids = list(dict.fromkeys(one for text in request.values.getlist("ids") if (one := number(text)) is not None))
    if not ids:
        raise NotFound("lead")
    if len(ids) > MOST:
        raise Blocked("Nothing was converted", (f"Convert at most {MOST} leads together.",))
    return list(lead_rows(current_session(), ids, sees=viewer().sees))


def _said(wanted: Conversion, found: Converted) -> str:
    count = sum(len(member.lead_ids) for member in wanted.members)
    parts = [
        f"{plural(count, 'lead')} converted",
        "with the household" if found.household_id else "",
        "with the organization" if found.organization_id else "",
        "in the pipeline" if found.prospect_id else "",
        "with a first ask" if found.opportunity_id else "",
    ]
    return f"{', '.join(filter(None, parts))}. {' '.join(found.notes)}".strip()


def _others(rows: list[LeadRow]) -> list[Other]:
    """Leads of the same e-mail or phone that are not among them, as far as there is room for more."""
    found = others_of(current_session(), [row.lead for row in rows], looking=looking())
    here = {row.lead.id for row in rows}
    more = {other.lead.id: other for others in found.values() for other in others if other.lead.id not in here}
    return list(more.values())[: MOST - len(rows)]


def _page(rows: list[LeadRow], problem: str = "") -> str:
    session = current_session()
    sent: Mapping[str, str] = request.values
    try:
        made = offers(session, rows, sent)
        at, of = house(session, made, sent), body(session, made, sent)
    except HouseError as error:  # what was typed cannot even be looked up: begin from the leads themselves
        problem, sent = problem or error.message, request.args
        made = offers(session, rows, sent)
        at, of = house(session, made, sent), body(session, made, sent)
    those = pipelines(session)
    ladder: list[Any] = [
        (f"{one.id}/{stage.id}", f"{one.name}: {stage.name}" if len(those) > 1 else stage.name)
        for one in those
        for stage in stages(session, one.id)
    ]
    return render_template(
        "leads/convert.html",
        offers=made,
        house=at,
        body=of,
        sent=sent,
        problem=problem,
        fits=FITS,
        sources=SOURCES,
        affiliations=AFFILIATIONS,
        ladder=ladder,
        officers=charge_choices(session, nobody="Nobody yet"),
        trail=trail(session, [row.lead.id for row in rows]),
        others=_others(rows),
    )
