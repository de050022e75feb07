"""`flask list`: constituents with the facts that are asked for, as CSV or JSON on the standard output."""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.cli.past import DAY, days_asked
from donors.core.clock import local_date, now
from donors.core.db import Session, current_session
from donors.core.errors import Invalid
from donors.core.paging import Paging
from donors.core.settings import organization
from donors.levels.then import NOW, RULES
from donors.segments.members import Wanted, all_members, fields

lists = AppGroup("list", help="Lists as CSV or JSON.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(lists)


@lists.command("constituents")
@click.option(
    "--fields", "names", required=True, help="Names of fields with commas between, such as external_id,lifetime_total."
)
@click.option("--as-of", type=DAY, help="Figures as the facts counted on that day.")
@click.option("--known-at", help="Only facts that were recorded by the end of that day, or by an instant.")
@click.option(
    "--rules", type=click.Choice(RULES), default=NOW, help="Levels of a past day by the rules of now, or then."
)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@with_appcontext
def constituents(names: str, as_of: datetime | None, known_at: str | None, rules: str, form: str) -> None:
    """All live constituents in the order of their ids: plain decimals, ISO dates, empty where there is nothing."""
    session = current_session()
    on, instant = days_asked(as_of, known_at, organization(session).zone)
    asked = tuple(name.strip() for name in names.split(",") if name.strip())
    wanted = Wanted(asked, as_of=on, known_at=instant, rules=rules)
    try:
        rows = _rows(session, wanted)
        first = next(rows, None)
    except Invalid as error:
        known = ", ".join(sorted(fields(session)))
        raise click.BadParameter(f"{error} Fields: {known}.", param_hint="--fields") from None
    write = _write_json if form == "json" else _write_csv
    write(wanted.fields, chain([] if first is None else [first], rows))


def _rows(session: Session, wanted: Wanted) -> Iterator[list[str | None]]:
    settings = organization(session)
    today = local_date(now(), settings.zone)
    known = fields(session, as_of=wanted.as_of, known_at=wanted.known_at, named=wanted.fields, rules=wanted.rules)
    shown = [known.named(name) for name in wanted.fields]
    for one in all_members(session, wanted, Paging(), sees=EVERYTHING, on=today):
        yield [field.plain(one.values[field.name], settings) for field in shown]


def _write_csv(names: tuple[str, ...], rows: Iterator[list[str | None]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)


def _write_json(names: tuple[str, ...], rows: Iterator[list[str | None]]) -> None:
    sys.stdout.write("[")
    for place, row in enumerate(rows):
        sys.stdout.write(("," if place else "") + "\n" + json.dumps(dict(zip(names, row, strict=True))))
    sys.stdout.write("\n]\n")
