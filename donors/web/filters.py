"""How money, numbers, dates and times are written. Pure functions first; `register` binds them to templates.

Money is integer minor units, time of work is integer minutes, shares are fractions of one. Babel knows the locales.
In a template the locale, currency, zone and day come from `g.locale`, `g.currency`, `g.zone` and `g.today`.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import UTC, format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from flask import Flask, g, request, url_for
from markupsafe import Markup

from donors.web.charts.ranges import interval

LOCALE = "en_US"
CITY_FIRST = frozenset({"US", "CA", "AU"})
"""Countries that write the postal code after the city."""
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
CURRENCY = "USD"
MINUS = "\u2212"
SHORT_FROM = 10_000


def money(amount: int | None, currency: str = CURRENCY, *, locale: str = LOCALE, cents: bool | None = True) -> str:
    """$1,204.00 from 120400. `cents=False` rounds to whole units; `cents=None` leaves them out where they are zero."""
    if amount is None:
        return ""
    digits = get_currency_precision(currency)
    units = Decimal(amount).scaleb(-digits)
    whole = cents is False or (cents is None and units == units.to_integral_value())
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    if whole:
        pattern = re.sub(r"\.0+", "", pattern)
    return _minus(format_currency(units, currency, format=pattern, locale=locale, currency_digits=not whole))


def money_short(amount: int | None, currency: str = CURRENCY, *, locale: str = LOCALE) -> str:
    """$2.54 M from 254367000: three digits that matter, and whole units below ten thousand."""
    if amount is None:
        return ""
    units = Decimal(amount).scaleb(-get_currency_precision(currency))
    if abs(units) < Decimal(SHORT_FROM):
        return money(amount, currency, locale=locale, cents=False)
    text = format_compact_currency(units, currency, locale=locale, fraction_digits=_fraction(units))
    return _minus(_part(text))


def number(value: int | float | Decimal | None, *, locale: str = LOCALE) -> str:
    """1,765."""
    return "" if value is None else _minus(format_decimal(value, locale=locale))


def number_short(value: int | Decimal, *, locale: str = LOCALE) -> str:
    """1.2 M."""
    if Decimal(value).copy_abs() < SHORT_FROM:
        return number(value, locale=locale)
    return _minus(_part(format_compact_decimal(value, locale=locale, fraction_digits=_fraction(Decimal(value)))))


def signed(value: int | Decimal, *, locale: str = LOCALE) -> str:
    """+20, a true minus in front of 50, or a bare 0."""
    return ("+" if value > 0 else "") + number(value, locale=locale)


def signed_money(amount: int, currency: str = CURRENCY, *, locale: str = LOCALE, cents: bool | None = True) -> str:
    """+$3,600.00."""
    return ("+" if amount > 0 else "") + money(amount, currency, locale=locale, cents=cents)


def percent(share: float | Decimal | None, *, locale: str = LOCALE, digits: int = 0) -> str:
    """71% from 0.71."""
    if share is None:
        return ""
    pattern = Locale.parse(locale).percent_formats[None].pattern
    wanted = re.sub(r"0(?:\.[0#]+)?(?=[^0#,.]*$)", "0" + ("." + "0" * digits if digits else ""), pattern)
    return _minus(format_percent(share, format=wanted, locale=locale))


def signed_percent(share: float | Decimal, *, locale: str = LOCALE, digits: int = 0) -> str:
    """+7.5% from 0.075; what rounds to nothing has no sign."""
    if not round(Decimal(share) * 100, digits):
        return percent(0, locale=locale, digits=digits)
    return ("+" if share > 0 else "") + percent(share, locale=locale, digits=digits)


def hours(minutes: int | None, *, locale: str = LOCALE) -> str:
    """4.5 from 270 and 5 from 300, in hours; as many digits as they need, two at most."""
    if minutes is None:
        return ""
    exact = (Decimal(minutes) / 60).quantize(Decimal("0.01"))
    return _minus(format_decimal(exact, format="#,##0.##", locale=locale))


def day(value: date | None, *, on: date | None = None, locale: str = LOCALE) -> str:
    """Oct 20 within the year of `on`; Oct 20, 2026 in any other year, or when `on` is not given."""
    if value is None:
        return ""
    skeleton = "MMMd" if on is not None and value.year == on.year else "yMMMd"
    return format_skeleton(skeleton, value, locale=locale)


def full_day(value: date | None, *, locale: str = LOCALE) -> str:
    """Oct 20, 2026."""
    return "" if value is None else format_skeleton("yMMMd", value, locale=locale)


def sentence(text: str, *, locale: str = LOCALE) -> str:
    """Restricted since Oct 20, 2026, from a sentence that says the day as 2026-10-20. Markup is left as it is."""
    for found in () if isinstance(text, Markup) else ISO_DAY.findall(text):
        with suppress(ValueError):
            text = text.replace(found, full_day(date.fromisoformat(found), locale=locale))
    return text


def long_day(value: date | None, *, locale: str = LOCALE) -> str:
    """Tuesday, October 20, 2026."""
    return "" if value is None else format_date(value, format="full", locale=locale)


def month(value: date, *, locale: str = LOCALE) -> str:
    """October 2026."""
    return format_skeleton("yMMMM", value, locale=locale)


def moment(value: datetime | None, *, zone: tzinfo = UTC, locale: str = LOCALE) -> str:
    """Oct 20, 2026, 9:42 AM in the zone given. Datetimes without a zone are read as UTC."""
    if value is None:
        return ""
    there = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    return f"{full_day(there, locale=locale)}, {format_time(there, format='short', tzinfo=zone, locale=locale)}"


def day_of(value: datetime, *, zone: tzinfo = UTC) -> date:
    """The day that it is in the zone given at an instant; instants without a zone are read as UTC."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone).date()


def ago(value: date, *, on: date, locale: str = LOCALE) -> str:
    """today, yesterday, 3 days ago, in 5 days: seen from `on`."""
    away = (value - on).days
    if away == 0:
        return "today"
    if abs(away) == 1:
        return "tomorrow" if away == 1 else "yesterday"
    return format_timedelta(
        timedelta(days=away), granularity="day", threshold=_threshold(away), add_direction=True, locale=locale
    )


def late(due: date, *, on: date, locale: str = LOCALE) -> str:
    """11 days late, today, or the day itself when it is still to come."""
    over = (on - due).days
    if over > 0:
        return f"{plural(over, 'day', locale=locale)} late"
    if over == 0:
        return "today"
    return "tomorrow" if over == -1 else day(due, on=on, locale=locale)


def plural(count: int, one: str, many: str | None = None, *, locale: str = LOCALE) -> str:
    """1 gift, 2 gifts, 1,204 gifts; give `many` where an s is not enough."""
    word = one if abs(count) == 1 else (many or one + "s")
    return f"{number(count, locale=locale)} {word}"


def initials(name: str | None) -> str:
    """EW from Eleanor Whitcombe; the first and last word count."""
    words = [word for word in re.split(r"[\s&-]+", name or "") if word[:1].isalpha()]
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _fraction(value: Decimal) -> int:
    """Digits after the point: three that matter from a million on (2.54, 25.4, 254), whole thousands below it."""
    if abs(value) < 1_000_000:
        return 0
    return {1: 2, 2: 1, 0: 0}[len(str(int(abs(value)))) % 3]


def _part(text: str) -> str:
    """2.54M to 2.54 M with a narrow space, and 230K to 230k, as people write it."""
    return re.sub(r"(?<=\d)([MBT])\b", "\u202f\\1", re.sub(r"(?<=\d)K\b", "k", text))


def _threshold(days: int) -> float:
    """Days up to two months, then months, then years."""
    return 62 if abs(days) < 62 else 0.95


def here(**changes: object) -> str:
    """The address of this page with some of its query changed; None takes an argument away."""
    kept: dict[str, Any] = {key: request.args.getlist(key) for key in request.args}
    kept.update(changes)
    kept = {key: value for key, value in kept.items() if value is not None}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)


def place(address: Any, locale: str = LOCALE) -> str:
    """An address in one line, as its country writes it; the organization's own country is left out.

    `address` has street, city, region, postal_code and country (an ISO 3166 code or empty).
    """
    home = locale.partition("_")[2]
    land = address.country or home
    code, city, region = address.postal_code, address.city, address.region
    if land in CITY_FIRST:
        town = ", ".join(filter(None, (city, " ".join(filter(None, (region, code))))))
    else:
        town = ", ".join(filter(None, (" ".join(filter(None, (code, city))), region)))
    return ", ".join(filter(None, (address.street, town, "" if land == home else land)))


def register(app: Flask) -> None:
    """Bind the functions to templates, each with the organization's own locale, currency and day as its defaults."""
    for plain in (
        number,
        number_short,
        signed,
        percent,
        signed_percent,
        hours,
        full_day,
        long_day,
        sentence,
        month,
        plural,
        place,
    ):
        app.jinja_env.filters[plain.__name__] = _localized(plain)
    for sums in (money, money_short, signed_money):
        app.jinja_env.filters[sums.__name__] = _in_currency(sums)
    for dated in (day, ago, late):
        app.jinja_env.filters[dated.__name__] = _dated(dated)
    app.jinja_env.filters["moment"] = _moment
    app.jinja_env.filters["day_of"] = _day_of
    app.jinja_env.filters["initials"] = initials
    app.jinja_env.filters["interval"] = interval
    app.jinja_env.filters["money_abbr"] = _money_abbr
    app.jinja_env.globals["here"] = here


def _locale() -> str:
    return str(g.get("locale") or LOCALE)


def _localized(function: Callable[..., str]) -> Callable[..., str]:
    def bound(value: Any, *args: Any, **named: Any) -> str:
        return function(value, *args, **{"locale": _locale(), **named})

    return bound


def _in_currency(function: Callable[..., str]) -> Callable[..., str]:
    def bound(amount: Any, currency: str | None = None, **named: Any) -> str:
        return function(amount, currency or g.get("currency") or CURRENCY, **{"locale": _locale(), **named})

    return bound


def _dated(function: Callable[..., str]) -> Callable[..., str]:
    def bound(value: Any, on: date | None = None, **named: Any) -> str:
        seen = on or g.get("today")
        if value is None or (seen is None and function is not day):
            return full_day(value, locale=_locale())
        return function(value, on=seen, **{"locale": _locale(), **named})

    return bound


def _moment(value: datetime | None) -> str:
    return moment(value, zone=g.get("zone") or UTC, locale=_locale())


def _day_of(value: datetime) -> date:
    return day_of(value, zone=g.get("zone") or UTC)


def _money_abbr(amount: int | None, currency: str | None = None) -> Markup:
    """The short form, with the full sum behind it."""
    known = currency or g.get("currency") or CURRENCY
    short, full = (write(amount, known, locale=_locale()) for write in (money_short, money))
    return Markup('<abbr title="{}">{}</abbr>').format(full, short)
