"""`flask rollups`: recompute all figures, or compare them with the facts."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.core.clock import local_date, now
from donors.core.db import is_sqlite, transaction
from donors.core.parallel import side_by_side
from donors.core.settings import organization
from donors.rollups.refresh import parts, refresh_between
from donors.rollups.verify import verify

rollups = AppGroup("rollups", help="Stored figures: recompute them, or compare them with the facts.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(rollups)


@rollups.command("refresh")
@click.option("--workers", default=1, show_default=True, help="So many parts at once; on PostgreSQL only.")
@with_appcontext
def refresh(workers: int) -> None:
    """Recompute the figures of everybody, part by part. Run `flask levels assign` afterwards."""
    with transaction() as session:
        today, together = local_date(now(), organization(session).zone), 1 if is_sqlite(session) else workers
        ranges = list(parts(session))
    side_by_side(
        lambda session, ids: refresh_between(session, low=ids[0], high=ids[1], on=today), ranges, workers=together
    )
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
