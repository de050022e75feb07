"""Contact points and consent."""

from collections.abc import Callable
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.constituents.consent import Said, give, withdraw
from donors.constituents.contact import Given, Point, add_point, deactivate, make_primary
from donors.constituents.models import Constituent
from donors.constituents.queries import consents, consents_now, constituent, contact_points, salutations_of
from donors.constituents.records import Address, Email, PhoneNumber
from donors.constituents.restraint import refuse_frozen
from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Invalid, NotFound
from donors.mail.decide import CHANNELS, Channel
from donors.mail.gate import Asked, may_contact
from donors.mail.ledger import contacts_of, refusals_of
from donors.web.answer import done
from donors.web.constituents.forms import AddressForm, ConsentForm, EmailForm, PhoneForm
from donors.web.forms import refuse, typed
from donors.web.session import viewer, web_act
from donors.workflows.facts import facts_changed
from donors.workflows.optout import reaching_ends

Page = str | Response | tuple[str, int]
SHOWN = 10
ADDING: dict[str, tuple[type[Form], Callable[[Any], Given]]] = {
    "emails": (EmailForm, lambda form: Email(typed(form.address), typed(form.label))),
    "phones": (PhoneForm, lambda form: PhoneNumber(typed(form.number), typed(form.label))),
    "addresses": (
        AddressForm,
        lambda form: Address(**{name: typed(form[name]) for name in AddressForm()._fields}),
    ),
}
"""Kind of contact point → its form, and how the form is read."""


def reach(constituent_id: int) -> Page:
    """All ways to reach somebody, and what they said about them."""
    return _page(constituent(current_session(), constituent_id, sees=viewer().sees))


def add(constituent_id: int, kind: str) -> Page:
    """Adds a contact point."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    if kind not in ADDING:
        raise NotFound("contact point", kind)
    form_class, read = ADDING[kind]
    form = form_class(request.form)
    if form.validate():
        try:
            within = open_change(session, "constituent.contact", act=web_act())
            add_point(session, row, given=read(form), within=within, primary=bool(request.form.get("primary")))
            facts_changed(session, [row.id], within=within)
            return done(within, url_for(".reach", constituent_id=row.id), "Added.")
        except Invalid as error:
            refuse(form, Invalid(next(iter(form._fields)), error.value, error.problem, error.remedy))
    return _page(row, **{kind: form}), 422


def settle(constituent_id: int, kind: str, point_id: int) -> Page:
    """Makes a contact point the primary one, or puts it out of use or back into it."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    point = _point(session, row, kind, point_id)
    refuse_frozen(row)
    within = open_change(session, "constituent.contact", act=web_act())
    act = request.form.get("act", "")
    if act == "primary":
        make_primary(session, point, within=within)
    elif act == "out":
        deactivate(session, point, within=within)
    else:
        add_point(session, row, given=_as_given(point), within=within)
    facts_changed(session, [row.id], within=within)
    return done(within, url_for(".reach", constituent_id=row.id), "Saved.")


def _point(session: Session, row: Constituent, kind: str, point_id: int) -> Point:
    if kind not in ADDING:
        raise NotFound("contact point", kind)
    found = next((one for one in getattr(contact_points(session, row.id), kind) if one.id == point_id), None)
    if found is None:
        raise NotFound("contact point", point_id)
    point: Point = found
    return point


def _as_given(point: Any) -> Given:
    if hasattr(point, "address"):
        return Email(point.address, point.label)
    if hasattr(point, "number"):
        return PhoneNumber(point.number, point.label)
    return Address(point.street, point.city, point.region, point.postal_code, point.country, point.label)


def say(constituent_id: int) -> Page:
    """Notes what somebody said about a channel."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    form = ConsentForm(request.form)
    if form.validate():
        said = Said(typed(form.channel), form.said_on.data or g.today, typed(form.source), typed(form.wording))
        try:
            within = open_change(session, "constituent.consent", act=web_act())
            note = give if typed(form.granted) == "yes" else withdraw
            note(session, row, said=said, within=within)
            reaching_ends(session, [row.id], within=within)
            return done(within, url_for(".reach", constituent_id=row.id), "Noted.")
        except Invalid as error:
            refuse(form, Invalid(error.field.replace("given on", "said_on"), error.value, error.problem, error.remedy))
    return _page(row, consent=form), 422


def _newest(row: Constituent, channel: Channel) -> Asked:
    return Asked(row.id, channel, "news", "page/reach")


def _page(row: Constituent, **given: Form) -> str:
    session = current_session()
    forms: dict[str, Form] = {kind: form_class() for kind, (form_class, _) in ADDING.items()}
    forms |= {"consent": ConsentForm(data={"said_on": g.today})} | given
    return render_template(
        "constituents/reach.html",
        who=row,
        points=contact_points(session, row.id),
        salutations=salutations_of(session, row, sees=viewer().sees),
        now=consents_now(session, row.id, on=g.today),
        said=consents(session, row.id),
        answers={channel: may_contact(session, _newest(row, channel), at=g.now) for channel in CHANNELS},
        contacts=contacts_of(session, row.id, limit=SHOWN),
        refusals=refusals_of(session, row.id, limit=SHOWN),
        forms=forms,
    )
