"""A lead entered by staff: who was met, who brought them, and to whom they go."""

from dataclasses import replace
from typing import Any

from flask import current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import (
    EmailField,
    Form,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from donors.constituents.consent import CHANNELS
from donors.core.db import current_session
from donors.core.errors import Invalid
from donors.core.history import change_set
from donors.leads.forms import LONGEST_ANSWER
from donors.leads.models import SOURCES, Lead
from donors.leads.new_lead import TEXTS, Agreed, NewLead
from donors.leads.queue import name_of
from donors.leads.rota import rota
from donors.web.answer import done
from donors.web.choose import Choice, choice
from donors.web.forms import id_of, option, refuse, typed
from donors.web.session import viewer, web_act
from donors.workflows.leads import take_in

Page = str | Response | tuple[str, int]
LINE = [Length(max=200)]
NAMES = {"e-mail": "email", "name": "family_name", "postal code": "postal_code", "consents": "wording"}
ANSWER_WITHIN = 24


class NewLeadForm(Form):
    """A lead. `introducer` is drawn by the finder of constituents."""

    title = StringField("Title", LINE)
    given_name = StringField("Given name", LINE)
    family_name = StringField("Family name", LINE)
    organization = StringField("Organization", LINE)
    email = EmailField("E-mail", LINE)
    phone = TelField("Phone", LINE)
    street = StringField("Street", LINE)
    city = StringField("City", LINE)
    region = StringField("State or region", LINE)
    postal_code = StringField("Postal code", LINE)
    country = StringField("Country", LINE)
    source = SelectField("Came by", choices=[option(*one) for one in SOURCES.items() if one[0] != "suggestion"])
    source_note = StringField("Which one", LINE)
    introducer = StringField("Introduced by", description="Somebody in the file: name, e-mail or id.")
    introduced_by = StringField("Or by name", LINE)
    interests = StringField("Interests", [Length(max=500)], description="With commas between them.")
    message = TextAreaField("What they said", [Length(max=10_000)])
    channels = SelectMultipleField(
        "They agreed to", choices=[option(one, one.capitalize().replace("Email", "E-mail")) for one in CHANNELS]
    )
    wording = TextAreaField("In which words", [Length(max=2000)], description="As they were shown, or as you asked.")
    owner = SelectField("Goes to", coerce=id_of)
    answer_hours = IntegerField("Answer within", [Optional(), NumberRange(1, LONGEST_ANSWER)])


def new() -> Page:
    """Takes a lead in by hand, and tells whoever is to answer it."""
    session = current_session()
    who = choice(session, request.values, "introducer")
    if request.method == "GET":
        source = request.args.get("source", "referral" if who.chosen else "networking")
        return _shown(_form(None, data={"source": source, "answer_hours": ANSWER_WITHIN}), who)
    form = _form(request.form)
    if form.validate() & _known(form, who):
        try:
            lead, _is_new = take_in(session, _told(form, who), act=web_act(), site=current_app.config["HOUSE"].site_url)
        except Invalid as error:
            refuse(form, replace(error, field=NAMES.get(error.field, error.field.replace(" ", "_"))))
        else:
            within = change_set(current_session(), lead.created_in)
            return done(within, _after(lead), f"{name_of(lead)} is a lead now.")
    return _shown(form, who), 422


def _form(given: Any, data: dict[str, Any] | None = None) -> NewLeadForm:
    form = NewLeadForm(given, data=data)
    places = rota(current_session(), on=g.today)
    form.owner.choices = [option("", "whoever is next on the rota"), *(option(one.user_id, one.name) for one in places)]
    return form


def _known(form: NewLeadForm, who: Choice) -> bool:
    """Whether the introducer is somebody, or nobody was named."""
    if who.said and who.id is None:
        form.introducer.errors = [who.problem]
    return not form.introducer.errors


def _told(form: NewLeadForm, who: Choice) -> NewLead:
    texts: dict[str, Any] = {name: typed(form[name]) for name in (*TEXTS, "source")}
    return NewLead(
        **texts,
        interests=tuple(typed(form.interests).split(",")),
        introducer_id=who.id,
        owner_id=form.owner.data,
        answer_hours=form.answer_hours.data,
        consents=tuple(_agreed(form)),
    )


def _agreed(form: NewLeadForm) -> list[Agreed]:
    channels, wording = form.channels.data or [], typed(form.wording).strip()
    if channels and not wording:
        raise Invalid("wording", "", "is missing", "Say in which words they agreed.")
    return [Agreed(channel, wording) for channel in channels]


def _after(lead: Lead) -> str:
    """On to the lead; who may not read leads enters the next one."""
    return url_for(".lead_page", lead_id=lead.id) if viewer().may("leads.read") else url_for(".new")


def _shown(form: NewLeadForm, who: Choice) -> str:
    return render_template("leads/new.html", form=form, who=who)
