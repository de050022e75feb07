"""How a rollup's figure is written: by its value kind, in the organization's locale and currency."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask, g

from donors.core.db import day_date
from donors.core.fields import Kind
from donors.rollups.definition import FIRST_LISTED_YEAR, LAST_LISTED_YEAR, Definition, ValueKind
from donors.rollups.returned import Told
from donors.web.filters import CURRENCY, LOCALE, full_day, hours, money, number, percent

NOTHING = "none"
"""A figure that is empty, which is not zero."""


def listed_years(bits: int) -> list[int]:
    """The years of a list of years, one bit each, from the earliest to the latest."""
    span = range(FIRST_LISTED_YEAR, LAST_LISTED_YEAR + 1)
    return [year for year in span if bits >> (year - FIRST_LISTED_YEAR) & 1]


def years_in_words(bits: int) -> str:
    """2019, 2021 to 2024: years in a row stand together."""
    runs: list[list[int]] = []
    for year in listed_years(bits):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def figure(one: Definition, value: Any, *, currency: str = CURRENCY, locale: str = LOCALE) -> str:
    """A figure as pages show it: $1,204.00, 17, Oct 20, 2026, 4.5 hours, 2019 to 2024, 12.5%. Empty: none."""
    if value is None:
        return NOTHING
    if isinstance(value, Told):
        return of_row(value, currency=currency, locale=locale)
    match one.value_kind:
        case ValueKind.MONEY:
            return money(value, currency, locale=locale)
        case ValueKind.NUMBER:
            return number(Decimal(value).scaleb(-one.number), locale=locale)
    return WRITTEN[one.value_kind](value, locale)


def of_row(told: Told, *, currency: str = CURRENCY, locale: str = LOCALE) -> str:
    """A field of the chosen row as pages show it: a campaign, a day, yes or no. Empty: none."""
    field, value = told.field, told.value
    if value in (None, ""):
        return NOTHING
    if field.kind is Kind.MONEY:
        return money(value, currency, locale=locale)
    if field.kind is Kind.CHOICE:
        option = field.option(value)
        return option.label if option else str(value)
    written = OF_KIND.get(field.kind)
    return written(value, locale) if written else str(value)


OF_KIND: Mapping[Kind, Callable[[Any, str], str]] = {
    Kind.DATE: lambda value, locale: full_day(value, locale=locale),
    Kind.MINUTES: lambda value, locale: f"{hours(value, locale=locale)} h",
    Kind.NUMBER: lambda value, locale: number(value, locale=locale),
    Kind.BOOLEAN: lambda value, _locale: "yes" if value else "no",
    Kind.ID: lambda value, _locale: f"No. {value}",
}


def _day(value: Any) -> date:
    return value if isinstance(value, date) else day_date(value)


WRITTEN: Mapping[ValueKind, Callable[[Any, str], str]] = {
    ValueKind.COUNT: lambda value, locale: number(value, locale=locale),
    ValueKind.DATE: lambda value, locale: full_day(_day(value), locale=locale),
    ValueKind.MINUTES: lambda value, locale: f"{hours(value, locale=locale)} h",
    ValueKind.YEAR: lambda value, _locale: str(value),
    ValueKind.GIFT: lambda value, _locale: f"No. {value}",
    ValueKind.YEARS: lambda value, _locale: years_in_words(value),
    ValueKind.PERCENT: lambda value, locale: percent(Decimal(value) / 1000, locale=locale, digits=1),
}
"""Those that need neither a currency nor the definition's decimals."""


def register(app: Flask) -> None:
    """Gives templates `value|figure(definition)`."""
    app.jinja_env.filters["figure"] = _figure


def figure_here(one: Definition, value: Any) -> str:
    """A figure in the locale and currency of the organization of this request."""
    return figure(one, value, currency=g.get("currency") or CURRENCY, locale=str(g.get("locale") or LOCALE))


def _figure(value: Any, one: Definition) -> str:
    return figure_here(one, value)
