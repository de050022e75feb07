"""A lead comes in: it is checked, goes to whose turn it is, and its clock starts. One, or many in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, insert, insert_many
from donors.core.settings import Organization, organization
from donors.leads.models import NEW, Lead, LeadConsent, LeadEntry
from donors.leads.new_lead import TEXTS, NewLead, checked, derived
from donors.leads.rota import BY_ROTA, Round, round_on

PLAIN = (*TEXTS, "source", "introducer_id", "form_id", "key", "constituent_id", "reason")
GIVEN = "given by whoever entered it"


@dataclass(frozen=True)
class _Arrival:
    """When leads arrive, by what settings, and whose turn it is."""

    at: datetime
    on: date
    here: Organization
    round: Round


def receive(session: Session, new: NewLead, *, within: ChangeSet, at: datetime, on: date) -> Lead:
    """Takes in a lead, with its first entry and what was consented to. Raises Invalid.

    A lead whose key is there already is that lead: nothing is written then. `on` is the local day of `at`.
    """
    clean = checked(new)
    known = _known(session, [clean.key] if clean.key else [])
    if clean.key in known:
        return known[clean.key]
    arrival = _arrival(session, [clean], at=at, on=on)
    row = _row(clean, arrival)
    if clean.key is None:
        insert(session, row, within=within)
    else:
        try:
            with session.begin_nested():
                insert(session, row, within=within)
        except IntegrityError:
            known = _known(session, [clean.key])
            if clean.key not in known:
                raise
            return known[clean.key]
    insert(session, _entry(row, clean, arrival, within), within=within)
    for consent in _consents(row, clean, arrival):
        insert(session, consent, within=within)
    return row


def receive_many(session: Session, news: Sequence[NewLead], *, within: ChangeSet, at: datetime, on: date) -> list[Lead]:
    """Takes in many leads as `receive` would one after the other, in a handful of statements; one lead for each."""
    clean = [checked(new) for new in news]
    known = _known(session, [new.key for new in clean if new.key])
    arrival = _arrival(session, clean, at=at, on=on)
    found, made = [], []
    for new in clean:
        row = known.get(new.key) if new.key else None
        if row is None:
            row = _row(new, arrival)
            made.append((row, new))
            if new.key:
                known[new.key] = row
        found.append(row)
    insert_many(session, [row for row, _new in made], within=within)
    insert_many(session, [_entry(row, new, arrival, within) for row, new in made], within=within)
    consents = [consent for row, new in made for consent in _consents(row, new, arrival)]
    insert_many(session, consents, within=within)
    return found


def _arrival(session: Session, news: Sequence[NewLead], *, at: datetime, on: date) -> _Arrival:
    asks_rota = any(new.owner_id is None and new.by_rota for new in news)
    return _Arrival(at, on, organization(session), round_on(session, on=on) if asks_rota else Round(()))


def lead_with_key(session: Session, key: str) -> Lead | None:
    """The lead that came in under a key."""
    return session.scalar(select(Lead).where(Lead.key == key))


def _known(session: Session, keys: Sequence[str]) -> dict[str, Lead]:
    if not keys:
        return {}
    return {row.key: row for row in session.scalars(select(Lead).where(among(session, Lead.key, keys))) if row.key}


def _row(new: NewLead, arrival: _Arrival) -> Lead:
    owner_id = new.owner_id
    if owner_id is None and new.by_rota:
        owner_id = arrival.round.take()
    due = None
    if new.answer_hours is not None:
        due = arrival.here.unanswered.after(arrival.at, timedelta(hours=new.answer_hours))
    values = {name: getattr(new, name) for name in PLAIN} | derived(new)
    return Lead(
        **values,
        status=NEW,
        interests=list(new.interests),
        owner_id=owner_id,
        received_at=arrival.at,
        answer_due_at=due,
    )


def _entry(row: Lead, new: NewLead, arrival: _Arrival, within: ChangeSet) -> LeadEntry:
    by_rota = BY_ROTA if row.owner_id is not None else ""
    return LeadEntry(
        lead_id=row.id,
        status=row.status,
        owner_id=row.owner_id,
        happened_on=arrival.on,
        recorded_at=arrival.at,
        entered_by=within.by_id,
        why=by_rota if new.owner_id is None else GIVEN,
    )


def _consents(row: Lead, new: NewLead, arrival: _Arrival) -> Iterable[LeadConsent]:
    for one in new.consents:
        yield LeadConsent(
            lead_id=row.id, channel=one.channel, granted=one.granted, wording=one.wording, given_on=arrival.on
        )
