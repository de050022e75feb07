"""Forms of gifts."""

from typing import Any

from babel.numbers import get_currency_symbol
from flask import g
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from donors.giving.fields import METHODS
from donors.giving.queries.listing import Offered
from donors.web.forms import id_of, option

SUM = [Length(max=40)]


class SplitForm(Form):
    """The part of a gift that goes to one fund."""

    fund = SelectField("Fund", coerce=id_of)
    amount = StringField("Part", SUM)


class CreditForm(Form):
    """Somebody else whom the gift counts for. `who` is drawn by the finder of constituents."""

    who = StringField("Who")
    amount = StringField("Soft credit", SUM)
    role = StringField("As", [Length(max=80)])


class GiftForm(Form):
    """A gift. `giver` is drawn by the finder of constituents."""

    giver = StringField("Giver")
    amount = StringField("Amount", [InputRequired("Enter the amount."), *SUM])
    received_on = DateField("Received on", [InputRequired("Enter the day.")])
    method = SelectField("Method", default="")
    splits = FieldList(FormField(SplitForm), "Fund", min_entries=1, max_entries=12)
    campaign = SelectField("Campaign", coerce=id_of)
    appeal = SelectField("Appeal", coerce=id_of)
    credits = FieldList(FormField(CreditForm), "Soft credit", max_entries=20)
    hides_name = BooleanField("Do not name the giver with this gift")
    note = TextAreaField("Note", [Length(max=5000)])
    currency = StringField("Currency", [Length(max=3)])
    rate = StringField("Rate", SUM)
    another = BooleanField("It is another gift")
    version = HiddenField()


class RefundForm(Form):
    """Money given back."""

    amount = StringField("Given back", [InputRequired("Enter the amount."), *SUM])
    on = DateField("On", [InputRequired("Enter the day.")])
    reason = StringField("Why", [Length(max=300)])
    version = HiddenField()


class CorrectForm(Form):
    """What the gift was worth in truth."""

    amount = StringField("Right amount", [InputRequired("Enter the amount."), *SUM])
    reason = StringField("Why", [Length(max=300)])
    version = HiddenField()


class MoveForm(Form):
    """Another giver. Drawn by the finder of constituents."""

    to = StringField("New giver")


def gift_form(values: Any, offered: Offered, *, data: dict[str, Any] | None = None) -> GiftForm:
    """A form with what may be chosen: all that is offered now, and what the gift already names."""
    form = GiftForm(values, data=data)
    form.method.choices = _methods(form.method.data)
    form.campaign.choices = _choices(offered["campaign"], form.campaign.data, "No campaign")
    form.appeal.choices = _choices(offered["appeal"], form.appeal.data, "No appeal")
    offer_funds(form, offered)
    return form


def offer_funds(form: GiftForm, offered: Offered) -> None:
    """Gives every row of splits its funds."""
    for entry in form.splits:
        entry.form.fund.choices = _choices(offered["fund"], entry.form.fund.data, "No fund")


def sign_of(form: GiftForm) -> str:
    """The sign of the currency that is typed in."""
    return str(get_currency_symbol((form.currency.data or "").strip().upper() or g.currency, locale=g.locale))


def _choices(rows: list[tuple[int, str, bool]], now: object, nothing: str) -> list[Any]:
    return [option("", nothing), *(option(id_, name) for id_, name, active in rows if active or id_ == now)]


def _methods(now: object) -> list[Any]:
    other = {str(now): str(now)} if now and now not in METHODS else {}
    return [option("", "Not said"), *(option(key, name) for key, name in (METHODS | other).items())]
