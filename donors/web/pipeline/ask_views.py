"""One ask: opened from a constituent's page, shown, changed, brought on."""

from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import Constituent
from donors.constituents.search import search
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.core.money import to_decimal
from donors.giving.queries.listing import offered
from donors.pipeline.asks.decide import NEXT, STATUSES
from donors.pipeline.asks.gifts import gifts_of_ask, gifts_offered, worth
from donors.pipeline.asks.models import DECLINED, DEFERRED, PLANNED, RECEIVED
from donors.pipeline.asks.proposals import versions
from donors.pipeline.asks.propose import STATES
from donors.pipeline.asks.queries import Ask, entries
from donors.pipeline.asks.queries import ask as one_ask
from donors.pipeline.asks.suggestion import TOO_LITTLE
from donors.pipeline.odds.own import Odds, fit
from donors.pipeline.queries.prospects import officers, prospects_of
from donors.pipeline.queries.stages import pipelines
from donors.reports.learnt import learnt_by
from donors.web.choose import by_id
from donors.web.forms import number_in, option, refuse, typed
from donors.web.pipeline.ask_forms import (
    AskForm,
    ProposalForm,
    ReturnedForm,
    SentForm,
    StepForm,
    ask_form,
    data_of,
    step_in,
    terms_in,
)
from donors.web.pipeline.forms import officer_choices
from donors.web.pipeline.suggested import suggested
from donors.web.pipeline.undo_views import carried_out
from donors.web.reports.memory import memory
from donors.web.session import viewer, web_act
from donors.workflows.asks import change_ask, open_ask, prospect_in, step_ask

Page = str | Response | tuple[str, int]
EITHER = (DECLINED, DEFERRED)
ORDER = tuple(STATUSES)


def new_ask() -> Page:
    """First who, then what for and how much."""
    session = current_session()
    who = by_id(session, request.values.get("constituent", ""))
    if who is None:
        q = request.args.get("q", "").strip()[:100]
        hits = search(session, q, sees=viewer().sees, limit=12) if q else []
        return render_template("pipeline/who.html", title="Plan an ask", view="new_ask", q=q, hits=hits, likely=[])
    form = _form(None if request.method == "GET" else request.form)
    standing = prospects_of(session, who.id, sees=viewer().sees)
    active = [one.pipeline.id for one in standing if one.prospect.is_active]
    form.pipeline.choices = [option(one.id, one.name) for one in pipelines(session)]
    if request.method == "GET":
        form.pipeline.data = next(iter(active), None)
        return _new_page(form, who, standing)
    if "take" in request.form:
        form.amount.data = request.form["take"][:40]
        return _new_page(form, who, standing)
    return _opened(form, who) or (_new_page(form, who, standing), 422)


def _opened(form: AskForm, who: Constituent) -> Response | None:
    if not form.validate():
        return None
    session = current_session()
    within = open_change(session, "ask.open", act=web_act())
    try:
        prospect_id = prospect_in(session, who.id, form.pipeline.data or 0, on=g.today, within=within)
        status = typed(form.status) or PLANNED
        row = open_ask(session, prospect_id, terms_in(form), on=g.today, within=within, status=status)
    except Invalid as error:
        refuse(form, error)
        return None
    except Blocked as error:
        form.form_errors.append(error.message)
        return None
    here = url_for(".ask_page", opportunity_id=row.id)
    return carried_out(within, here, f"The ask of {who.name} is saved.", gone=f"/constituents/{who.id}")


def _new_page(form: AskForm, who: Constituent, standing: Any) -> str:
    kind = next((one.stage.kind for one in standing if one.prospect.is_active), "identification")
    own, beside = _own(kind, typed(form.status) or PLANNED, 0), _beside(who.id)
    return render_template("pipeline/ask_new.html", form=form, who=who, standing=standing, own=own, **beside)


def _beside(constituent_id: int) -> dict[str, Any]:
    """The suggestion, for those who may see giving: its sums as they are typed into the form too."""
    known = suggested(current_session(), constituent_id)
    if known is None:
        return {"suggestion": None, "too_little": ""}
    found = known.suggestion
    rungs = [] if found is None else [(sum_, f"{to_decimal(sum_, g.currency):f}") for sum_ in found.rungs]
    return {"suggestion": found, "known": known, "rungs": rungs, "too_little": "" if found else TOO_LITTLE}


def _own(kind: str, status: str, days: int) -> Odds | None:
    """The odds of this house's own history for an ask in a stage and status; none while there are too few asks."""
    kept = memory() if request.method == "GET" else None  # what a form has written may not stay
    history, _slip = learnt_by(current_session(), g.today, kept)
    return fit(history).odds((kind, status), days)


def _form(values: Any, data: dict[str, Any] | None = None) -> AskForm:
    session = current_session()
    people = [option("", "Primary officer"), *officer_choices(officers(session))]
    return ask_form(values, offered(session), people, data=data)


def ask_page(opportunity_id: int) -> Page:
    """The ask."""
    return shown(opportunity_id)


def edit_ask(opportunity_id: int) -> Page:
    """Changes what the ask is about. What somebody else changed meanwhile is shown beside what was typed."""
    session = current_session()
    found = one_ask(session, opportunity_id, sees=viewer().sees)
    if request.method == "GET":
        return _edit_page(found, _form(None, data_of(found.opportunity)))
    form = _form(request.form)
    del form.pipeline, form.status
    if "take" in request.form:
        form.amount.data = request.form["take"][:40]
        return _edit_page(found, form)
    if form.validate():
        within = open_change(session, "ask.change", act=web_act(typed(form.why)))
        try:
            expect = number_in(form.version)
            change_ask(session, opportunity_id, terms_in(form), on=g.today, within=within, expect=expect)
            return carried_out(within, url_for(".ask_page", opportunity_id=opportunity_id), "The ask is changed.")
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            now = one_ask(session, opportunity_id, sees=viewer().sees)
            form.version.data = str(now.opportunity.version)
            return _edit_page(now, form, conflict=True), 409
    return _edit_page(found, form), 422


def _edit_page(found: Ask, form: AskForm, *, conflict: bool = False) -> str:
    row, beside = found.opportunity, _beside(found.prospect.constituent_id)
    own = _own(found.stage.kind, row.status, (g.today - row.status_since).days)
    return render_template("pipeline/ask_edit.html", ask=found, form=form, conflict=conflict, own=own, **beside)


def step(opportunity_id: int) -> Page:
    """Brings the ask to another status."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    form = StepForm(request.form)
    if form.validate():
        wanted = step_in(form, g.today)
        within = open_change(session, "ask.step", act=web_act(wanted.why))
        try:
            step_ask(session, opportunity_id, wanted, within=within, expect=number_in(form.version))
            said = f"The ask is {STATUSES[wanted.status].lower()} now."
            return carried_out(within, url_for(".ask_page", opportunity_id=opportunity_id), said)
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
        except Conflict:
            return shown(opportunity_id, 409, conflict="Look what it is now, and choose again if it still holds.")
    return shown(opportunity_id, 422, step_form=form)


def shown(opportunity_id: int, status: int = 200, **given: Any) -> Page:
    """The page with its forms, those that were sent as they were typed."""
    session = current_session()
    found = one_ask(session, opportunity_id, sees=viewer().sees)
    row = found.opportunity
    gifts = gifts_of_ask(session, row.id, sees=viewer().sees) if viewer().may("giving.read") else []
    onward = sorted(NEXT[row.status], key=lambda code: (ORDER.index(code) < ORDER.index(row.status), ORDER.index(code)))
    forms = {
        "step_form": StepForm(data={"on": g.today, "version": row.version}),
        "own": _own(found.stage.kind, row.status, (g.today - row.status_since).days),
        "forward": next((code for code in onward if found.is_open and code not in (PLANNED, *EITHER)), None),
        "onward": [(code, STATUSES[code]) for code in onward if code not in EITHER],
        "ends": [(code, STATUSES[code]) for code in onward if code in EITHER],
        "gifts": gifts,
        "worth": worth(gifts),
        "offered": gifts_offered(session, found, sees=viewer().sees) if _may_link(found) else [],
        "entries": entries(session, row.id),
        "versions": versions(session, row.id),
        "states": STATES,
        "proposal_form": ProposalForm(),
        "sent_form": SentForm(data={"sent_on": g.today}),
        "returned_form": ReturnedForm(),
        "conflict": "",
    } | given
    page = render_template("pipeline/ask.html", ask=found, **forms)
    return page if status == 200 else (page, status)


def _may_link(found: Ask) -> bool:
    open_to_gifts = found.is_open or found.opportunity.status == RECEIVED
    return open_to_gifts and viewer().may("pipeline.write") and viewer().may("giving.read")
