"""`flask report forecast` and its like: reports on the pipeline as CSV or JSON on the standard output."""

from dataclasses import replace
from datetime import datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.cli.past import days_asked
from donors.cli.reports import as_of_option, day_asked, format_option, known_at_option, printed, report, since_option
from donors.core.db import Session, current_session
from donors.core.known import KnownAt
from donors.core.settings import organization
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.stages import pipelines
from donors.reports.calibration import WAIT, CalibrationQuestion, calibration_report
from donors.reports.forecast import ODDS, OWN, ForecastQuestion, forecast
from donors.reports.funnel import FunnelQuestion, funnel
from donors.reports.plain.calibration import calibration_document, calibration_rows
from donors.reports.plain.forecast import forecast_document, forecast_rows
from donors.reports.plain.velocity import funnel_document, funnel_rows, velocity_document, velocity_rows
from donors.reports.velocity import people_stuck, velocity
from donors.reports.years import year_before

pipeline_option = click.option("--pipeline", help="The name of the pipeline; all of them if not given.")
officer_option = click.option("--officer", help="The mail address of the officer; everybody if not given.")


def register(app: Flask) -> None:
    """Adds the commands to an application, below those of other reports."""
    if report.name not in app.cli.commands:
        app.cli.add_command(report)


@report.command("forecast")
@as_of_option
@known_at_option
@click.option("--year", type=int, help="The fiscal year by its label; that of the day if not given.")
@click.option("--odds", type=click.Choice([*ODDS]), default=OWN, help="The house's own odds, or those claimed.")
@pipeline_option
@officer_option
@format_option
@with_appcontext
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
    day, known = days_asked(as_of, known_at, settings.zone)
    on = day or day_asked(session, None)
    chosen = year or settings.fiscal.year_of(on)
    if settings.fiscal.last_day(chosen) < on:
        raise click.BadParameter("That fiscal year is over on the day of the report.", param_hint="--year")
    asked = ForecastQuestion(
        on, chosen, which_asked(session, pipeline, officer), odds, None if known is None else KnownAt(session, known)
    )
    found = forecast(session, asked, settings)
    whose = f"{officer or 'everybody'}, {pipeline or 'all pipelines'}"
    printed(form, forecast_rows(found, settings), lambda: forecast_document(found, whose, settings))


@report.command("calibration")
@as_of_option
@click.option("--days-old", "wait", type=click.IntRange(0, 3650), default=WAIT, help="Claims so old at least.")
@pipeline_option
@officer_option
@format_option
@with_appcontext
def calibration_command(
    as_of: datetime | None, wait: int, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Odds that were claimed, against what happened, by officer and by stand; hot claims; own history beside them."""
    session = current_session()
    which = which_asked(session, pipeline, officer)
    found = calibration_report(session, CalibrationQuestion(day_asked(session, as_of), which, wait))
    whose = f"{officer or 'everybody'}, {pipeline or 'all pipelines'}"
    printed(form, calibration_rows(found), lambda: calibration_document(found, whose))


@report.command("velocity")
@as_of_option
@pipeline_option
@officer_option
@format_option
@with_appcontext
def velocity_command(as_of: datetime | None, pipeline: str | None, officer: str | None, form: str) -> None:
    """How long prospects stay in each stage, which way they leave it, and who is stuck."""
    session = current_session()
    which = _of_one(session, which_asked(session, pipeline, officer))
    found = velocity(session, day_asked(session, as_of), which)
    people = people_stuck(session, found.stuck)
    whose = f"{officer or 'everybody'}, {pipeline or 'the first pipeline'}"
    printed(form, velocity_rows(found, people), lambda: velocity_document(found, people, whose))


@report.command("funnel")
@as_of_option
@since_option
@pipeline_option
@officer_option
@format_option
@with_appcontext
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
    whose = f"{officer or 'everybody'}, {pipeline or 'the first pipeline'}"
    printed(form, funnel_rows(found, settings), lambda: funnel_document(found, whose, settings))


def _of_one(session: Session, which: Which) -> Which:
    """The same of one pipeline: the first, where none is named."""
    known = pipelines(session)
    return replace(which, pipeline_id=known[0].id) if which.pipeline_id is None and known else which


def which_asked(session: Session, pipeline: str | None, officer: str | None) -> Which:
    """Which asks or prospects a command is about. Raises BadParameter for what there is not."""
    pipeline_id = officer_id = None
    if pipeline is not None:
        known = {one.name.casefold(): one.id for one in pipelines(session)}
        pipeline_id = known.get(pipeline.casefold())
        if pipeline_id is None:
            raise click.BadParameter(f"There is no such pipeline. Pipelines: {', '.join(known)}.")
    if officer is not None:
        people = {one.email.casefold(): one.id for one in officers(session)}
        officer_id = people.get(officer.casefold())
        if officer_id is None:
            raise click.BadParameter(f"There is no such officer. Officers: {', '.join(people)}.")
    return Which(EVERYTHING, pipeline_id, officer_id)
