"""`flask report forecast` and its like: reports on the pipeline as CSV or JSON on the standard output."""

from dataclasses import replace
from datetime import datetime

import click
from flask import Flask

from donors.cli.pipeline_options import known_asked, pipeline_report, which_asked, whose
from donors.cli.reports import add_reports, day_asked, known_at_option, printed, since_option
from donors.core.db import Session, current_session
from donors.core.settings import organization
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.stages import pipelines
from donors.reports.calibration import WAIT, CalibrationQuestion, calibration_report
from donors.reports.forecast import ODDS, OWN, ForecastQuestion, forecast
from donors.reports.funnel import FunnelQuestion, funnel
from donors.reports.plain.calibration import calibration_document, calibration_rows
from donors.reports.plain.forecast import forecast_document, forecast_rows
from donors.reports.plain.velocity import funnel_document, funnel_rows, velocity_document, velocity_rows
from donors.reports.velocity import people_stuck, velocity
from donors.reports.years import year_before

FIRST = "the first pipeline"


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    add_reports(app)


@pipeline_report(
    "forecast",
    known_at_option,
    click.option("--year", type=int, help="The fiscal year by its label; that of the day if not given."),
    click.option("--odds", type=click.Choice([*ODDS]), default=OWN, help="The house's own odds, or those claimed."),
)
def forecast_command(
    as_of: datetime | None,
    known_at: str | None,
    year: int | None,
    odds: str,
    pipeline: str | None,
    officer: str | None,
    form: str,
) -> None:
    """What open asks may bring by month in a fiscal year, low, middle and high, and the asks behind it."""
    session = current_session()
    settings = organization(session)
    on, known = known_asked(session, as_of, known_at)
    chosen = year or settings.fiscal.year_of(on)
    if settings.fiscal.last_day(chosen) < on:
        raise click.BadParameter("That fiscal year is over on the day of the report.", param_hint="--year")
    asked = ForecastQuestion(on, chosen, which_asked(session, pipeline, officer), odds, known)
    found = forecast(session, asked, settings)
    printed(form, forecast_rows(found, settings), lambda: forecast_document(found, whose(officer, pipeline), settings))


@pipeline_report(
    "calibration",
    click.option("--days-old", "wait", type=click.IntRange(0, 3650), default=WAIT, help="Claims so old at least."),
)
def calibration_command(
    as_of: datetime | None, wait: int, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Odds that were claimed, against what happened, by officer and by stand; hot claims; own history beside them."""
    session = current_session()
    which = which_asked(session, pipeline, officer)
    found = calibration_report(session, CalibrationQuestion(day_asked(session, as_of), which, wait))
    printed(form, calibration_rows(found), lambda: calibration_document(found, whose(officer, pipeline)))


@pipeline_report("velocity")
def velocity_command(as_of: datetime | None, pipeline: str | None, officer: str | None, form: str) -> None:
    """How long prospects stay in each stage, which way they leave it, and who is stuck."""
    session = current_session()
    which = _of_one(session, which_asked(session, pipeline, officer))
    found = velocity(session, day_asked(session, as_of), which)
    people = people_stuck(session, found)
    told = whose(officer, pipeline, otherwise=FIRST)
    printed(form, velocity_rows(found, people), lambda: velocity_document(found, people, told))


@pipeline_report("funnel", since_option)
def funnel_command(
    as_of: datetime | None, since: datetime | None, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Who stands in which stage, who came and who went since another day (a year before, if not given)."""
    session = current_session()
    settings = organization(session)
    on = day_asked(session, as_of)
    first = since.date() if since else year_before(on)
    if first > on:
        raise click.BadParameter("--since must not be after --as-of.")
    which = _of_one(session, which_asked(session, pipeline, officer))
    found = funnel(session, FunnelQuestion(on, first, which))
    told = whose(officer, pipeline, otherwise=FIRST)
    printed(form, funnel_rows(found, settings), lambda: funnel_document(found, told, settings))


def _of_one(session: Session, which: Which) -> Which:
    """The same of one pipeline: the first, where none is named."""
    known = pipelines(session)
    return replace(which, pipeline_id=known[0].id) if which.pipeline_id is None and known else which
