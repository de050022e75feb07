"""`flask demo`: the practice charity, a made-up nonprofit to learn on."""

from datetime import date, datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from donors.cli.practice import world
from donors.cli.practice.draw import draw
from donors.cli.practice.load import DONE, Loader
from donors.constituents.queries import has_any
from donors.core.clock import local_date, now
from donors.core.db import transaction
from donors.core.history import change_sets


def register(app: Flask) -> None:
    """Adds the command to `flask`."""
    app.cli.add_command(demo)


@click.command()
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day the charity is drawn for (today).")
@click.option("--seed", default=world.SEED, show_default=True, help="The same seed and day give the same charity.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there are constituents already.")
@with_appcontext
def demo(day: datetime | None, seed: int, if_empty: bool) -> None:
    """Load the practice charity into an empty database, and print its logins."""
    on: date = day.date() if day else local_date(now(), world.ZONE)
    with transaction() as session:
        filled = has_any(session)
        kinds = [change.kind for change in change_sets(session, kind="practice.", size=1).rows]
    if kinds and kinds != [DONE]:
        raise click.ClickException(
            "The practice charity was interrupted while it was loaded. Remove the database (for SQLite the file "
            "instance/perennial.db) and start again."
        )
    if filled and not if_empty:
        raise click.ClickException("There are constituents already; the practice charity needs an empty database.")
    if not filled:
        click.echo(f"Loading the practice charity, {world.ORGANIZATION}, as of {on} …")
        Loader(draw(seed, on)).load()
    print_logins()


def print_logins() -> None:
    """The practice logins; they work from this machine only."""
    click.echo(f"\nPractice logins (from this machine only), password: {world.PASSWORD}")
    for login, name, role in world.STAFF:
        click.echo(f"  {login + '@' + world.DOMAIN:32} {name}, {role.replace('_', ' ')}")
