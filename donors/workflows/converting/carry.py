"""What of leads is carried over to a constituent: ways to reach it, consents, tries, fits, and who brought it."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents import consent
from donors.constituents.consent import Said
from donors.constituents.contact import KEYS, Given, add_point, columns_of
from donors.constituents.edit import edit
from donors.constituents.models import Consent, Constituent
from donors.constituents.queries import constituent
from donors.constituents.records import NewConstituent
from donors.constituents.ties import Tie, between, relate
from donors.core.changes import ChangeSet
from donors.core.clock import local_date
from donors.core.errors import NotFound
from donors.core.settings import organization
from donors.leads.models import SOURCES, Lead, LeadAttempt, LeadConsent, LeadForm
from donors.leads.terms import FITS, LEFT_WORD, TRIED
from donors.pipeline.move_report import Report
from donors.research.rate import Judged
from donors.workflows.moves import log_move
from donors.workflows.ratings import rate

SOURCE = "lead"
PURPOSE = "First contact, as a lead"
INTRODUCER = "introducer"
Row = TypeVar("Row", LeadConsent, LeadAttempt)


def fill_in(session: Session, one: Constituent, new: NewConstituent, *, within: ChangeSet) -> None:
    """Adds the contact points that a constituent does not have yet, and the note where it has none.

    What is there stays as it is, primary ones too; one that is out of use stays so.
    """
    points: tuple[Given, ...] = (*new.emails, *new.phones, *new.addresses)
    for given in points:
        model, columns = columns_of(given)
        same = [getattr(model, name) == columns[name] for name in KEYS[model.__tablename__]]
        if session.scalar(select(model.id).where(model.constituent_id == one.id, *same).limit(1)) is None:
            add_point(session, one, given=given, within=within)
    if new.note and not one.note:
        edit(session, one, values={"note": new.note}, within=within)


def consents(session: Session, one: Constituent, leads: Sequence[Lead], *, within: ChangeSet) -> list[str]:
    """Keeps what was agreed to, word for word; what a constituent has said since holds. Returns notes."""
    notes = []
    for said in _of(session, LeadConsent, leads):
        later = select(func.count(Consent.id)).where(
            Consent.constituent_id == one.id, Consent.channel == said.channel, Consent.given_on > said.given_on
        )
        if session.scalar(later):
            notes.append(f"What {one.name} said later about {said.channel} holds.")
            continue
        words = Said(said.channel, said.given_on, _said_where(session, leads, said.lead_id), said.wording)
        (consent.give if said.granted else consent.withdraw)(session, one, said=words, within=within)
    return notes


def tries(session: Session, one: Constituent, leads: Sequence[Lead], *, within: ChangeSet, on: date) -> None:
    """Makes moves of the tries: who tried, when, how, what came of it."""
    zone = organization(session).zone
    for tried in _of(session, LeadAttempt, leads):
        left = tried.outcome == LEFT_WORD
        report = Report(
            made_on=local_date(tried.tried_at, zone),
            method=tried.method,
            outcome="no_answer" if left else tried.outcome,
            report=f"{TRIED[LEFT_WORD]}. {tried.note}".strip() if left else tried.note,
            purpose=PURPOSE,
            officer_id=tried.tried_by,
        )
        log_move(session, one.id, report, within=within, on=on)


def fits(session: Session, one: Constituent, leads: Sequence[Lead], *, within: ChangeSet, on: date) -> None:
    """Makes ratings of the fits; of several leads the newest that says something counts."""
    newest = sorted(leads, key=lambda lead: (lead.received_at, lead.id), reverse=True)
    for kind in FITS:
        score = next((value for lead in newest if (value := getattr(lead, kind)) is not None), None)
        if score is not None:
            rate(session, one.id, Judged(kind, on, SOURCE, score=score), within=within)


def introducers(session: Session, one: Constituent, leads: Sequence[Lead], *, within: ChangeSet) -> None:
    """Ties a constituent to those who brought it; nobody brings themselves, and one tie is enough."""
    zone = organization(session).zone
    for lead in leads:
        by = _introducer(session, lead)
        if by is None or by.id == one.id or _is_tied(session, by, one):
            continue
        tie = Tie(INTRODUCER, from_on=local_date(lead.received_at, zone), note=lead.source_note)
        relate(session, by, one, tie=tie, within=within)


def _introducer(session: Session, lead: Lead) -> Constituent | None:
    if lead.introducer_id is None:
        return None
    try:
        return constituent(session, lead.introducer_id, sees=EVERYTHING)
    except NotFound:
        return None


def _is_tied(session: Session, by: Constituent, one: Constituent) -> bool:
    ties = between(session, by.id, one.id)
    return INTRODUCER in {tie.kind if tie.constituent_id == by.id else tie.reverse for tie in ties}


def _said_where(session: Session, leads: Sequence[Lead], lead_id: int) -> str:
    lead = next(lead for lead in leads if lead.id == lead_id)
    form = None if lead.form_id is None else session.get(LeadForm, lead.form_id)
    return form.name if form is not None else SOURCES.get(lead.source, lead.source)


def _of(session: Session, model: type[Row], leads: Sequence[Lead]) -> list[Row]:
    wanted = select(model).where(model.lead_id.in_([lead.id for lead in leads]))
    return list(session.scalars(wanted.order_by(model.id)))
