"""Forms about the organization, and about what gifts and shifts are for."""

from typing import Any
from zoneinfo import available_timezones

from babel import Locale, localedata
from babel.core import get_global
from babel.numbers import get_territory_currencies
from wtforms import DateField, Form, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from donors.web.forms import option

NAME = [InputRequired("Give it a name."), Length(max=200)]
SIZE = NumberRange(1, 100_000, "From 1 to 100,000.")
MONTHS = [option(number, name) for number, name in Locale("en").months["format"]["wide"].items()]


def _zones() -> list[Any]:
    return [option(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]


def _currencies() -> list[Any]:
    names = Locale("en").currencies
    current = {code for land in get_global("territory_currencies") for code in get_territory_currencies(land)}
    return [option(code, f"{code} · {names.get(code, code)}") for code in sorted(current)]


def _locales() -> list[Any]:
    lands = [name for name in localedata.locale_identifiers() if name.count("_") == 1 and len(name.split("_")[1]) == 2]
    named = [(Locale.parse(name).get_display_name("en") or name, name) for name in lands]
    return [option(name, words) for words, name in sorted(named)]


class OrganizationForm(Form):
    """What the organization sets for everybody."""

    name = StringField("Name", NAME)
    zone = SelectField("Time zone", choices=[option("UTC", "UTC"), *_zones()])
    locale = SelectField("Language and country", choices=_locales(), description="How dates and sums are written.")
    currency = SelectField(
        "Currency", choices=_currencies(), description="Totals and levels are in it. It stays once there are gifts."
    )
    fiscal_start_month = SelectField("The fiscal year begins in", choices=MONTHS, coerce=int)
    portfolio_warning = IntegerField("A portfolio is large from", [InputRequired("Enter a number."), SIZE])
    portfolio_limit = IntegerField("and too large from", [InputRequired("Enter a number."), SIZE])
    fiscal_named_for_end = RadioField(
        "The fiscal year is named for the year in which it",
        choices=[option("yes", "ends"), option("no", "begins")],
    )


class PurposeForm(Form):
    """A fund, an appeal or an activity: a name."""

    name = StringField("Name", NAME)


class CampaignForm(PurposeForm):
    """A campaign with its dates and its goal."""

    starts_on = DateField("Begins", [Optional()])
    ends_on = DateField("Ends", [Optional()])
    goal = StringField("Goal", [Optional(), Length(max=40)])
