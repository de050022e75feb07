"""`flask setup export|apply FILE`: the rules of the organization as one TOML document."""

import tomllib
from pathlib import Path

import click
import tomli_w
from flask import Flask
from flask.cli import with_appcontext

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.core.errors import HouseError
from donors.core.history import wrote
from donors.workflows.begin import begin
from donors.workflows.rules.apply import apply
from donors.workflows.rules.export import export


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(setup)


@click.group()
def setup() -> None:
    """Fiscal year, stages, tracks, templates and closed days as one document."""


@setup.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def export_rules(file: Path) -> None:
    """Write the rules to FILE (TOML)."""
    with transaction() as session:
        document = export(session)
    file.write_bytes(tomli_w.dumps(document).encode())
    click.echo(f"The rules are in {file}.")


@setup.command("apply")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--rehearse", is_flag=True, help="Say what would be written, and write nothing.")
@with_appcontext
def apply_rules(file: Path, rehearse: bool) -> None:
    """Make the rules what FILE says; absent sections stay as they are. All or nothing."""
    try:
        document = tomllib.loads(file.read_text("utf-8"))
        with transaction() as session:
            act = Act(by=None, at=now(), through="cli", why=f"setup apply {file.name}")
            within = open_change(session, "rules.apply", act=act)
            apply(session, document, within=within)
            written = wrote(session, within.id)
            if rehearse:
                session.rollback()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name} is not TOML: {error}") from error
    except HouseError as error:
        raise click.ClickException(error.message) from error
    for one in written:
        click.echo(f"{one.table}: {one.inserted} added, {one.changed} changed, {one.removed} removed")
    click.echo("Nothing was written." if rehearse else "The rules are applied.")


@setup.command("begin")
@with_appcontext
def begin_organization() -> None:
    """Install the standard rollups, pipeline and ladders where they are missing."""
    with transaction() as session:
        begin(session, within=open_change(session, "organization.begin", act=Act(by=None, at=now(), through="cli")))
    click.echo("The standards are in place.")
