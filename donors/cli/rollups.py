"""`flask rollups`: recompute all figures, or compare them with the facts."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.core.clock import local_date, now
from donors.core.db import transaction
from donors.core.settings import organization
from donors.rollups.refresh import refresh_all
from donors.rollups.verify import verify

rollups = AppGroup("rollups", help="Stored figures: recompute them, or compare them with the facts.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(rollups)


@rollups.command("refresh")
@with_appcontext
def refresh() -> None:
    """Recompute the figures of everybody, part by part. Run `flask levels assign` afterwards."""
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            today = local_date(now(), organization(session).zone)
            after = refresh_all(session, on=today, after=after)
    click.echo("All figures are fresh.")


@rollups.command("verify")
@with_appcontext
def verify_all() -> None:
    """Compare all stored figures with the facts; ends with status 1 when one differs."""
    after: int | None = 0
    faults = 0
    while after is not None:
        with transaction() as session:
            today = local_date(now(), organization(session).zone)
            found = verify(session, on=today, at=now(), after=after)
            after, faults = found.next_after, faults + found.faults
    click.echo(f"{faults} figures differ from the facts." if faults else "Every stored figure equals the facts.")
    if faults:
        raise SystemExit(1)
