"""Days of the past as commands take them, and the figures of everybody as of such a day."""

from datetime import date, datetime, timedelta
from functools import partial
from os import getpid
from socket import gethostname

import click

from donors.core.clock import local_date
from donors.core.db import own_transaction, snapshot
from donors.core.errors import Invalid
from donors.core.known import KnownAt, read_instant
from donors.core.retry import retried
from donors.jobs import lease
from donors.rollups.past import forget_some, keep_part, past_parts

DAY = click.DateTime(["%Y-%m-%d"])
LEASE, LENGTH = "past values", timedelta(minutes=2)
OWNER = f"{gethostname()} {getpid()}"


def days_asked(as_of: datetime | None, known_at: str | None, zone: str) -> tuple[date | None, datetime | None]:
    """The day and the instant of a view of the past; none where it is of now. The instant alone gives the day too."""
    try:
        known = read_instant(known_at, zone) if known_at else None
    except Invalid as error:
        raise click.BadParameter(error.message, param_hint="--known-at") from None
    if as_of is not None:
        return as_of.date(), known
    return (None if known is None else local_date(known, zone)), known


def compute_past(on: date, known_at: datetime | None) -> None:
    """Fills the table of past values anew, part by part, and says how far it is. One at a time."""
    _hold()
    while retried(forget_some, within=own_transaction):
        _hold()
    kept = 0
    with snapshot() as session:
        known = None if known_at is None else KnownAt(session, known_at)
        for part in past_parts(session, on=on, known_at=known):
            _hold()
            retried(partial(keep_part, part=part), within=own_transaction)
            kept += len(part.rows)
            click.echo(f"Up to id {part.high}: {kept} constituents with figures.")
    retried(partial(lease.release, name=LEASE, owner=OWNER), within=own_transaction)
    as_known = "" if known_at is None else f", as known at {known_at.isoformat(timespec='seconds')}"
    click.echo(f"{kept} constituents have figures as of {on}{as_known}. They stand in the table past_value.")


def _hold() -> None:
    if retried(partial(lease.hold, name=LEASE, owner=OWNER, length=LENGTH), within=own_transaction) is None:
        raise click.ClickException("Somebody else is filling the table of past values. Wait until that is done.")
