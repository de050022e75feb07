"""Suggestions taken up, or put off: each becomes a lead about its constituent that keeps the reason."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import Looking
from donors.constituents.models import PERSON, Constituent
from donors.core.bulk import among
from donors.core.changes import ChangeSet, insert_many
from donors.leads.change import entry
from donors.leads.models import DISQUALIFIED, NEW, Lead
from donors.leads.suggestions import Suggested, suggested_among
from donors.leads.terms import Closing, checked_closing

SOURCE = "suggestion"


def take_up(
    session: Session, ids: Sequence[int], owner_id: int | None, *, looking: Looking, within: ChangeSet
) -> list[Lead]:
    """Makes leads of suggested constituents; those who are suggested no longer are passed over."""
    return _as_leads(session, ids, looking, within, status=NEW, owner_id=owner_id)


def put_off(
    session: Session, ids: Sequence[int], closing: Closing, *, looking: Looking, within: ChangeSet
) -> list[Lead]:
    """Suggests these constituents no longer, or not before a day: on it they come back to the queue. Raises Invalid."""
    clean = checked_closing(closing)
    return _as_leads(
        session,
        ids,
        looking,
        within,
        status=DISQUALIFIED,
        closed_on=clean.on,
        closed_reason=clean.sentence,
        returns_on=clean.returns_on,
    )


def _as_leads(
    session: Session,
    ids: Sequence[int],
    looking: Looking,
    within: ChangeSet,
    **values: str | int | date | None,
) -> list[Lead]:
    # Of two who take the same people up at once, the second sees that they are taken.
    who = select(Constituent).where(among(session, Constituent.id, sorted(set(ids)))).order_by(Constituent.id)
    people = session.scalars(who.with_for_update(key_share=True)).all()
    found = suggested_among(session, [one.id for one in people], looking=looking)
    made = [_lead(one, found[one.id], within, values) for one in people if one.id in found]
    insert_many(session, made, within=within)
    insert_many(
        session,
        [entry(lead, within=within, on=looking.on, why=lead.closed_reason or lead.reason) for lead in made],
        within=within,
    )
    return made


def _lead(one: Constituent, found: Suggested, within: ChangeSet, values: dict[str, str | int | date | None]) -> Lead:
    person = one.kind == PERSON
    return Lead(
        title=one.title,
        given_name=one.given_name if person else "",
        family_name=(one.family_name or ("" if one.given_name else one.name)) if person else "",
        organization="" if person else one.name,
        sort_name=one.sort_name,
        search_text=one.search_text,
        source=SOURCE,
        source_note=", ".join(rule.name for rule in found.rules),
        constituent_id=one.id,
        reason=found.reason,
        received_at=within.at,
        **values,
    )
