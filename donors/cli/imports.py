"""`flask import …`: files of gifts, constituents, hours and leads from the command line."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from donors.core.changes import Act
from donors.core.clock import local_date, now
from donors.core.db import Session, snapshot
from donors.core.errors import HouseError
from donors.core.money import to_decimal
from donors.core.retry import retried
from donors.core.settings import organization
from donors.imports import map as mapping_of
from donors.imports.fields import CONSTITUENTS, GIFTS, HOURS, LEADS
from donors.imports.models import APPLIED, FAILED, UNDONE, FileImport
from donors.imports.parse import read
from donors.imports.queries import file_import, remembered, unfinished
from donors.imports.receive import DEFAULT_SOURCE, Incoming, receive, start_apply, start_undo
from donors.imports.rehearse import rehearse
from donors.imports.result import lines, result_rows
from donors.imports.unpack import Source
from donors.imports.work import advance

TOLD = (
    ("new", "with somebody new"),
    ("matched", "of somebody known"),
    ("unknown", "of nobody known"),
    ("same", "here already"),
    ("updated", "updated"),
    ("differs", "here already with other content (say --update to change them)"),
    ("likely", "wait for a decision: who is it? (open the import in the browser, or say --likely)"),
    ("left", "left out by decision"),
    ("bad", "left out, with a reason each"),
)

imports = AppGroup("import", help="Bring in files of gifts, constituents, hours or leads, and take them back.")


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(imports)


def _options(command: Any) -> Any:
    for option in reversed(
        (
            click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
            click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="Which column tells what."),
            click.option("--default", "defaults", multiple=True, metavar="FIELD=VALUE", help="For rows without one."),
            click.option("--source", default=DEFAULT_SOURCE, show_default=True, help="Whose ids the file holds."),
            click.option("--encoding", help="Such as cp1252, for files that are not UTF-8."),
            click.option("--dates", type=click.Choice(["mdy", "dmy", "ymd"]), help="Order of dates like 03/04/2026."),
            click.option("--update", is_flag=True, help="Change what is here already with other content."),
            click.option(
                "--likely", type=click.Choice(["ask", "new", "best"]), default="ask", show_default=True,
                help="Those who may be somebody known: leave them for a decision, make them new, take the likeliest.",
            ),
            click.option("--dry-run", is_flag=True, help="Check only; nothing is written."),
            click.option("--result", type=click.Path(dir_okay=False, path_type=Path), help="Where the verdicts go."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


@imports.command("gifts")
@_options
def import_gifts(**said: Any) -> None:
    """Import the gifts of FILE (CSV, plain or gzip) with their givers."""
    _bring_in(GIFTS, **said)


@imports.command("constituents")
@_options
def import_constituents(**said: Any) -> None:
    """Import the constituents of FILE (CSV, plain or gzip)."""
    _bring_in(CONSTITUENTS, **said)


@imports.command("hours")
@_options
def import_hours(**said: Any) -> None:
    """Import the volunteer hours of FILE (CSV, plain or gzip) with those who worked them."""
    _bring_in(HOURS, **said)


@imports.command("leads")
@_options
def import_leads(**said: Any) -> None:
    """Import the leads of FILE (CSV, plain or gzip); they go to whose turn it is on the rota."""
    _bring_in(LEADS, **said)


@imports.command("undo")
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Take back all that import NUMBER wrote."""
    try:
        retried(lambda session: _begin_undo(session, number))
        advance(number, clock=now)
    except HouseError as error:
        raise click.ClickException(error.message) from error
    _finish(number, UNDONE)
    click.echo(f"Import {number} is undone.")


def _begin_undo(session: Session, number: int) -> None:
    row = file_import(session, number, lock=True)
    if row.state not in {"undoing", "settling"}:
        start_undo(session, row, act=_act())


def _bring_in(kind: str, **said: Any) -> None:
    file: Path = said["file"]
    result: Path = said["result"] or file.with_name(f"{file.name.removesuffix('.gz').removesuffix('.csv')}-result.csv")
    try:
        incoming = _read(kind, file, said)
        if said["dry_run"]:
            _rehearse(incoming, result)
            return
        number = retried(lambda session: _started(session, incoming))
        advance(number, clock=now)
    except HouseError as error:
        raise click.ClickException(error.message) from error
    _write_result(number, result)
    _finish(number, APPLIED)
    _tell(number, result)


def _read(kind: str, file: Path, said: dict[str, Any]) -> Incoming:
    reading = read(Source(file.name, lambda: file.open("rb")), encoding=said["encoding"])
    with snapshot() as session:
        earlier = remembered(session, mapping_of.signature(kind, reading.headers))
        known = dict(earlier.mapping) if earlier else mapping_of.recognized(kind, reading.headers)
    mapping = mapping_of.said(kind, reading.headers, said["columns"], known)
    return Incoming(
        kind=kind,
        name=file.name,
        reading=reading,
        size=file.stat().st_size,
        source=said["source"],
        mapping=mapping_of.checked(kind, reading.headers, mapping),
        options={
            "order": said["dates"] or "",
            "update": said["update"],
            "likely": said["likely"],
            "defaults": mapping_of.defaults_said(kind, said["defaults"]),
        },
    )


def _started(session: Session, incoming: Incoming) -> int:
    """The import's number: a new one, or the one of this file that was killed on its way."""
    before = unfinished(session, kind=incoming.kind, digest=incoming.digest, source=incoming.source)
    if before is not None:
        click.echo(f"Going on with import {before.id}, which was not finished.")
        return before.id
    row = receive(session, incoming, act=_act())
    start_apply(session, row, act=_act())
    return row.id


def _rehearse(incoming: Incoming, result: Path) -> None:
    rows: list[Sequence[Any]] = []
    with snapshot() as session:
        settings = organization(session)
        done = rehearse(session, incoming, on=local_date(now(), settings.zone), told=rows.append)
    with result.open("w", encoding="utf-8", newline="") as sink:
        sink.writelines(lines(incoming.reading.headers, rows))
    _tell_counts(incoming.reading.rows, done.counts, settings.currency)
    click.echo(f"Nothing was written. Verdicts are in {result}.")


def _write_result(number: int, result: Path) -> None:
    with snapshot() as session, result.open("w", encoding="utf-8", newline="") as sink:
        row = file_import(session, number)
        sink.writelines(lines(row.headers["names"], result_rows(session, row)))


def _tell(number: int, result: Path) -> None:
    with snapshot() as session:
        row, settings = file_import(session, number), organization(session)
        _tell_counts(row.rows, row.counts, settings.currency)
    click.echo(f"Import {number} is applied; `flask import undo {number}` takes it back. Verdicts are in {result}.")


def _tell_counts(rows: int, counts: Any, currency: str) -> None:
    click.echo(f"{rows:,} rows")
    for name, words in TOLD:
        if counts.get(name):
            click.echo(f"{counts[name]:>12,}  {words}")
    if counts.get("amount"):
        click.echo(f"Total of the new gifts: {currency} {to_decimal(counts['amount'], currency):,}")


def _finish(number: int, state: str) -> None:
    """Raises ClickException when the import did not come to its end."""
    with snapshot() as session:
        row: FileImport = file_import(session, number)
        if row.state == FAILED:
            raise click.ClickException(f"Import {number} failed: {row.error}")
        if row.state != state:
            told = f"Import {number} is {row.state}: the database was busy, or another process works on it."
            raise click.ClickException(f"{told} The same command goes on where it stands.")


def _act() -> Act:
    at: datetime = now()
    return Act(by=None, at=at, through="cli")
