"""Forms of plans and tasks."""

from typing import Any

from wtforms import BooleanField, DateField, Form, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from donors.plans.terms import SPOKEN
from donors.web.forms import option
from donors.web.plans.people import user_id

SHORT = [Length(max=300)]
CHOOSE = "Choose…"
"""Where nothing may be left unsaid."""


def ends(unsaid: str = "done") -> list[Any]:
    """How a task may end, as choices; `unsaid` stands for nothing in particular."""
    return [option("", unsaid), *(option(word, word) for word in SPOKEN)]


class TaskForm(Form):
    """A task on its own."""

    subject = StringField("What is to be done", [InputRequired("Say what is to be done."), *SHORT])
    due_on = DateField("Due", [InputRequired("Enter a day.")])
    owner = SelectField("For", coerce=int)
    constituent = HiddenField("About")
    note = TextAreaField("Note", [Length(max=2000)])


class DateForm(Form):
    """Another due date."""

    due_on = DateField("Due", [InputRequired("Enter a day.")])
    version = HiddenField(id="date-version")


class EndForm(Form):
    """How a task ended."""

    result = SelectField("How did it end?", choices=ends(), default="")
    outcome = StringField("How it went", SHORT)
    version = HiddenField(id="end-version")


class PutOffForm(Form):
    """Until when a task may wait, and why."""

    until = DateField("Until", [InputRequired("Enter a day.")])
    reason = StringField("Why it can wait", [InputRequired("Say in a few words why it can wait."), *SHORT])
    version = HiddenField(id="put-off-version")


class OwnerForm(Form):
    """Who takes a task over."""

    owner = SelectField("To", [InputRequired("Choose who takes it over.")], coerce=user_id)
    word = StringField("A word to them", SHORT)
    version = HiddenField(id="owner-version")


class ReasonForm(Form):
    """Why something is done with a whole plan; that may be left unsaid."""

    reason = StringField("Why", SHORT)
    version = HiddenField()


class ResumeForm(ReasonForm):
    """How a plan that rested goes on."""

    shifts = BooleanField("Move its dates by the days that it was paused", default=True)


class ShiftForm(ReasonForm):
    """By how many days all dates of a plan move."""

    days = IntegerField("Days", [InputRequired("Say by how many days."), NumberRange(-366, 366, "At most a year.")])


class StopForm(Form):
    """Why a plan stops."""

    reason = StringField("Why", [InputRequired("Say why the plan stops."), *SHORT])
    version = HiddenField(id="stop-version")


class StartForm(Form):
    """Which plan, from which day, and days that its steps are counted from."""

    template = SelectField("Plan", coerce=int)
    on = DateField("From", [InputRequired("Enter a day.")])
    event = DateField("The event is on", [Optional()])
    ask = DateField("The ask is expected on", [Optional()])
    birthday = DateField("The birthday is on", [Optional()])
    despite = StringField("Why all the same", SHORT)
