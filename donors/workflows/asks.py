"""Asks: opened, changed and brought on, with the levels that look at what somebody is asked for."""

from dataclasses import asdict, fields, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.restraint import refuse_frozen_id
from donors.core.changes import ChangeSet
from donors.giving.models import Gift
from donors.pipeline.asks import opportunity as writing
from donors.pipeline.asks import propose
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.asks.gifts import link_gift
from donors.pipeline.asks.models import ASKED, OPEN, PLANNED, RECEIVED, Opportunity
from donors.pipeline.asks.propose import Sending
from donors.pipeline.asks.queries import last_said
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry, prospect_by_id
from donors.pipeline.queries.prospects import officers_of
from donors.workflows.advance import add_prospect
from donors.workflows.facts import facts_changed


def open_ask(
    session: Session, prospect_id: int, terms: Terms, *, on: date, within: ChangeSet, status: str = PLANNED
) -> Opportunity:
    """Opens an ask; it is the primary officer's, or else the writer's, unless somebody is named.

    Raises NotFound, Invalid, Blocked.
    """
    constituent_id = prospect_by_id(session, prospect_id).constituent_id
    refuse_frozen_id(session, constituent_id)
    if terms.officer_id is None:
        primary = officers_of(session, [constituent_id], on=on).get(constituent_id)
        terms = replace(terms, officer_id=within.by_id if primary is None else primary)
    opened = writing.open_opportunity(session, prospect_id, terms, on=on, within=within, status=status)
    facts_changed(session, [constituent_id], within=within)
    return opened


def prospect_in(session: Session, constituent_id: int, pipeline_id: int, *, on: date, within: ChangeSet) -> int:
    """The prospect of a constituent in a pipeline, made where there is none. Raises NotFound, Blocked."""
    own = select(Prospect.id).where(Prospect.constituent_id == constituent_id, Prospect.pipeline_id == pipeline_id)
    found = session.scalar(own)
    if found is not None:
        return found
    entry = Entry(on, why="to be asked")
    return add_prospect(session, constituent_id, pipeline_id, entry, within=within).prospect.id


def put_ask(session: Session, prospect_id: int, said: Terms, *, on: date, within: ChangeSet) -> Opportunity:
    """Says amount, purpose and days of the newest open ask of a prospect, or opens one where there is none.

    What is empty in `said` stays as it was. Raises NotFound, Invalid, Blocked.
    """
    mine = select(Opportunity).where(Opportunity.prospect_id == prospect_id, Opportunity.status.in_(OPEN))
    row = session.scalar(mine.order_by(Opportunity.id.desc()).limit(1))
    if row is None:
        return open_ask(session, prospect_id, said, on=on, within=within)
    held = Terms(**{field.name: getattr(row, field.name) for field in fields(Terms)})
    typed = {name: value for name, value in asdict(said).items() if value}
    return change_ask(session, row.id, replace(held, **typed), on=on, within=within)


def change_ask(
    session: Session, opportunity_id: int, terms: Terms, *, on: date, within: ChangeSet, expect: int | None = None
) -> Opportunity:
    """Changes what an ask is about. Raises NotFound, Conflict, Invalid, Blocked (the record is restricted)."""
    _row, prospect = writing.opportunity_by_id(session, opportunity_id)
    refuse_frozen_id(session, prospect.constituent_id)
    changed = writing.change_opportunity(session, opportunity_id, terms, on=on, within=within, expect=expect)
    _facts_changed(session, changed, within)
    return changed


def step_ask(
    session: Session, opportunity_id: int, step: Step, *, within: ChangeSet, expect: int | None = None
) -> Opportunity:
    """Brings an ask to another status. Raises NotFound, Conflict, Invalid, Blocked."""
    stepped = writing.take_step(session, opportunity_id, step, within=within, expect=expect)
    _facts_changed(session, stepped, within)
    return stepped


def receive_ask(session: Session, opportunity_id: int, gift_id: int, *, on: date, within: ChangeSet) -> Opportunity:
    """Says that a gift fulfils an ask, which is received by it: on the gift's day, or as soon after as was said of it.

    `on` is today. Raises NotFound, Blocked, Invalid.
    """
    gift = link_gift(session, opportunity_id, gift_id, within=within)
    row = session.get_one(Opportunity, opportunity_id)
    if row.status == RECEIVED:
        return row
    day = min(on, max(session.get_one(Gift, gift.gift_id).received_on, last_said(session, row.id)))
    return step_ask(session, opportunity_id, Step(RECEIVED, day), within=within)


def send_proposal(
    session: Session, proposal_id: int, sending: Sending, *, within: ChangeSet, expect: int | None = None
) -> bool:
    """Says that a proposal was sent. An ask that was only planned is asked by it; returns whether it was.

    Raises NotFound, Conflict, Invalid, Blocked.
    """
    version = propose.send(session, proposal_id, sending, within=within, expect=expect)
    row = session.get_one(Opportunity, version.opportunity_id)
    if row.status != PLANNED:
        return False
    on = max(sending.on, last_said(session, row.id))
    step_ask(session, row.id, Step(ASKED, on, f"Proposal, version {version.number}"), within=within)
    return True


def _facts_changed(session: Session, changed: Opportunity, within: ChangeSet) -> None:
    facts_changed(session, [prospect_by_id(session, changed.prospect_id).constituent_id], within=within)
