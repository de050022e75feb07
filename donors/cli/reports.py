"""`flask report`: reports as CSV or JSON on the standard output."""

import csv
import json
import sys
from datetime import date, datetime

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.core.clock import local_date, now
from donors.core.db import current_session
from donors.core.hours import to_hours
from donors.core.money import to_decimal
from donors.core.settings import Organization, organization
from donors.levels.ladders import Ladder, ladders
from donors.reports.levels import LevelReport, Line, level_report
from donors.rollups.definition import ValueKind

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
    ladder = _ladder(ladders(session), track)
    day = as_of.date() if as_of else local_date(now(), settings.zone)
    found = level_report(session, ladder, as_of=day, since=since.date() if since else None)
    lines = [_plain(line, found, settings) for line in (*found.lines, found.total)]
    if form == "json":
        click.echo(json.dumps(_document(found, lines), indent=2))
        return
    writer = csv.DictWriter(sys.stdout, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _ladder(known: tuple[Ladder, ...], name: str | None) -> Ladder:
    found = [one for one in known if name is None or one.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(one.name for one in known) or "none yet"
        raise click.BadParameter(f"There is no track {name or ''}. Tracks: {names}.")
    return found[0]


def _plain(line: Line, found: LevelReport, settings: Organization) -> dict[str, str | int | None]:
    plain: dict[str, str | int | None] = {
        "level": line.name,
        "people": line.people,
        "money": _figure(line.money, found.ladder, settings),
        "median": _figure(line.median, found.ladder, settings),
        "lifetime": f"{to_decimal(line.lifetime, settings.currency):f}",
    }
    if found.since is not None:
        plain["people_change"] = line.people_change
        plain["money_change"] = _figure(line.money_change, found.ladder, settings)
    return plain


def _figure(value: int | None, ladder: Ladder, settings: Organization) -> str | None:
    if value is None:
        return None
    match ladder.value_kind:
        case ValueKind.MONEY:
            return f"{to_decimal(value, settings.currency):f}"
        case ValueKind.MINUTES:
            return f"{to_hours(value):f}"
    return str(value)


def _document(found: LevelReport, lines: list[dict[str, str | int | None]]) -> dict[str, object]:
    names = {band.id: band.name for band in found.ladder.bands}
    return {
        "report": "levels",
        "track": found.ladder.name,
        "measure": found.ladder.measure,
        "as_of": found.as_of.isoformat(),
        "since": found.since.isoformat() if isinstance(found.since, date) else None,
        "levels": lines[:-1],
        "total": lines[-1],
        "moved": {way: found.moved(way) for way in ("up", "down", "in", "out", "same")} if found.since else None,
        "flows": [
            {"from": names.get(flow.old_id or 0), "to": names.get(flow.new_id or 0), "people": flow.people}
            for flow in found.flows
        ],
    }
