"""Settings › Funds, campaigns, appeals, activities: what gifts and hours are for."""

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, current_session
from donors.core.errors import Invalid, NotFound
from donors.core.money import parse_money
from donors.giving import purposes
from donors.giving.models import Appeal, Campaign, Fund
from donors.rollups.definition import Definition
from donors.rollups.owned import values_of_all
from donors.rollups.queries import Value, definitions
from donors.rollups.returned import Told
from donors.rollups.targets import Target
from donors.volunteering import activities
from donors.volunteering.models import Activity
from donors.web.accounts.views import Page
from donors.web.forms import refuse, typed
from donors.web.owners import PLACES
from donors.web.session import viewer, web_act
from donors.web.settings.organization_forms import CampaignForm, PurposeForm
from donors.workflows.purposes import lists, named

settings_purposes = Blueprint("settings_purposes", __name__, url_prefix="/settings/purposes")

KINDS: dict[str, tuple[type[Any], str]] = {
    "funds": (Fund, "Funds"),
    "campaigns": (Campaign, "Campaigns"),
    "appeals": (Appeal, "Appeals"),
    "activities": (Activity, "Activities"),
}
"""Word in the address → its rows and its heading."""
OWNERS = {"funds": Target.FUND, "campaigns": Target.CAMPAIGN}
"""Those that have figures."""
BESIDE = ("total", "this_fiscal_year_total")
"""Which of them stand here, by the end of their keys."""


@settings_purposes.get("")
def purposes_page() -> str:
    """The four lists, each with a field to add to it."""
    return _shown({})


@settings_purposes.post("/<word>/add")
def add(word: str) -> Page:
    """Adds to one of the lists."""
    kind, _ = _kind(word)
    form = _form(word)(request.form)
    if form.validate():
        session = current_session()
        try:
            _add(session, kind, form, within=open_change(session, f"{kind.__tablename__}.add", act=web_act()))
        except Invalid as error:
            refuse(form, error)
        else:
            flash(f"{typed(form['name'])} is added.", "good")
            return redirect(url_for(".purposes_page"), 303)
    return _shown({word: form}), 422


@settings_purposes.post("/<word>/<int:row_id>/rename")
def rename(word: str, row_id: int) -> Page:
    """Gives one of them another name."""
    kind, _ = _kind(word)
    session = current_session()
    row = named(session, kind, row_id)
    within = open_change(session, f"{kind.__tablename__}.rename", act=web_act())
    change = activities.rename_activity if kind is Activity else purposes.rename
    change(session, row, request.form.get("name", ""), within=within, expect=request.form.get("version", None, int))
    flash("The name is changed.", "good")
    return redirect(url_for(".purposes_page"), 303)


@settings_purposes.post("/<word>/<int:row_id>/active")
def set_active(word: str, row_id: int) -> Response:
    """Offers one of them for new records, or no longer."""
    kind, _ = _kind(word)
    session = current_session()
    row = named(session, kind, row_id)
    within = open_change(session, f"{kind.__tablename__}.change", act=web_act())
    change = activities.set_active if kind is Activity else purposes.set_active
    change(session, row, active=request.form.get("active") == "yes", within=within)
    flash(f"{row.name} is {'offered again' if row.is_active else 'no longer offered'}.", "good")
    return redirect(url_for(".purposes_page"), 303)


def _kind(word: str) -> tuple[type[Any], str]:
    if word not in KINDS:
        raise NotFound("list", word)
    return KINDS[word]


def _form(word: str) -> type[Form]:
    return CampaignForm if word == "campaigns" else PurposeForm


def _add(session: Session, kind: type[Any], form: Form, *, within: ChangeSet) -> None:
    name = typed(form["name"])
    if kind is Activity:
        activities.add_activity(session, name, within=within)
    elif kind is Fund:
        purposes.add_fund(session, name, within=within)
    elif kind is Appeal:
        purposes.add_appeal(session, name, within=within)
    else:
        goal = parse_money(typed(form["goal"]), g.organization.currency, field="goal") if typed(form["goal"]) else None
        given = purposes.CampaignInput(name, form["starts_on"].data, form["ends_on"].data, goal)
        purposes.add_campaign(session, given, within=within)


def _shown(forms: dict[str, Form]) -> str:
    rows = lists(current_session(), [kind for kind, _ in KINDS.values()])
    shown = {word: forms.get(word) or _form(word)() for word in KINDS}
    for word, form in shown.items():
        for field in form:
            field.id = f"{word}-{field.id}"  # four forms on one page, each with a name
    sections = [
        (word, heading, found, shown[word], any(row.is_active for row in found))
        for (word, (_, heading)), found in zip(KINDS.items(), rows, strict=True)
    ]
    figures = {word: _figures(target) for word, target in OWNERS.items()} if viewer().may("giving.read") else {}
    stands = {word: PLACES[target] for word, target in OWNERS.items()}
    return render_template("settings/purposes.html", sections=sections, figures=figures, stands=stands)


def _figures(target: Target) -> tuple[list[Definition], dict[int, dict[str, Value | Told]]]:
    """The figures that stand beside a name, and their values by id and key."""
    session = current_session()
    known = [one for one in definitions(session, target) if one.key in {f"{target}_{end}" for end in BESIDE}]
    return known, values_of_all(session, target, known)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_purposes)
