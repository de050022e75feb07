"""Putting a prospect off: until a day it stands on no list of who is next. Promises to it stay where they are."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked, Invalid
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import prospect_by_id

LONGEST = 366
"""Days for which a prospect may be put off; for longer it is released with a day of return."""


def snooze(session: Session, prospect_id: int, *, until: date, why: str, on: date, within: ChangeSet) -> Prospect:
    """Puts a prospect off until a day, on which it comes back by itself. Raises NotFound, Invalid, Blocked."""
    prospect = prospect_by_id(session, prospect_id, lock=True)
    if not prospect.is_active:
        raise Blocked("Not put off", ("The prospect has left the pipeline.",))
    if until <= on:
        raise Invalid("until", until, "is not ahead", "Choose a day from tomorrow on.")
    if until > on + timedelta(days=LONGEST):
        raise Invalid("until", until, "is more than a year away", "Release the prospect with a day of return instead.")
    if not why.strip():
        raise Invalid("why", why, "is empty", "Say what the wait is for.")
    amend(session, prospect, within=within, snoozed_until=until, snoozed_why=why.strip())
    return prospect


def wake(session: Session, prospect_id: int, *, within: ChangeSet) -> Prospect:
    """Brings a prospect back to the list at once. Raises NotFound."""
    prospect = prospect_by_id(session, prospect_id, lock=True)
    amend(session, prospect, within=within, snoozed_until=None, snoozed_why="")
    return prospect
