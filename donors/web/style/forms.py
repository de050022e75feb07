"""The form of the style guide: one field of each kind, as a page would have them."""

from datetime import date
from decimal import Decimal

from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # the published types are one release behind: SelectChoice
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange


class SampleForm(Form):
    """Nothing of it is kept."""

    name = StringField(
        "Name on letters", description="As they wish to be written to", default="Eleanor and James Whitcombe"
    )
    amount = DecimalField("Amount", [InputRequired(), NumberRange(min=0)], default=Decimal("1250.00"), places=2)
    received_on = DateField("Gift date", description="Counts in fiscal year 2027", default=date(2026, 10, 20))
    giver = StringField("Constituent")
    asker = StringField("Introduced by")
    fund = SelectField(
        "Fund", choices=[SelectChoice("1", "The Boathouse, studio fund"), SelectChoice("2", "Annual Fund")]
    )
    hours = DecimalField("Hours", default=Decimal("4.5"), places=1)
    year = IntegerField("Year", [NumberRange(1900, 2100, "Write the year in four digits")], default=2026)
    secret = PasswordField("Password", description="Twelve signs or more")
    document = FileField("File", description="CSV or Excel, up to 20 MB")
    method = RadioField(
        "Method",
        choices=[SelectChoice("visit", "Visit"), SelectChoice("call", "Call"), SelectChoice("email", "Email")],
        default="visit",
    )
    interests = SelectMultipleField(
        "Interests",
        choices=[SelectChoice("c", "Ceramics"), SelectChoice("s", "Scholarships"), SelectChoice("m", "Music")],
        default=["c"],
    )
    household = BooleanField("Count for the household", default=True)
    weekly = BooleanField("Send me a weekly letter")
    report = TextAreaField("Call report", render_kw={"placeholder": "What happened, in her words if you can"})


def sample() -> SampleForm:
    """The form as it opens."""
    return SampleForm()


def sample_with_errors() -> SampleForm:
    """The form as it comes back: three things to put right, with what was typed still there."""
    typed = {"name": "Eleanor", "amount": "1.000,00", "received_on": "Feb 31", "year": "26", "fund": "1"}
    form = SampleForm(MultiDict({f"wrong-{name}": value for name, value in typed.items()}), prefix="wrong-")
    form.validate()
    return form
