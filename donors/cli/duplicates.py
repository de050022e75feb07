"""`flask duplicates`: find those who are likely the same, and show them with the reasons."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.constituents.matching.pairs import BANDS, PairFilter, pairs_page
from donors.constituents.matching.search import ask, last_search, search
from donors.constituents.models import KINDS
from donors.core.clock import now
from donors.core.db import snapshot, transaction

duplicates = AppGroup("duplicates", help="Duplicates: find pairs that are likely the same, and show them.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(duplicates)


@duplicates.command("find")
@click.option(
    "--everybody/--changed", default=True, help="Among everybody, or around those changed since the last time."
)
@with_appcontext
def find(everybody: bool) -> None:
    """Look for duplicates now; the weights are learned anew once a week."""
    with transaction() as session:
        ask(session, at=now(), everybody=everybody)
    while search(now, through="cli"):
        pass
    with snapshot() as session:
        done = last_search(session)
        told = done.told if done is not None else {}
        for kind in KINDS:
            if kind in told:
                click.echo(f"{told[kind]['constituents']:,} {kind}s looked at.")
        click.echo(f"{told.get('pairs', 0):,} pairs are likely the same.")


@duplicates.command("show")
@click.option("--kind", type=click.Choice(KINDS), help="Of one kind.")
@click.option("--band", type=click.Choice([*BANDS]), help="Only sure ones, or only those less sure.")
@click.option("--limit", default=20, show_default=True, help="How many, the likeliest first.")
@with_appcontext
def show(kind: str | None, band: str | None, limit: int) -> None:
    """The pairs that nobody has decided yet, each with its reasons."""
    with snapshot() as session:
        page = pairs_page(session, PairFilter(kind or "", band or ""), sees=EVERYTHING, size=limit)
        for line in page.rows:
            sides = f"{line.low.id} {line.low.name} / {line.high.id} {line.high.name}"
            click.echo(f"{line.probability // 10 / 10:.1f}%  {sides}: {', '.join(map(str, line.reasons))}")
        click.echo(f"{page.total:,} in all.")
