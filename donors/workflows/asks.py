"""Asks: opened, changed and brought on, with the levels that look at what somebody is asked for."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.pipeline.asks import opportunity as writing
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.asks.models import PLANNED, Opportunity
from donors.pipeline.prospect import prospect_by_id
from donors.pipeline.queries.prospects import officers_of
from donors.workflows.facts import facts_changed


def open_ask(
    session: Session, prospect_id: int, terms: Terms, *, on: date, within: ChangeSet, status: str = PLANNED
) -> Opportunity:
    """Opens an ask; it is the primary officer's, or else the writer's, unless somebody is named.

    Raises NotFound, Invalid, Blocked.
    """
    constituent_id = prospect_by_id(session, prospect_id).constituent_id
    if terms.officer_id is None:
        primary = officers_of(session, [constituent_id], on=on).get(constituent_id)
        terms = replace(terms, officer_id=within.by_id if primary is None else primary)
    opened = writing.open_opportunity(session, prospect_id, terms, on=on, within=within, status=status)
    facts_changed(session, [constituent_id], within=within)
    return opened


def change_ask(
    session: Session, opportunity_id: int, terms: Terms, *, on: date, within: ChangeSet, expect: int | None = None
) -> Opportunity:
    """Changes what an ask is about. Raises NotFound, Conflict, Invalid."""
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


def _facts_changed(session: Session, changed: Opportunity, within: ChangeSet) -> None:
    facts_changed(session, [prospect_by_id(session, changed.prospect_id).constituent_id], within=within)
