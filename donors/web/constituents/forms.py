"""Forms of constituents."""

from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from donors.constituents.consent import CHANNELS
from donors.constituents.decide import ROLES
from donors.constituents.models import HOUSEHOLD, ORGANIZATION, PERSON
from donors.constituents.ties import REVERSES
from donors.web.forms import option

LINE = [Length(max=200)]
TEXT = [Length(max=10_000)]
DAY = [Optional()]


class NameForm(Form):
    """What all kinds of constituents share."""

    version = HiddenField()
    formal_salutation = StringField("Formal salutation", LINE)
    informal_salutation = StringField("Friendly salutation", LINE)
    addressee = StringField("On the envelope", LINE)
    note = TextAreaField("Good to know", TEXT)
    is_anonymous = BooleanField("Hide the name in everything that goes out")
    do_not_contact = BooleanField("No contact at all")
    confidential = BooleanField("Confidential: only for those with a grant")


class PersonForm(NameForm):
    """A person."""

    title = StringField("Title", LINE)
    given_name = StringField("Given name", LINE)
    middle_name = StringField("Middle name", LINE)
    family_name = StringField("Family name", LINE)
    suffix = StringField("Suffix", LINE)
    nickname = StringField("Called", LINE)
    born_on = DateField("Born on", DAY)


class GroupForm(NameForm):
    """A household or an organization."""

    name = StringField("Name", LINE)


class PlaceFields(Form):
    """Where somebody lives or is found."""

    street = StringField("Street", LINE)
    city = StringField("City", LINE)
    region = StringField("State or region", LINE)
    postal_code = StringField("Postal code", LINE)
    country = StringField("Country", LINE)


class ReachFields(PlaceFields):
    """The first contact points of somebody new."""

    email = StringField("E-mail", LINE)
    phone = StringField("Phone", LINE)


class NewPersonForm(PersonForm, ReachFields):
    """A new person."""


class NewGroupForm(GroupForm, ReachFields):
    """A new household or organization."""


FORMS = {PERSON: PersonForm, HOUSEHOLD: GroupForm, ORGANIZATION: GroupForm}
NEW_FORMS = {PERSON: NewPersonForm, HOUSEHOLD: NewGroupForm, ORGANIZATION: NewGroupForm}
"""Kind → its form."""


class EmailForm(Form):
    """An e-mail address."""

    address = StringField("E-mail", [InputRequired("Enter an address."), *LINE])
    label = StringField("Which", LINE)


class PhoneForm(Form):
    """A telephone number."""

    number = StringField("Phone", [InputRequired("Enter a number."), *LINE])
    label = StringField("Which", LINE)


class AddressForm(PlaceFields):
    """A postal address."""

    label = StringField("Which", LINE)


class ConsentForm(Form):
    """What somebody said about a channel."""

    channel = SelectField(
        "Channel", choices=[option(one, one.capitalize().replace("Email", "E-mail")) for one in CHANNELS]
    )
    granted = RadioField("They said", choices=[option("yes", "yes"), option("no", "no")], default="yes")
    said_on = DateField("On", [InputRequired("Enter the day.")])
    source = StringField("Where", [InputRequired("Say where: form, letter, call."), *LINE])
    wording = TextAreaField("In which words", TEXT)


class TieForm(Form):
    """A relationship, told from the other one's side: what they are to this constituent."""

    other = HiddenField("Who")
    kind = StringField("Is their …", [InputRequired("Say what they are."), *LINE])
    from_on = DateField("Since", DAY)
    to_on = DateField("Until", DAY)
    tie_note = StringField("Note", LINE)


class StayForm(Form):
    """A stay in a household: from the household's page `other` is the person, from a person's page the household."""

    other = HiddenField("Who")
    role = SelectField("Place", choices=[option(one, one.capitalize()) for one in ROLES], default="member")
    from_on = DateField("From", DAY)


KINDS_OF_TIES = tuple(sorted(REVERSES))


class DeceasedForm(Form):
    """The day of a death, if it is known."""

    deceased_on = DateField("On", DAY)


class ChosenOfficerForm(Form):
    """Who takes charge of the chosen."""

    officer = SelectField("Officer", coerce=int)
    reason = StringField("Why", [Length(max=300)])


class ChosenPlanForm(Form):
    """Which plan the chosen get, and from when."""

    template = SelectField("Plan", coerce=int)
    started_on = DateField("From", DAY)
    without = SelectMultipleField("Leave out", validate_choice=False)


class ChosenStageForm(Form):
    """Into which stage the chosen go."""

    stage = SelectField("Stage", coerce=int)
    reason = StringField("Why now", [Length(max=300)])


class ChosenForm(Form):
    """Nothing is to be said beyond the choice itself."""
