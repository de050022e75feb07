"""The alert at once: whoever is to answer a lead gets a mail with all that it takes, in the act that took the lead in.

It holds what was sent, for somebody who is on the way should be able to call; nothing of what the house knows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.permissions import carries
from donors.constituents.decide import spaced
from donors.core.changes import ChangeSet
from donors.core.settings import Organization, organization
from donors.leads.models import NEW, SOURCES, Lead
from donors.leads.queue import name_of
from donors.mail.outbox import Letter, post

STALE_AFTER = timedelta(days=3)
SPAN, MOST_MAILS = timedelta(hours=1), 30
QUOTED = 2000
"""Letters of a message that are quoted."""
FEW = 5
"""So many leads that somebody is given at once bring a mail each; more bring one that says how many."""
LONGEST_NAME = 80
"""Letters of a name in a subject."""


@dataclass(frozen=True)
class Note:
    """What a mail about a lead says beside the lead. `key` names the occasion, once for each lead and user."""

    key: str
    subject: str
    why: str


def alert(session: Session, lead: Lead, *, site: str, within: ChangeSet) -> int:
    """Tells the owner of a new lead; where nobody is on the rota, all who may assign. Returns how many mails.

    Who has entered it themselves is not told, nor who got thirty within the hour: Today has them all. `site` is the
    address of the site, without a slash at its end.
    """
    if lead.owner_id is None:
        note = Note("new", "New lead, nobody’s yet", "Nobody on the rota is there: please give it to somebody.")
        return sum(tell(session, lead, user, note, site=site, within=within) for user in leaders(session))
    if lead.owner_id == within.by_id or _has_many(session, lead.owner_id, within.at):
        return 0
    note = Note("new", "New lead", "It is yours.")
    return tell(session, lead, session.get_one(User, lead.owner_id), note, site=site, within=within)


def tell_given(session: Session, leads: Sequence[Lead], owner: User, *, site: str, within: ChangeSet) -> int:
    """Tells somebody of leads that they were given by hand, by whoever acts. Returns how many mails. `site` as for
    `alert`.

    The mail about many names nobody: an erasure finds mails that do by the lead in their key.
    """
    giver = session.get(User, within.by_id) if within.by_id is not None else None
    by = "" if giver is None else f" {giver.name} gave {'it' if len(leads) <= FEW else 'them'} to you."
    if len(leads) <= FEW:
        note = Note(f"given-{within.id}", "A lead for you", f"It is yours now.{by}")
        return sum(tell(session, lead, owner, note, site=site, within=within) for lead in leads)
    lines = (f"Hello {owner.name},", "", f"{len(leads)} leads are yours now.{by}", "", f"{site}/leads?tab=mine", "")
    key = f"leads/given-{within.id}/{owner.id}"
    subject = f"{len(leads)} leads for you"
    letter = Letter(key, owner.email, subject, "\n".join(lines), not_after=within.at + STALE_AFTER)
    return int(post(session, letter, within=within))


def tell(session: Session, lead: Lead, user: User, note: Note, *, site: str, within: ChangeSet) -> bool:
    """Puts one mail about a lead into the outbox; false when it is there already."""
    text = _text(lead, user, note, organization(session), site)
    subject = f"{note.subject}: {name_of(lead)[:LONGEST_NAME]}"
    key = f"lead/{lead.id}/{note.key}/{user.id}"
    return post(session, Letter(key, user.email, subject, text, not_after=within.at + STALE_AFTER), within=within)


def _has_many(session: Session, owner_id: int, at: datetime) -> bool:
    """Whether somebody has heard of so many leads of late that further mails would say less, not more."""
    of_late = (Lead.owner_id == owner_id, Lead.status == NEW, Lead.received_at > at - SPAN)
    return (session.scalar(select(func.count(Lead.id)).where(*of_late)) or 0) > MOST_MAILS


def leaders(session: Session) -> Sequence[User]:
    """Active users who may give leads to others: directors and administrators."""
    found = session.scalars(select(User).where(User.deactivated_at.is_(None)).order_by(User.id))
    return [user for user in found if carries(user.role, "pipeline.assign")]


def moment(at: datetime, here: Organization) -> str:
    """An instant as mails say it: `Wednesday 1 July, 14:00`, by the organization's clocks."""
    wall = at.astimezone(ZoneInfo(here.zone))
    return f"{wall:%A} {wall.day} {wall:%B}, {wall:%H:%M}"


def _text(lead: Lead, user: User, note: Note, here: Organization, site: str) -> str:
    waits = "waits for an answer" if lead.answered_at is None else "was answered already"
    lines = [f"Hello {user.name},", "", f"{name_of(lead)} {waits}. {note.why}"]
    if lead.answer_due_at is not None and lead.answered_at is None:
        lines.append(f"The answer is due by {moment(lead.answer_due_at, here)}.")
    lines += ["", *_facts(lead), *_quoted(lead), "", f"{site}/leads/{lead.id}", ""]
    return "\n".join(lines)


def _facts(lead: Lead) -> Iterator[str]:
    place = ", ".join(filter(None, (lead.street, spaced(lead.postal_code, lead.city), lead.region, lead.country)))
    facts = (
        ("Name", spaced(lead.title, lead.given_name, lead.family_name)),
        ("Organization", lead.organization),
        ("Phone", lead.phone),
        ("E-mail", lead.email),
        ("Address", place),
        ("Interests", ", ".join(lead.interests)),
        ("Came by", " · ".join(filter(None, (SOURCES[lead.source], lead.source_note)))),
        ("Brought by", lead.introduced_by),
    )
    return (f"{label}: {value}" for label, value in facts if value)


def _quoted(lead: Lead) -> Iterator[str]:
    if not lead.message:
        return
    yield from ("", "In their own words (open no link that you do not trust):")
    cut = lead.message[:QUOTED] + ("…" if len(lead.message) > QUOTED else "")
    yield from (f"> {line}" for line in cut.splitlines())
