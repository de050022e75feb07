"""The forecast page: what open asks may bring by month, against the goal, and the asks behind it."""

from datetime import date

from babel.dates import format_skeleton
from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.odds import arrival, own
from donors.reports.forecast import ODDS, OWN, Forecast, ForecastQuestion, forecast
from donors.reports.plain.forecast import forecast_document, forecast_rows
from donors.web.charts.fan import Drawn, Rib, fan_chart
from donors.web.filters import money_short
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline, fiscal_years, number
from donors.web.reports.files import answer
from donors.web.reports.memory import memory

ON_A_PAGE = 50


def forecast_page() -> str:
    """The forecast of a fiscal year."""
    session = current_session()
    asked = asked_pipeline(session)
    found = forecast(session, _question(session, asked), g.organization, memory=memory())
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "pipeline/forecast.html",
        asked=asked,
        found=found,
        keep=_keep(asked, found),
        years=fiscal_years(asked),
        odds=ODDS,
        statuses=STATUSES,
        chart=_chart(found),
        lines=found.by_worth[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        page=page,
        per_page=ON_A_PAGE,
        least=own.LEAST,
        least_slip=arrival.LEAST,
    )


def forecast_file() -> Response:
    """The forecast as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = forecast(session, _question(session, asked), g.organization, memory=memory())
    return answer(
        "forecast",
        _keep(asked, found) | {"as_of": found.asked.on.isoformat()},
        lambda: forecast_rows(found, g.organization),
        lambda: forecast_document(found, asked.whose, g.organization),
    )


def _question(session: Session, asked: AskedPipeline) -> ForecastQuestion:
    years = fiscal_years(asked)
    odds = request.args.get("odds", OWN)
    year = number("year", years) or years[0]
    known = asked.past.known_at(session)
    return ForecastQuestion(asked.past.on, year, asked.which, odds if odds in ODDS else OWN, known)


def _keep(asked: AskedPipeline, found: Forecast) -> dict[str, str]:
    return asked.keep | {"year": str(found.asked.year), "odds": found.asked.odds}


def _chart(found: Forecast) -> Drawn:
    ribs = [Rib(_month(one.first), one.received, one.low, one.middle, one.high) for one in found.months]
    return fan_chart(ribs, goal=found.goal, write=lambda value: money_short(round(value), g.currency, locale=g.locale))


def _month(first: date) -> str:
    return str(format_skeleton("MMM", first, locale=g.locale))
