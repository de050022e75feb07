"""Leads for the small world: a form, one that anybody may work on, one about somebody whom few may see."""

from datetime import timedelta

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.leads.attempt import log_attempt
from donors.leads.forms import FormDraft, add_form
from donors.leads.models import Lead
from donors.leads.new_lead import Agreed, NewLead
from donors.leads.receive import receive
from donors.leads.terms import Try


def add_leads(
    session: Session, waits: tuple[int, int], hidden: tuple[int, str, str, str], *, within: ChangeSet
) -> None:
    """A form for visits; a lead of an owner, brought by somebody; one about the hidden: id, names, a word of theirs."""
    add_form(session, FormDraft("Visits", "Come and see", consents=(("email", "Write to me."),)), within=within)
    owner_id, introducer_id = waits
    lead_that_waits(session, owner_id=owner_id, introducer_id=introducer_id, within=within)
    one, given, family, word = hidden
    lead_about(session, one, (given, family), f"Asks about {word}", within=within)


def lead_that_waits(session: Session, *, owner_id: int, introducer_id: int, within: ChangeSet) -> Lead:
    """Somebody who wrote a day ago and was called since; brought by whoever is named."""
    new = NewLead(
        "referral",
        given_name="Lena",
        family_name="Newly",
        email="lena.newly@example.org",
        organization="Newly Works",
        interests=("Roof",),
        message="May I come and see the roof?",
        introducer_id=introducer_id,
        owner_id=owner_id,
        answer_hours=24,
        consents=(Agreed("email", "Yes, write to me."),),
    )
    at = within.at - timedelta(days=1)
    row = receive(session, new, within=within, at=at, on=at.date())
    log_attempt(session, row.id, Try(within.at, "call", "no_answer"), on=within.at.date(), within=within)
    return row


def lead_about(session: Session, constituent_id: int, name: tuple[str, str], said: str, *, within: ChangeSet) -> Lead:
    """A lead about somebody in the file, in words that nobody else may read."""
    given, family = name
    new = NewLead(
        "suggestion",
        given_name=given,
        family_name=family,
        message=said,
        source_note=said,
        reason=said,
        constituent_id=constituent_id,
        by_rota=False,
    )
    return receive(session, new, within=within, at=within.at, on=within.at.date())
