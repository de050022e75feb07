"""`flask report`: reports as CSV or JSON on the standard output."""

import csv
import json
import sys
from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.core.clock import local_date, now
from donors.core.db import current_session
from donors.core.settings import organization
from donors.levels.ladders import Ladder, ladders
from donors.reports.levels import level_report
from donors.reports.plain import document, rows
from donors.reports.stands import Question

report = AppGroup("report", help="Reports as CSV or JSON.")
DAY = click.DateTime(["%Y-%m-%d"])


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(report)


@report.command("levels")
@click.option("--as-of", type=DAY, help="The day of the report; today if not given.")
@click.option("--since", type=DAY, help="Another day to compare with.")
@click.option("--track", help="The name of the track; the first one if not given.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@with_appcontext
def levels(as_of: datetime | None, since: datetime | None, track: str | None, form: str) -> None:
    """People and money by level on a day, recomputed from the facts."""
    session = current_session()
    settings = organization(session)
    today = local_date(now(), settings.zone)
    on = as_of.date() if as_of else today
    earlier = since.date() if since else on
    if earlier > on:
        raise click.BadParameter("--since must not be after --as-of.")
    asked = Question(_ladder(ladders(session), track), on, earlier, EVERYTHING)
    found = level_report(session, asked, today=today)
    if form == "json":
        click.echo(json.dumps(document(found, settings, compared=since is not None), indent=2))
        return
    lines = rows(found, settings, compared=since is not None)
    writer = csv.DictWriter(sys.stdout, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _ladder(known: tuple[Ladder, ...], name: str | None) -> Ladder:
    found = [one for one in known if name is None or one.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(one.name for one in known) or "none yet"
        raise click.BadParameter(f"There is no track {name or ''}. Tracks: {names}.")
    return found[0]
