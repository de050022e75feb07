"""`flask levels`: assign the levels of everybody."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.core.changes import Act, open_change
from donors.core.clock import local_date, now
from donors.core.db import transaction
from donors.core.settings import organization
from donors.workflows.levels import assign_part

levels = AppGroup("levels", help="Levels: assign them by the stored figures.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(levels)


@levels.command("assign")
@click.option("--cause", default="rules", help="Why: time, rules, import …")
@with_appcontext
def assign(cause: str) -> None:
    """Assign the levels of everybody on all tracks; who stays on a level is not written."""
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            today = local_date(now(), organization(session).zone)
            change = open_change(session, "levels.assign", act=Act(by=None, at=now(), through="cli"))
            after = assign_part(session, on=today, within=change, cause=cause, after=after)
    click.echo("All levels are assigned.")
