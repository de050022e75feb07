"""`flask user …`: adding users and giving them the one-time link that lets them choose a password."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from donors.accounts import links
from donors.accounts.audit import Doing
from donors.accounts.models import User
from donors.accounts.permissions import READER, ROLES
from donors.accounts.queries import credential, user_by_email, users
from donors.accounts.safe import Safe
from donors.accounts.second_factor import remove_second_factor, reseal
from donors.accounts.users import NewUser, add_user
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import current_session, transaction
from donors.core.errors import HouseError, NotFound

user = AppGroup("user", help="Add users and make their sign-in links.")


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(user)


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="First and last name.")
@click.option("--role", type=click.Choice(list(ROLES)), default=READER, show_default=True)
def add(email: str, name: str, role: str) -> None:
    """Add the user EMAIL and print the link that lets them choose a password."""
    try:
        with transaction() as session:
            within = open_change(session, "user.add", act=Act(by=None, at=now(), through="cli"))
            row = add_user(session, NewUser(email, name, role), within=within)
            token = links.make_link(session, row, purpose=links.INVITE, doing=Doing(within.at))
    except HouseError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{email} is added as {ROLES[role].lower()}. To choose a password, open within seven days:")
    click.echo(_url(token))


@user.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new one-time link for the user EMAIL; earlier ones are void."""
    at = now()
    try:
        with transaction() as session:
            row = _active(user_by_email(session, email), email)
            purpose = links.RESET if credential(session, row.id).password_hash else links.INVITE
            token = links.make_link(session, row, purpose=purpose, doing=Doing(at))
    except HouseError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"To choose a password, {email} opens within {'an hour' if purpose == links.RESET else 'seven days'}:")
    click.echo(_url(token))


@user.command("list")
def list_users() -> None:
    """Print all users: e-mail, role, second factor, state, name."""
    for line in users(current_session()):
        state = "active" if line.user.active else "deactivated"
        factor = "second factor" if line.second_factor else "password only" if line.has_password else "no password yet"
        click.echo("\t".join((line.user.email, line.user.role, factor, state, line.user.name)))


@user.command("remove-second-factor")
@click.argument("email")
def remove_factor(email: str) -> None:
    """Take the second factor of the user EMAIL away, who then sets it up anew: a lost phone, a lost SECRET_KEY."""
    at = now()
    try:
        with transaction() as session:
            remove_second_factor(session, _active(user_by_email(session, email), email), doing=Doing(at))
    except HouseError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{email} signs in with the password only, until a second factor is set up anew.")


@user.command("reseal")
def reseal_all() -> None:
    """Seal all second factors with the SECRET_KEY of now, so that SECRET_KEY_FALLBACKS can be emptied."""
    house = current_app.config["HOUSE"]
    try:
        with transaction() as session:
            sealed = reseal(session, safe=Safe((house.secret_key, *house.secret_key_fallbacks)))
    except HouseError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{sealed} second factors are sealed with the SECRET_KEY of now.")


def _active(row: User | None, email: str) -> User:
    if row is None or not row.active:
        raise NotFound("active user", email)
    return row


def _url(token: str) -> str:
    return f"{current_app.config['HOUSE'].site_url}{links.PATH}{token}"
