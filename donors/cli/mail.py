"""`flask mail`: what comes back."""

from typing import BinaryIO

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.mail.bounces import take_in

mail = AppGroup("mail", help="Mail that comes back.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(mail)


@mail.command("bounces")
@click.argument("file", type=click.File("rb"))
@with_appcontext
def bounces(file: BinaryIO) -> None:
    """Read reports of mail servers from FILE (one message or an mbox; - is the standard input).

    Addresses that are no good go out of use. For a mail server: pipe each message for the bounce address here.
    """
    raw = file.read()
    with transaction() as session:
        within = open_change(session, "mail.bounce", act=Act(by=None, at=now(), through="cli"))
        taken = take_in(session, raw, within=within)
    click.echo(
        f"addresses out of use: {taken.given_up}; kept only: {taken.noted}; known already: {taken.known};"
        f" no report: {taken.unread}"
    )
