"""New and changed records."""

from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.constituents.create import create
from donors.constituents.decide import split_name
from donors.constituents.duplicates import Duplicate, likely_duplicates
from donors.constituents.edit import declare_living, edit, restore
from donors.constituents.models import KINDS, PERSON, Constituent
from donors.constituents.queries import constituent
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber, checked
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Conflict, Invalid, NotFound
from donors.web.answer import done
from donors.web.constituents.forms import FORMS, NEW_FORMS, DeceasedForm, ReachFields
from donors.web.forms import number_in, refuse, typed
from donors.web.session import viewer, web_act
from donors.workflows.death import record_death, remove_constituent
from donors.workflows.facts import facts_changed
from donors.workflows.optout import reaching_ends
from donors.workflows.refresh import refresh_constituents

Page = str | Response | tuple[str, int]
REACH = frozenset(ReachFields()._fields)
FIELD_OF = {"e-mail": "email", "postal code": "postal_code", "given name": "given_name", "family name": "family_name"}
"""Where a form shows what the domain calls by other words."""


def new() -> Page:
    """Somebody new; likely duplicates are shown first."""
    kind = request.args.get("kind", PERSON)
    if kind not in KINDS:
        raise NotFound("kind", kind)
    form = NEW_FORMS[kind](request.form, data=_proposed(kind))
    if request.method == "GET":
        return _new_page(kind, form)
    if form.validate():
        answer = _make(kind, form)
        if answer is not None:
            return answer
    return _new_page(kind, form), 422


def _proposed(kind: str) -> dict[str, str]:
    name = request.args.get("name", "")[:200]
    if kind != PERSON:
        return {"name": name}
    given, family = split_name(name)
    return {"given_name": given, "family_name": family}


def _make(kind: str, form: Form) -> Page | None:
    session = current_session()
    try:
        record = checked(_record(kind, form))
        likely = [] if request.form.get("confirmed") else likely_duplicates(session, record, sees=viewer().sees)
        if likely:
            return _new_page(kind, form, likely), 422
        within = open_change(session, "constituent.create", act=web_act())
        row = create(session, record, within=within)
        facts_changed(session, [row.id], within=within)
    except Invalid as error:
        _refuse(form, error)
        return None
    return done(within, url_for(".story_page", constituent_id=row.id), f"{row.name} is added.")


def _record(kind: str, form: Form) -> NewConstituent:
    reach = {name: typed(form[name]) for name in REACH}
    place = Address(reach["street"], reach["city"], reach["region"], reach["postal_code"], reach["country"])
    own: dict[str, Any] = {name: value for name, value in _values(form).items() if name not in REACH}
    return NewConstituent(
        kind=kind,
        emails=(Email(reach["email"]),) if reach["email"].strip() else (),
        phones=(PhoneNumber(reach["phone"]),) if reach["phone"].strip() else (),
        addresses=(place,) if any(part.strip() for part in vars(place).values()) else (),
        **own,
    )


def _values(form: Form) -> dict[str, Any]:
    """What the form says, by column. Only those who see confidential records may make one."""
    values = {field.name: field.data for field in form if field.name != "version"}
    if not viewer().may("confidential.read"):
        del values["confidential"]
    return {name: ("" if value is None and name != "born_on" else value) for name, value in values.items()}


def _refuse(form: Form, error: Invalid) -> None:
    refuse(form, Invalid(FIELD_OF.get(error.field, error.field), error.value, error.problem, error.remedy))


def _new_page(kind: str, form: Form, likely: list[Duplicate] | None = None) -> str:
    return render_template("constituents/new.html", kind=kind, kinds=KINDS, form=form, likely=likely or [])


def change(constituent_id: int) -> Page:
    """Changes the record. A stale edit shows both versions and loses nothing."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    form = FORMS[row.kind](request.form, obj=row)
    if request.method == "GET":
        return _edit_page(row, form)
    conflict: Conflict | None = None
    if form.validate():
        try:
            within = open_change(session, "constituent.edit", act=web_act())
            edit(session, row, values=_values(form), within=within, expect=number_in(form["version"]))
            facts_changed(session, [row.id], within=within)
            reaching_ends(session, [row.id], within=within)
            return done(within, url_for(".story_page", constituent_id=row.id), "Saved.")
        except Invalid as error:
            _refuse(form, error)
        except Conflict as found:
            conflict = found
    return _edit_page(row, form, conflict), 409 if conflict else 422


def _edit_page(row: Constituent, form: Form, conflict: Conflict | None = None) -> str:
    differing = []
    if conflict is not None:
        form["version"].data = str(row.version)
        differing = [
            (field.label.text, getattr(row, field.name), field.data)
            for field in form
            if field.name in conflict.given and (getattr(row, field.name) or "") != (field.data or "")
        ]
    return render_template("constituents/edit.html", who=row, form=form, conflict=conflict, differing=differing)


def deceased(constituent_id: int) -> Page:
    """Marks a death, or takes the mark back."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    within = open_change(session, "constituent.deceased", act=web_act())
    back = url_for(".story_page", constituent_id=row.id)
    if request.form.get("living"):
        declare_living(session, row, within=within)
        facts_changed(session, [row.id], within=within, cause="death")
        return done(within, back, "The mark is taken back.")
    form = DeceasedForm(request.form)
    form.validate()
    stopped = record_death(session, row, died_on=form.deceased_on.data, within=within, on=g.today)
    said = f" {stopped} running plans stopped." if stopped else ""
    return done(within, back, f"{row.name} is marked as deceased; nothing will be sent.{said}")


def remove(constituent_id: int) -> Page:
    """Takes a constituent out of all lists."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    within = open_change(session, "constituent.delete", act=web_act(request.form.get("why", "")[:300]))
    remove_constituent(session, row, on=g.today, within=within)
    refresh_constituents(session, [row.id], within=within, on=g.today, cause="deleted")
    return done(within, url_for(".removed", constituent_id=row.id))


def removed(constituent_id: int) -> Page:
    """What is left to say about a deleted record, and the way back."""
    row = constituent(current_session(), constituent_id, sees=viewer().sees, deleted=True)
    return render_template("constituents/removed.html", who=row)


def bring_back(constituent_id: int) -> Page:
    """Restores a deleted record."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees, deleted=True)
    within = open_change(session, "constituent.restore", act=web_act())
    restore(session, row, within=within)
    refresh_constituents(session, [row.id], within=within, on=g.today, cause="deleted")
    return done(within, url_for(".story_page", constituent_id=row.id), f"{row.name} is back.")
