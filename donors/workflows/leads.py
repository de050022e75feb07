"""Leads come in, are given to somebody, and handed up where nobody answers: each with the mails that tell of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import Act, ChangeSet, Through, open_change
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.leads.alert import alert, tell_given
from donors.leads.late import hand_up, late
from donors.leads.models import Lead
from donors.leads.new_lead import NewLead
from donors.leads.receive import lead_with_key, receive
from donors.leads.steer import give_leads


def take_in(session: Session, new: NewLead, *, act: Act, site: str) -> tuple[Lead, bool]:
    """Takes in a lead and tells whoever is to answer it; whether it is new. Raises Invalid, AlreadyDone.

    `site` is the address of the site for links in mails, without a slash at its end.
    """
    known = lead_with_key(session, new.key) if new.key else None
    if known is not None:
        return known, False
    within = open_change(session, "lead.receive", act=act)
    lead = receive(session, new, within=within, at=act.at, on=_day(session, act.at))
    if lead.created_in != within.id:
        return lead, False
    alert(session, lead, site=site, within=within)
    return lead, True


def give_by_hand(
    session: Session,
    lead_ids: Iterable[int],
    owner_id: int | None,
    *,
    within: ChangeSet,
    site: str,
    expect: int | None = None,
) -> int:
    """Gives leads to somebody else, who is told at once, or to nobody; returns how many mails tell of it.

    Raises what `give_leads` raises. Who takes leads, or has them already, is not told. The mails stand in a change of
    their own: what they tell of can be taken back also when they have left.
    """
    on = _day(session, within.at)
    given = give_leads(session, lead_ids, owner_id, on=on, within=within, expect=expect)
    if not given or owner_id in (None, within.by_id):
        return 0
    telling = open_change(session, "lead.tell", act=Act(within.by_id, within.at, cast(Through, within.through)))
    return tell_given(session, given, session.get_one(User, owner_id), site=site, within=telling)


def hand_up_late(session: Session, *, act: Act, site: str, limit: int) -> int:
    """Hands up some of the leads that were not answered in time; returns how many."""
    found = late(session, at=act.at, limit=limit)
    if not found:
        return 0
    within = open_change(session, "lead.late", act=act)
    return hand_up(session, found, site=site, within=within, on=_day(session, act.at))


def _day(session: Session, at: datetime) -> date:
    return local_date(at, organization(session).zone)
