"""Forms of leads."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from wtforms import (
    DateField,
    DateTimeLocalField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from donors.accounts.models import User
from donors.core.db import Session
from donors.leads.terms import LONGEST, REASONS, TRIED, Closing, Try
from donors.pipeline.decide import METHODS
from donors.pipeline.queries.prospects import officers
from donors.web.forms import id_of, option, typed

SHORT = [Length(max=300)]
REASON_CHOICES = [option("", "Choose why"), *(option(code, words) for code, words in REASONS.items())]


class TryForm(Form):
    """A try to reach a lead. Without a time it was now."""

    method = RadioField("How", choices=[option(code, words) for code, words in METHODS.items()], default="call")
    outcome = RadioField(
        "What came of it",
        [InputRequired("Say what came of it.")],
        choices=[option(code, words) for code, words in TRIED.items()],
    )
    tried_at = DateTimeLocalField("When", [Optional()])
    follow_up_on = DateField("Follow up on", [Optional()])
    note = TextAreaField("What was said", [Length(max=LONGEST)])
    version = HiddenField()


class FollowUpForm(Form):
    """The day on which to follow up; empty: none."""

    follow_up_on = DateField("Follow up on", [Optional()])
    version = HiddenField()


class OwnerForm(Form):
    """Whose a lead is; empty: nobody's."""

    to = SelectField("Owner", coerce=id_of)
    version = HiddenField()


class ClosingForm(Form):
    """Why a lead is disqualified."""

    reason = SelectField("Why", [InputRequired("Choose why.")], choices=REASON_CHOICES, default="")
    words = StringField("More in words", SHORT)
    returns_on = DateField("Back in the queue on", [Optional()])
    version = HiddenField()


def owners(session: Session) -> list[User]:
    """Who can own leads: those who can be in charge of prospects."""
    return officers(session)


def owner_choices(session: Session, nobody: str = "Nobody") -> list[Any]:
    """The same, for a select."""
    return [option("", nobody), *(option(user.id, user.name) for user in owners(session))]


def try_in(form: TryForm, now: datetime) -> Try:
    """The try that was sent; times are those of the organization."""
    at, zone = form.tried_at.data, ZoneInfo(g.organization.zone)
    return Try(
        tried_at=now.astimezone(zone) if at is None else at.replace(tzinfo=zone),
        method=typed(form.method),
        outcome=typed(form.outcome),
        note=typed(form.note),
        follow_up_on=form.follow_up_on.data,
    )


def closing_in(form: ClosingForm) -> Closing:
    """The reason that was sent."""
    return Closing(g.today, typed(form.reason), typed(form.words), form.returns_on.data)
