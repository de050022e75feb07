"""Forms of Settings › Calendar."""

from typing import Any

from babel import Locale
from wtforms import BooleanField, DateField, Form, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from donors.core.public_holidays import countries, regions
from donors.core.quiet import WEEKDAYS
from donors.web.forms import option


def _countries() -> list[Any]:
    names = Locale("en").territories
    named = sorted((names.get(code, code), code) for code in countries())
    return [option("", "None"), *(option(code, name) for name, code in named)]


class HolidayForm(Form):
    """Whose public holidays count."""

    holiday_country = SelectField("Country", choices=_countries())
    holiday_region = SelectField("Region")

    def offer_regions(self, country: str) -> None:
        """Lets the regions of a country be chosen."""
        self.holiday_region.choices = [option("", "Holidays of the whole country"), *map(_region, regions(country))]


def _region(known: tuple[str, str]) -> Any:
    return option(*known)


class ClosingForm(Form):
    """Days on which the organization is closed."""

    first = DateField("First day", [InputRequired("Enter a day.")])
    last = DateField("Last day", [Optional()], description="Empty: the one day.")
    name = StringField("What for", [Length(max=100)])
    yearly = BooleanField("Every year on these days")


class QuietForm(Form):
    """When no mail leaves for constituents."""

    quiet_from = TimeField("From", [Optional()])
    quiet_until = TimeField("Until", [Optional()], description="May go over midnight. Empty: mail leaves at any hour.")
    quiet_weekdays = SelectMultipleField(
        "Never on", choices=[option(number, name) for number, name in enumerate(WEEKDAYS)], coerce=int
    )
    quiet_when_closed = BooleanField("Nor on closed days")
