"""Who is in charge of a constituent: assigning somebody, with what it brings said before, and ending a charge."""

from flask import g, render_template, request, url_for

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.assign import Charge
from donors.pipeline.models import Prospect
from donors.pipeline.portfolios.cautions import Outcome, outcome
from donors.pipeline.queries.board import card
from donors.pipeline.queries.prospects import in_charge_of, prospect
from donors.web.charges import charge_choices
from donors.web.door import local_path
from donors.web.forms import refuse, typed
from donors.web.pipeline.forms import OfficerForm
from donors.web.pipeline.prospect_views import Page
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.portfolio import assign_officer, end_charge


def officer(prospect_id: int) -> Page:
    """Puts somebody in charge; where something speaks against it, it is said first and asked once more."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    form = OfficerForm(request.form, data={"from_on": g.today, "officer": viewer().id})
    form.officer.choices = charge_choices(session, volunteers=True)
    if request.method == "GET":
        return _shown(session, found, form)
    if not form.validate():
        return _shown(session, found, form), 422
    return _assign(session, found, form)


def _assign(session: Session, found: Prospect, form: OfficerForm) -> Page:
    charge = Charge(form.officer.data, form.from_on.data or g.today, typed(form.role), typed(form.reason))
    after = local_path(request.form.get("next"), url_for(".prospect_page", prospect_id=found.id))
    brings = outcome(session, [found.constituent_id], charge, on=g.today)
    if brings.cautions and request.form.get("agreed") != str(charge.officer_id):
        return _shown(session, found, form, brings, agreed=charge.officer_id), 409
    try:
        within = open_change(session, "prospect.assign", act=web_act(charge.reason))
        assign_officer(session, found.constituent_id, charge, within=within)
        return carried_out(within, after, "The officer is assigned.")
    except Invalid as error:
        refuse(form, error)
    except Blocked as error:
        form.form_errors.append(error.message)
    return _shown(session, found, form, brings), 422


def release_officer(prospect_id: int, assignment_id: int) -> Page:
    """Ends an assignment today."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    if assignment_id not in {one.assignment.id for one in in_charge_of(session, found.constituent_id)}:
        raise NotFound("assignment", assignment_id)
    within = open_change(session, "prospect.release", act=web_act())
    reason = request.form.get("reason", "").strip() or "released"
    end_charge(session, assignment_id, on=g.today, reason=reason[:300], within=within)
    return carried_out(within, url_for(".prospect_page", prospect_id=prospect_id), "The officer is released.")


def _shown(
    session: Session, found: Prospect, form: OfficerForm, brings: Outcome | None = None, *, agreed: int = 0
) -> str:
    return render_template(
        "pipeline/officer.html",
        prospect=found,
        card=card(session, found.id, on=g.today, sees=viewer().sees),
        in_charge=[one for one in in_charge_of(session, found.constituent_id) if one.assignment.to_on is None],
        form=form,
        brings=brings,
        agreed=agreed,
        next=request.values.get("next", ""),
    )
