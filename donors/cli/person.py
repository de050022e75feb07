"""`flask person`: everything about somebody in one file, their erasure, and who was erased since a backup was made."""

import json

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.accounts import audit
from donors.accounts.audit import Doing
from donors.accounts.visible import EVERYTHING
from donors.constituents.queries import constituent
from donors.constituents.requests import erased_since
from donors.core.changes import Act, open_change
from donors.core.clock import local_date, now
from donors.core.db import snapshot, transaction
from donors.core.errors import HouseError
from donors.core.settings import organization
from donors.rights.erase import confirmed
from donors.rights.erase import erase as erase_person
from donors.rights.tell import file_of

person = AppGroup("person", help="Rights of a person: the file about them, and erasure.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(person)


@person.command("file")
@click.argument("number", type=int)
@with_appcontext
def file(number: int) -> None:
    """Print everything about a person as JSON, and leave an export in the access record."""
    try:
        with snapshot() as session:
            told = file_of(session, number, on=local_date(now(), organization(session).zone), sees=EVERYTHING)
    except HouseError as error:
        raise click.ClickException(error.message) from None
    rows = sum(len(section.rows) for section in told.sections)
    with transaction() as session:
        audit.note(session, "export", doing=Doing(now()), name="person", constituent=told.numbers[0], rows=rows)
    click.echo(json.dumps(told.as_json(), ensure_ascii=False, indent=1, default=str))


@person.command("erase")
@click.argument("number", type=int)
@click.option("--name", required=True, help="The name of the person, typed on purpose: it cannot be undone.")
@with_appcontext
def erase(number: int, name: str) -> None:
    """Erase a person for good: names and words go, money, days and totals stay."""
    try:
        with transaction() as session:
            confirmed(constituent(session, number, sees=EVERYTHING, deleted=True), name)
            within = open_change(session, "person.erase", act=Act(by=None, at=now(), through="cli"))
            done = erase_person(session, number, on=local_date(now(), organization(session).zone), within=within)
    except HouseError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Person {done.constituent_id} is erased.")


@person.command("erased")
@with_appcontext
def erased() -> None:
    """Print the numbers and days of all who were erased: what has to be done again after a backup is restored."""
    with transaction() as session:
        for number, on in erased_since(session):
            click.echo(f"{number}\t{on.isoformat()}")
