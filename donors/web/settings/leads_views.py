"""Settings › Lead forms: forms for everybody, the rota, own hosts and where late leads go."""

from dataclasses import replace

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Conflict, Invalid
from donors.core.settings import Organization
from donors.leads.arrivals import KEEP, count_arrivals
from donors.leads.forms import (
    add_form,
    change_form,
    draft_form,
    drop_key,
    lead_form,
    lead_forms,
    make_key,
    set_form_active,
)
from donors.leads.hosts import read_hosts
from donors.leads.models import LeadForm
from donors.leads.rota import rota, set_rota
from donors.leads.snippet import snippet
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.forms import number, number_in, refuse, typed
from donors.web.lead_form.asked import TRAP
from donors.web.lead_form.views import Shown, drawn
from donors.web.session import web_act
from donors.web.settings.keep import keep
from donors.web.settings.leads_forms import CHANNELS, HostsForm, LeadFormForm, filled

settings_leads = Blueprint("settings_leads", __name__, url_prefix="/settings/leads")


@settings_leads.get("")
def leads_page() -> str:
    """All forms, the rota, and what holds for both."""
    return _all(_hosts_form(g.organization))


@settings_leads.post("/hosts")
def save_hosts() -> Page:
    """Keeps the own hosts, and where late leads go."""
    form = HostsForm(request.form)

    def change(here: Organization) -> Organization:
        return replace(here, own_hosts=read_hosts(form.hosts()), late_leads_to=typed(form.late_leads_to))

    if form.validate() and keep(change, form, "Saved."):
        return redirect(url_for(".leads_page"), 303)
    return _all(form), 422


@settings_leads.post("/rota")
def save_rota() -> Response:
    """Puts the rota in the order of the numbers; who has none is not on it."""
    session = current_session()
    placed = [(number(request.form.get(f"place-{one.user_id}", "").strip()), one) for one in rota(session, on=g.today)]
    wanted = sorted((place, one.name, one.user_id) for place, one in placed if place)
    within = open_change(session, "rota.change", act=web_act())
    set_rota(session, [user_id for _place, _name, user_id in wanted], within=within)
    said = "The rota is saved." if wanted else "Nobody is on the rota: new leads are nobody’s, and directors are told."
    return done(within, url_for(".leads_page"), said, "good" if wanted else "warn")


@settings_leads.route("/forms/new", methods=["GET", "POST"])
def add() -> Page:
    """Makes a form."""
    form = LeadFormForm(request.form or None, data=filled(None))
    if request.method == "POST" and form.validate():
        session = current_session()
        try:
            within = open_change(session, "lead_form.add", act=web_act())
            row = add_form(session, form.draft(), within=within)
        except Invalid as error:
            _refuse(form, error)
        else:
            return done(within, url_for(".edit", lead_form_id=row.id), "The form is open.")
    return _shown(form, None), (200 if request.method == "GET" else 422)


@settings_leads.get("/forms/<int:lead_form_id>")
def edit(lead_form_id: int) -> str:
    """Shows a form with its address and its snippet."""
    row = lead_form(current_session(), lead_form_id)
    return _shown(LeadFormForm(data=filled(row)), row)


@settings_leads.post("/forms/<int:lead_form_id>")
def save(lead_form_id: int) -> Page:
    """Changes a form."""
    session = current_session()
    row = lead_form(session, lead_form_id)
    form = LeadFormForm(request.form)
    if form.validate():
        try:
            within = open_change(session, "lead_form.change", act=web_act())
            change_form(session, row, form.draft(), within=within, expect=number_in(form.version) or 0)
        except Invalid as error:
            _refuse(form, error)
        except Conflict:
            row = lead_form(session, lead_form_id)
            form.version.data = str(row.version)
            form.form_errors.append("Somebody else saved this form in the meantime. Save again to replace it.")
            return _shown(form, row), 409
        else:
            return done(within, url_for(".edit", lead_form_id=lead_form_id), "The form is saved.")
    return _shown(form, row), 422


@settings_leads.post("/forms/look")
def look() -> Page:
    """The form as everybody would see it, before it is saved; it cannot be sent."""
    form = LeadFormForm(request.form)
    try:
        row = draft_form(current_session(), form.draft())
    except Invalid as error:
        _refuse(form, error)
        return _shown(form, None), 422
    return drawn(row, g.organization, Shown(), sealed="")


@settings_leads.post("/forms/<int:lead_form_id>/active")
def activate(lead_form_id: int) -> Response:
    """Opens a form, or closes it."""
    session, active = current_session(), request.form.get("active") == "yes"
    row = lead_form(session, lead_form_id)
    within = open_change(session, "lead_form.use" if active else "lead_form.rest", act=web_act())
    set_form_active(session, row, active=active, within=within)
    return done(within, url_for(".leads_page"), f"{row.name} is {'open again' if active else 'closed'}.")


@settings_leads.post("/forms/<int:lead_form_id>/key")
def key(lead_form_id: int) -> Page:
    """Makes a key for programs and shows it once, or takes it away."""
    session = current_session()
    row = lead_form(session, lead_form_id)
    try:
        within = open_change(session, "lead_form.key", act=web_act())
    except AlreadyDone:
        return redirect(url_for(".edit", lead_form_id=lead_form_id), 303)
    if request.form.get("drop") == "yes":
        drop_key(session, row, within=within)
        flash("The key is void.", "good")
        return redirect(url_for(".edit", lead_form_id=lead_form_id), 303)
    made = make_key(session, row, within=within)
    return _shown(LeadFormForm(data=filled(row)), row, made)


def _refuse(form: LeadFormForm, error: Invalid) -> None:
    """Consents have a field for each channel: what is wrong with them is told at the first."""
    refuse(form, replace(error, field="consent_email") if error.field == "consents" else error)


def _hosts_form(here: Organization) -> HostsForm:
    return HostsForm(data={"own_hosts": "\n".join(here.own_hosts), "late_leads_to": here.late_leads_to})


def _all(form: HostsForm) -> str:
    session = current_session()
    return render_template(
        "settings/leads.html",
        lines=lead_forms(session),
        rota=rota(session, on=g.today),
        trapped=count_arrivals(session, since=g.now - KEEP),
        form=form,
    )


def _shown(form: LeadFormForm, row: LeadForm | None, made: str = "") -> str:
    address = f"{current_app.config['HOUSE'].site_url}/f/{row.token}" if row else ""
    return render_template(
        "settings/lead_form.html",
        form=form,
        row=row,
        address=address,
        snippet=snippet(row, address, TRAP) if row else "",
        key=made,
        channels=CHANNELS,
    )


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_leads)
