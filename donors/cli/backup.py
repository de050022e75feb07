"""`flask backup FILE` and `flask restore FILE`: the whole database in one portable file."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade

from donors.core.archive import load_archive, read_manifest, write_archive
from donors.core.clock import now
from donors.core.db import snapshot, transaction
from donors.core.errors import HouseError


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup(file: Path) -> None:
    """Write all data to FILE, while people go on working."""
    unfinished = file.with_name(file.name + ".part")
    with snapshot() as session:
        manifest = write_archive(session.connection(), unfinished, at=now())
    unfinished.replace(file)
    click.echo(f"{sum(manifest.rows.values()):,} rows of {len(manifest.rows)} tables in {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def restore(file: Path) -> None:
    """Load FILE into an empty database, made by `flask backup` here or on another kind of database."""
    try:
        manifest = read_manifest(file)
        upgrade(revision=manifest.revision)
        with transaction() as session:
            load_archive(session.connection(), file, manifest)
        upgrade()
    except HouseError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{sum(manifest.rows.values()):,} rows restored, as of {manifest.written_at}")
