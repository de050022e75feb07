"""Forms for several tasks at once."""

from wtforms import DateField, Form, SelectField, StringField
from wtforms.validators import InputRequired

from donors.web.plans.forms import SHORT, ends
from donors.web.plans.people import user_id


class CloseForm(Form):
    """How they ended."""

    result = SelectField("How did they end?", choices=ends(), default="")
    outcome = StringField("In your words", SHORT)


class SnoozeForm(Form):
    """Until when they may wait, and why."""

    until = DateField("Until", [InputRequired("Enter a day.")])
    reason = StringField("Why it can wait", [InputRequired("Say in a few words why it can wait."), *SHORT])


class PassOnForm(Form):
    """To whom they go."""

    owner = SelectField("To", [InputRequired("Choose who takes them over.")], coerce=user_id)
    word = StringField("A word to them", SHORT)


class SkipForm(Form):
    """Why they are not needed."""

    reason = StringField("Why it is not needed", [InputRequired("Say why it is skipped."), *SHORT])
