"""Settings › Calendar: public holidays, days on which the organization is closed, quiet times, and a year of them."""

from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.closing import closing
from donors.core.errors import NotFound
from donors.core.public_holidays import FIRST, LAST, regions
from donors.core.settings import Organization
from donors.web.accounts.views import Page
from donors.web.forms import typed
from donors.web.settings.calendar_forms import ClosingForm, HolidayForm, QuietForm
from donors.web.settings.keep import keep
from donors.web.settings.year import day_names, months

settings_calendar = Blueprint("settings_calendar", __name__, url_prefix="/settings/calendar")


@settings_calendar.get("")
def calendar_page() -> str:
    """The calendar of this year, or with `?year=` of another."""
    return _shown({})


@settings_calendar.post("/holidays")
def set_holidays() -> Page:
    """Whose public holidays count; another country begins without region."""
    form = HolidayForm(request.form)
    country = typed(form.holiday_country)
    form.offer_regions(country)
    moved = country != g.organization.holiday_country
    if moved:
        form.holiday_region.data = ""
    more = " Choose the region now, if it has holidays of its own." if moved and regions(country) else ""
    if form.validate() and keep(partial(_with_holidays, form), form, "The holidays are saved." + more):
        return _back()
    return _shown({"holidays": form}), 422


@settings_calendar.post("/closings")
def add_closing() -> Page:
    """Closes the organization on some days."""
    form = ClosingForm(request.form)
    if form.validate() and keep(partial(_with_closing, form), form, "The days are closed."):
        return _back()
    return _shown({"closing": form}), 422


@settings_calendar.post("/closings/remove")
def remove_closing() -> Page:
    """Takes one closing back."""
    text = request.form.get("closing", "")
    keep(partial(_without_closing, text), Form(), "The days are worked again.")
    return _back()


@settings_calendar.post("/quiet")
def set_quiet() -> Page:
    """When no mail leaves for constituents."""
    form = QuietForm(request.form)
    if form.validate() and keep(partial(_with_quiet, form), form, "The quiet times are saved."):
        return _back()
    return _shown({"quiet": form}), 422


def _with_holidays(form: HolidayForm, here: Organization) -> Organization:
    return replace(here, holiday_country=typed(form.holiday_country), holiday_region=typed(form.holiday_region))


def _with_closing(form: ClosingForm, here: Organization) -> Organization:
    made = closing(form.first.data or g.today, form.last.data, yearly=form.yearly.data, name=typed(form.name))
    return replace(here, closed_days=tuple(dict.fromkeys((*here.closed_days, str(made)))))


def _without_closing(text: str, here: Organization) -> Organization:
    if text not in here.closed_days:
        raise NotFound("closed day", text[:100])
    return replace(here, closed_days=tuple(each for each in here.closed_days if each != text))


def _with_quiet(form: QuietForm, here: Organization) -> Organization:
    return replace(
        here,
        quiet_from=_time(form.quiet_from.data),
        quiet_until=_time(form.quiet_until.data),
        quiet_weekdays=tuple(form.quiet_weekdays.data or ()),
        quiet_when_closed=form.quiet_when_closed.data,
    )


def _time(value: time | None) -> str:
    return "" if value is None else value.isoformat(timespec="minutes")


def _back() -> Response:
    return redirect(url_for(".calendar_page", year=request.args.get("year")), 303)


def _shown(sent: dict[str, Any]) -> str:
    here: Organization = g.organization
    year = _year(request.args.get("year", ""))
    closed = here.closed.in_year(year)
    return render_template(
        "settings/calendar.html",
        organization=here,
        holidays=sent.get("holidays") or _holidays(here),
        closing=sent.get("closing") or ClosingForm(),
        quiet=sent.get("quiet") or _quiet(here),
        closings=sorted(
            zip(here.closings, here.closed_days, strict=True), key=lambda pair: (pair[0].yearly, pair[0].first)
        ),
        year=year,
        first_year=FIRST,
        last_year=LAST,
        months=months(year, closed, locale=here.locale),
        day_names=day_names(here.locale),
        closed=closed,
    )


def _year(text: str) -> int:
    known = text.isascii() and text.isdigit() and len(text) == 4 and FIRST <= int(text) <= LAST
    return int(text) if known else int(g.today.year)


def _holidays(here: Organization) -> HolidayForm:
    form = HolidayForm(obj=here)
    form.offer_regions(here.holiday_country)
    return form


def _quiet(here: Organization) -> QuietForm:
    return QuietForm(
        data={
            "quiet_from": time.fromisoformat(here.quiet_from) if here.quiet_from else None,
            "quiet_until": time.fromisoformat(here.quiet_until) if here.quiet_until else None,
            "quiet_weekdays": list(here.quiet_weekdays),
            "quiet_when_closed": here.quiet_when_closed,
        }
    )


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_calendar)
