"""`flask report forecast` and its like: reports on the pipeline as CSV or JSON on the standard output."""

from datetime import datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.cli.past import days_asked
from donors.cli.reports import as_of_option, day_asked, format_option, known_at_option, printed, report
from donors.core.db import Session, current_session
from donors.core.known import KnownAt
from donors.core.settings import organization
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.stages import pipelines
from donors.reports.forecast import ODDS, OWN, ForecastQuestion, forecast
from donors.reports.plain.forecast import forecast_document, forecast_rows

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
