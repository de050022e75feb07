"""Consent: what somebody said about a channel, on a day, in which words. Rows are added, never changed."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.constituents import check
from donors.constituents.models import Consent, Constituent
from donors.constituents.restraint import refuse_frozen
from donors.core.changes import ChangeSet, insert
from donors.core.errors import Invalid

CHANNELS = ("email", "phone", "post", "text")
"""The channels over which somebody can be reached."""

ZONES_APART = timedelta(days=1)
"""The organization's day may be one ahead of the day in UTC."""


@dataclass(frozen=True)
class Said:
    """What somebody said: over which channel, on which day, where (form, letter, call), in which words."""

    channel: str
    on: date
    source: str
    wording: str = ""


def give(session: Session, row: Constituent, *, said: Said, within: ChangeSet) -> Consent:
    """Notes that a constituent agreed to a channel. Raises Invalid without a source, Blocked."""
    refuse_frozen(row)
    return _note(session, row, said, granted=True, within=within)


def withdraw(session: Session, row: Constituent, *, said: Said, within: ChangeSet) -> Consent:
    """Notes that a constituent no longer wants a channel. Raises Invalid without a source."""
    return _note(session, row, said, granted=False, within=within)


def _note(session: Session, row: Constituent, said: Said, *, granted: bool, within: ChangeSet) -> Consent:
    check.one_of("channel", said.channel, CHANNELS)
    source = check.line("source", said.source)
    if not source:
        raise Invalid("source", "", "is missing", "Say where this was said: form, letter, call.")
    if said.on > within.at.date() + ZONES_APART:
        raise Invalid("given on", said.on.isoformat(), "is in the future", "Use the day on which it was said.")
    made = Consent(
        constituent_id=row.id,
        channel=said.channel,
        granted=granted,
        given_on=said.on,
        source=source,
        wording=check.note("wording", said.wording),
        recorded_at=within.at,
    )
    return insert(session, made, within=within)
