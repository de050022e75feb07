"""Forms of asks."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import g
from wtforms import DateField, FileField, Form, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from donors.core.money import parse_money, to_decimal
from donors.giving.queries.listing import Offered
from donors.pipeline.asks.decide import REASONS, STATUSES, Step, Terms
from donors.pipeline.asks.models import OPEN, Opportunity
from donors.web.forms import id_of, option, typed

SHORT = [Length(max=300)]
REASON_CHOICES = [option("", "Choose why"), *(option(code, word) for code, word in REASONS.items())]
BEGINNINGS = [option(code, STATUSES[code]) for code in OPEN]


class AskForm(Form):
    """What an ask is about. `pipeline` and `status` are asked for a new one only."""

    amount = StringField("Amount", [Length(max=40)])
    purpose = StringField("What for", SHORT)
    pipeline = SelectField("Pipeline", coerce=id_of)
    status = RadioField("It is", choices=BEGINNINGS, default=OPEN[0], validators=[Optional()])
    ask_on = DateField("Ask on", [Optional()])
    expected_on = DateField("Gift expected on", [Optional()])
    odds = IntegerField("Your odds", [Optional()])
    fund = SelectField("Fund", coerce=id_of)
    campaign = SelectField("Campaign", coerce=id_of)
    officer = SelectField("Officer", coerce=id_of)
    why = StringField("Why the change", SHORT)
    version = HiddenField()


class StepForm(Form):
    """A new status of an ask."""

    status = HiddenField()
    on = DateField("On", [InputRequired("Enter the day.")])
    reason = SelectField("Why", choices=REASON_CHOICES, default="")
    returns_on = DateField("Come back to it on", [Optional()])
    why = StringField("In their words", SHORT)
    version = HiddenField()


class ProposalForm(Form):
    """A document, to be kept as the next version of the proposal."""

    file = FileField("Document")
    note = StringField("What is new in it", SHORT)


class ReturnedForm(Form):
    """What a director says of a version that goes back."""

    reason = StringField("What has to change", SHORT)
    version = HiddenField()


class SentForm(Form):
    """That a version was sent."""

    sent_on = DateField("Sent on", [InputRequired("Enter the day.")])
    answer_due_on = DateField("Answer due on", [Optional()])
    version = HiddenField()


def ask_form(values: Any, offered: Offered, people: list[Any], *, data: dict[str, Any] | None = None) -> AskForm:
    """A form with what may be chosen: funds and campaigns in use, what the ask names already, officers."""
    form = AskForm(values, data=data)
    form.fund.choices = _choices(offered["fund"], form.fund.data, "None yet")
    form.campaign.choices = _choices(offered["campaign"], form.campaign.data, "None")
    form.officer.choices = people
    return form


def _choices(rows: list[tuple[int, str, bool]], now: object, nothing: str) -> list[Any]:
    return [option("", nothing), *(option(id_, name) for id_, name, active in rows if active or id_ == now)]


def terms_in(form: AskForm) -> Terms:
    """The terms that were typed. Raises Invalid for a sum that cannot be read."""
    text = typed(form.amount).strip()
    return Terms(
        amount=parse_money(text, g.currency, field="amount") if text else None,
        purpose=typed(form.purpose),
        fund_id=form.fund.data,
        campaign_id=form.campaign.data,
        ask_on=form.ask_on.data,
        expected_on=form.expected_on.data,
        odds=form.odds.data,
        officer_id=form.officer.data,
    )


def data_of(row: Opportunity) -> dict[str, Any]:
    """An ask as its form shows it."""
    return {
        "amount": "" if row.amount is None else f"{to_decimal(row.amount, g.currency):f}",
        "purpose": row.purpose,
        "fund": row.fund_id,
        "campaign": row.campaign_id,
        "ask_on": row.ask_on,
        "expected_on": row.expected_on,
        "odds": row.odds,
        "officer": row.officer_id,
        "version": row.version,
    }


def step_in(form: StepForm, today: date) -> Step:
    """The step that was sent; an end without a gift brings its reason."""
    step = Step(typed(form.status), form.on.data or today, typed(form.why))
    return replace(step, reason=typed(form.reason), returns_on=form.returns_on.data)
