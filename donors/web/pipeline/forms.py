"""Forms of the pipeline."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    DateField,
    Form,
    HiddenField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from donors.accounts.models import User
from donors.pipeline.decide import LEFT, METHODS, ROLES
from donors.web.forms import option

METHOD_CHOICES = [option(code, words) for code, words in METHODS.items()]
ROLE_CHOICES = [option(code, words) for code, words in ROLES.items()]
TEXT = [Length(max=20_000)]
SHORT = [Length(max=300)]


class MoveForm(Form):
    """A move to be planned."""

    purpose = StringField("What for", [InputRequired("Say what the move is for."), *SHORT])
    due_on = DateField("By", [InputRequired("Enter a day.")])
    method = SelectField("How", choices=[option("", "any way"), *METHOD_CHOICES], default="")
    prospect = SelectField("For", choices=[], default="")


class StepForm(Form):
    """A step to another stage; which evidence is confirmed stands beside it."""

    claim = StringField("Why enter without what is missing?", SHORT, description="Kept with the step as claimed.")
    entered_on = DateField("On", [Optional()])
    why = StringField("A word on it", SHORT)
    version = HiddenField(id="stage-version")


class OfficerForm(Form):
    """Who takes charge."""

    officer = SelectField("Officer", coerce=int)
    role = SelectField("Role", choices=ROLE_CHOICES, default="primary")
    from_on = DateField("From", [InputRequired("Enter a day.")])
    reason = StringField("Why", SHORT)


class CloseForm(Form):
    """Out of the pipeline."""

    how = SelectField("As", choices=[option(code, words) for code, words in LEFT.items()], default="released")
    closed_reason = StringField("Why", [InputRequired("Say why the prospect leaves the pipeline."), *SHORT])
    returns_on = DateField("Look at it again on", [Optional()])
    version = HiddenField(id="close-version")


class AddForm(Form):
    """A new prospect."""

    constituent = HiddenField()
    stage = SelectField("Stage", coerce=int)
    officer = SelectField("Officer", coerce=int, default=0)
    why = StringField("Why now", SHORT)


def officer_choices(officers: Sequence[User], *, nobody: str = "") -> list[Any]:
    """Officers to choose from, with nobody first where that is allowed."""
    first = [option(0, nobody)] if nobody else []
    return [*first, *(option(user.id, user.name) for user in officers)]
