"""Settings: the first page of them, and the organization."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for

from donors.core.settings import Organization
from donors.web.accounts.views import Page
from donors.web.forms import typed
from donors.web.settings.keep import keep
from donors.web.settings.organization_forms import OrganizationForm

settings = Blueprint("settings", __name__, url_prefix="/settings")

PLACES = (
    (
        "organization",
        "/settings/organization",
        "Organization",
        "Name, time zone, currency, fiscal year",
        "settings.read",
    ),
    ("calendar", "/settings/calendar", "Calendar", "Holidays, closed days, quiet times", "settings.read"),
    ("users", "/settings/users", "Users", "Who may sign in, and what each may do", "users.manage"),
    ("calendar-off", "/settings/absences", "Absences", "Who is away, and who stands in", "users.manage"),
    ("giving", "/settings/purposes", "Funds, campaigns, activities", "What gifts and hours are for", "settings.read"),
    ("pipeline", "/settings/stages", "Pipelines and stages", "Names, order, expected days", "settings.read"),
    ("levels", "/settings/tracks", "Tracks and levels", "The ladders and their bands", "settings.read"),
    ("levels", "/settings/rollups", "Rollups", "What is counted, and whether it is right", "settings.read"),
    ("plans", "/settings/starts", "What starts plans", "Gifts, hours, time, levels, stages", "settings.read"),
    ("leads", "/settings/leads", "Lead forms", "Who comes in, to whom they go, and by when", "settings.read"),
    ("leads", "/settings/suggestions", "Suggestions", "Who in the file is suggested as a lead", "settings.read"),
    ("list", "/settings/queues", "Queues", "Tasks that wait for whoever takes them first", "settings.read"),
    ("history", "/settings/jobs", "Jobs", "What runs at night, and how it went", "jobs.manage"),
    ("email", "/mail", "Mail", "What waits for a yes, what left, what could not", "mail.write"),
    ("email", "/settings/mail", "Mail and limits", "Addresses, and how often one is contacted", "settings.read"),
    ("letter", "/mail/templates", "Mail templates", "What plans write to constituents", "plans.design"),
    ("history", "/settings/audit", "Changes", "Who did what, and the way back", "audit.read"),
    (
        "shield-check",
        "/settings/access",
        "Access record",
        "Sign-ins, refusals, exports, changes of rights",
        "audit.read",
    ),
)
"""Icon, address, label, text and need of each place of the settings."""


@settings.get("")
def index() -> str:
    """The places of the settings that this viewer may open."""
    return render_template("settings/index.html", areas=[place for place in PLACES if g.viewer.may(place[4])])


@settings.get("/organization")
def organization_page() -> str:
    """What the organization has set."""
    return _shown(_filled(g.organization))


@settings.post("/organization")
def save_organization() -> Page:
    """Keeps what was changed."""
    form = OrganizationForm(request.form)
    if form.validate() and keep(partial(_changed, form), form, "The organization is saved."):
        return redirect(url_for(".organization_page"), 303)
    return _shown(form), 422


def _filled(current: Organization) -> OrganizationForm:
    form = OrganizationForm(obj=current)
    form.fiscal_named_for_end.data = "yes" if current.fiscal_named_for_end else "no"
    return form


def _changed(form: OrganizationForm, here: Organization) -> Organization:
    return replace(
        here,
        name=typed(form.name).strip(),
        zone=typed(form.zone),
        locale=typed(form.locale),
        currency=typed(form.currency),
        portfolio_warning=form.portfolio_warning.data or 0,
        portfolio_limit=form.portfolio_limit.data or 0,
        fiscal_start_month=form.fiscal_start_month.data,
        fiscal_named_for_end=form.fiscal_named_for_end.data == "yes",
    )


def _shown(form: OrganizationForm) -> str:
    return render_template("settings/organization.html", form=form)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings)
