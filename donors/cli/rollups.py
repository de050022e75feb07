"""`flask rollups`: look at definitions, try and define them, recompute all figures, compare them with the facts."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import tomli_w
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.cli.past import DAY, compute_past, days_asked
from donors.core.changes import Act, open_change
from donors.core.clock import local_date, now
from donors.core.db import Session, is_sqlite, snapshot, transaction
from donors.core.errors import HouseError
from donors.core.parallel import side_by_side
from donors.core.settings import organization
from donors.reports.uses import Use, uses
from donors.reports.versions import rollups as all_rollups
from donors.rollups.define import row_of
from donors.rollups.definition import Definition
from donors.rollups.formulas import figure_fields
from donors.rollups.keep import compute_waiting, keep
from donors.rollups.marks import mark_all_owners
from donors.rollups.models import RollupDefinition, slot_column
from donors.rollups.queries import of_row
from donors.rollups.refresh import parts, refresh_between
from donors.rollups.rehearse import preview
from donors.rollups.returned import Told, tells
from donors.rollups.targets import OF_MANY
from donors.rollups.verify import verify
from donors.rollups.words import sentences
from donors.workflows.rules.apply import apply
from donors.workflows.rules.rollups import table

rollups = AppGroup("rollups", help="Stored figures: what they are, what they yield, and whether they are right.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(rollups)


@rollups.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are switched off.")
@with_appcontext
def list_all(everything: bool) -> None:
    """List the rollups: key and sentence."""
    with transaction() as session:
        rows = [row for row in all_rollups(session) if everything or row.is_active]
        said = sentences(session, [of_row(row) for row in rows])
        lines = [f"{row.key:40} {said[row.key]}{'' if row.is_active else ' (off)'}" for row in rows]
    click.echo("\n".join(lines))


@rollups.command("show")
@click.argument("key")
@with_appcontext
def show(key: str) -> None:
    """Show the definition with this KEY: in words, where it is used, and as a file would have it."""
    with transaction() as session:
        row = _row(session, key)
        used, said = uses(session).get(key, Use()), f"{row.label}\n{sentences(session, [of_row(row)])[key]}"
        kept, column = tomli_w.dumps({"rollup": [table(row)]}), slot_column(row.slot)
    click.echo(f"{said}\nKept in the column {column}.")
    for name in (*(f"track {name}" for _, name in used.tracks), *(f"formula {name}" for _, name in used.formulas)):
        click.echo(f"Used by the {name}.")
    click.echo(f"\n{kept}", nl=False)


@rollups.command("preview")
@click.argument("key")
@click.option(
    "--ids", required=True, help="Ids of constituents (or funds, campaigns, users), with commas between them."
)
@with_appcontext
def preview_some(key: str, ids: str) -> None:
    """Compute the figure KEY for some of those who have it from the facts, as of today, and write nothing."""
    if not all(one.strip().isdecimal() for one in ids.split(",")):
        raise click.BadParameter("Write ids with commas between them: 7,12,31.", param_hint="--ids")
    with transaction() as session:
        one = of_row(_row(session, key))
        today = local_date(now(), organization(session).zone)
        found = preview(session, one, [int(each) for each in ids.split(",")], on=today)
        lines = [f"{id_}\t{_plain(session, one, value)}" for id_, value in found.items()]
    click.echo("\n".join(lines))


@rollups.command("define")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def define(file: Path) -> None:
    """Make rollups what FILE says: TOML with tables [[rollup]], as `flask setup export` writes them. All or nothing."""
    try:
        document = tomllib.loads(file.read_text("utf-8"))
        with transaction() as session:
            act = Act(by=None, at=now(), through="cli", why=f"rollups define {file.name}")
            tables = {"rollup": document.get("rollup", [])}
            apply(session, tables, within=open_change(session, "rules.apply", act=act))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name} is not TOML: {error}") from error
    except HouseError as error:
        raise click.ClickException(error.message) from error
    click.echo("The rollups are defined; figures of many people follow by the queue.")


def _row(session: Session, key: str) -> RollupDefinition:
    try:
        return row_of(session, key)
    except HouseError as error:
        raise click.ClickException(error.message) from error


def _plain(session: Session, one: Definition, value: Any) -> str:
    here, found = organization(session), tells(session, one, value)
    written = found.plain(here) if isinstance(found, Told) else figure_fields([one])[one.key].plain(value, here)
    return "none" if written is None else written


@rollups.command("refresh")
@click.option("--workers", default=1, show_default=True, help="So many parts at once; on PostgreSQL only.")
@click.option("--as-of", type=DAY, help="Instead, fill the table past_value with the figures of that day.")
@click.option("--known-at", help="The same of what was recorded by the end of that day, or by an instant.")
@with_appcontext
def refresh(workers: int, as_of: datetime | None, known_at: str | None) -> None:
    """Recompute all figures, those of everybody part by part. Run `flask levels assign` afterwards."""
    with transaction() as session:
        on, instant = days_asked(as_of, known_at, organization(session).zone)
    if on is not None:
        compute_past(on, instant)
        return
    with transaction() as session:
        today, together = local_date(now(), organization(session).zone), 1 if is_sqlite(session) else workers
        ranges = list(parts(session))
    side_by_side(
        lambda session, ids: refresh_between(session, low=ids[0], high=ids[1], on=today), ranges, workers=together
    )
    _refresh_owners(today)
    click.echo("All figures are fresh.")


def _refresh_owners(today: date) -> None:
    """Funds, campaigns and portfolios, computed while nobody is kept waiting."""
    with transaction() as session:
        mark_all_owners(session, OF_MANY, at=now())
    with snapshot() as session:
        found = compute_waiting(session, on=today)
    if found is not None:
        with transaction() as session:
            keep(session, found)


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
