"""Forms about users."""

from wtforms import EmailField, Form, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from donors.accounts.permissions import READER, ROLES
from donors.web.forms import option

ROLE_CHOICES = [option(role, words) for role, words in ROLES.items()]
NAME = [InputRequired("Enter first and last name."), Length(max=120)]


class NewUserForm(Form):
    """Somebody who is to sign in."""

    name = StringField("Name", NAME)
    email = EmailField("E-mail", [InputRequired("Enter an e-mail address."), Length(max=254)])
    role = SelectField("Role", choices=ROLE_CHOICES, default=READER)


class UserForm(Form):
    """Name and role of a user, and the version that they were read at."""

    name = StringField("Name", NAME)
    role = SelectField("Role", choices=ROLE_CHOICES)
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class PolicyForm(Form):
    """Who must sign in with a second factor."""

    second_factor_for = RadioField(
        "A second factor is asked of",
        choices=[option(word, word.capitalize()) for word in ("everybody", "administrators", "nobody")],
    )
