"""Leads that nobody has answered in time go to somebody else, exactly once each, and both are told.

To whom, the setting `late_leads_to` says: a director, the next on the rota, or nobody, and then only the owner is told.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.permissions import DIRECTOR
from donors.core.changes import ChangeSet
from donors.core.settings import organization
from donors.leads.alert import Note, leaders, tell
from donors.leads.change import change
from donors.leads.models import OPEN, Lead
from donors.leads.rota import Round, round_of, round_on

LATE = "not answered in time"
"""Why a lead went to its owner, where the one before had not answered."""
TO = {"director": "a director", "next": "the next on the rota", "nobody": "nobody: the owner is told"}
"""To whom a late lead goes, as it is kept → in words."""


def late(session: Session, *, at: datetime, limit: int) -> Sequence[Lead]:
    """Open leads whose answer was due before an instant and that were not handed up; none that others look at now."""
    wanted = (
        select(Lead)
        .where(Lead.status.in_(OPEN), Lead.answer_due_at < at)
        .where(Lead.answered_at.is_(None), Lead.escalated_at.is_(None))
    )
    return session.scalars(
        wanted.order_by(Lead.answer_due_at, Lead.id).limit(limit).with_for_update(skip_locked=True)
    ).all()


def hand_up(session: Session, leads: Sequence[Lead], *, site: str, within: ChangeSet, on: date) -> int:
    """Hands up leads that were not answered in time; they bear the instant, so that it happens once. Returns how many.

    `site` is the address of the site, without a slash at its end.
    """
    above = _above(session, on=on)
    for lead in leads:
        before = lead.owner_id
        to = above.take(other_than=before) or before
        change(session, [lead], {"owner_id": to, "escalated_at": within.at}, within=within, on=on, why=LATE)
        _tell_both(session, lead, before, site=site, within=within)
    return len(leads)


def _above(session: Session, *, on: date) -> Round:
    to = organization(session).late_leads_to
    if to == "next":
        return round_on(session, on=on)
    if to == "director":
        above = leaders(session)
        directors = [user.id for user in above if user.role == DIRECTOR]
        return round_of(session, directors or [user.id for user in above], on=on, why=LATE)
    return Round(())


def _tell_both(session: Session, lead: Lead, before: int | None, *, site: str, within: ChangeSet) -> None:
    late_one = session.get(User, before) if before is not None else None
    owner = session.get(User, lead.owner_id) if lead.owner_id is not None else None
    who = late_one.name if late_one else "Nobody"
    if owner is not None and owner is not late_one:
        why = f"{who} has not answered in time: it is yours now." if late_one else "Nobody has it: it is yours now."
        tell(session, lead, owner, Note("late", "Late lead", why), site=site, within=within)
    if late_one is not None and late_one.active:
        why = "It was not answered in time." + (f" {owner.name} has it now." if owner and owner is not late_one else "")
        tell(session, lead, late_one, Note("late", "Lead not answered", why), site=site, within=within)
