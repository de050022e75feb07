"""What became of leads, up to a day: answered, converted, prospects, asks, gifts. What reports on leads count from.

A constituent that several leads became counts for the first of them alone, so that no gift and no ask counts twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.giving.models import HARD, Credit
from donors.leads.models import CONVERTED, DISQUALIFIED, SOURCES, Lead
from donors.leads.queue import leads as seen_leads
from donors.leads.queue import name_of
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import KINDS, Prospect, Stage, StageEntry

UNQUALIFIED = KINDS[:2]
"""Stages before somebody is qualified: identification and qualification."""


@dataclass(frozen=True)
class LeadQuestion:
    """Leads that came in by the end of a day, which is `until` at the latest; as the viewer sees them."""

    on: date
    until: datetime
    sees: Sight


@dataclass(frozen=True)
class LeadFact:
    """One lead and what came of it. Money in minor units of the base currency.

    `counts` says whether the prospect, asks and gifts of its constituent count for it, or for an earlier lead.
    """

    id: int
    name: str
    source: str
    received_at: datetime
    received_on: date
    answer_due_at: datetime | None
    answered_at: datetime | None
    owner: str | None
    form: str | None
    introducer_id: int | None
    constituent_id: int | None = None
    converted_on: date | None = None
    disqualified_on: date | None = None
    counts: bool = False
    is_prospect: bool = False
    is_qualified: bool = False
    asks: int = 0
    asked: int = 0
    gifts: int = 0
    given: int = 0

    @property
    def is_answered(self) -> bool:
        """Whether somebody has dealt with it: reached it, left word, or converted it at once."""
        return self.answered_at is not None or self.converted_on is not None


@dataclass(frozen=True)
class _Later:
    """What is known of constituents, by their id; gifts and asks by lead."""

    prospects: Mapping[int, bool] = field(default_factory=dict)
    asks: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    gifts: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def lead_facts(session: Session, asked: LeadQuestion) -> list[LeadFact]:
    """All leads that came in by then, the oldest first: four statements, however many there are."""
    later = _Later(_prospects(session, asked), _asks(session, asked), _gifts(session, asked))
    zone, taken = organization(session).zone, set[int]()
    wanted = seen_leads(asked.sees).where(Lead.received_at <= asked.until).order_by(Lead.received_at, Lead.id)
    found = []
    for lead, owner, _introducer, form in session.execute(wanted):
        fact = _fact(lead, owner, form, local_date(lead.received_at, zone), asked)
        own = fact.converted_on is not None and fact.constituent_id not in taken
        if own and fact.constituent_id is not None:
            taken.add(fact.constituent_id)
            fact = _with_later(fact, later)
        found.append(fact)
    return found


def _fact(lead: Lead, owner: str | None, form: str | None, received_on: date, asked: LeadQuestion) -> LeadFact:
    ended = lead.closed_on is not None and lead.closed_on <= asked.on
    converted = ended and lead.status == CONVERTED
    answered = lead.answered_at is not None and lead.answered_at <= asked.until
    return LeadFact(
        lead.id,
        name_of(lead),
        SOURCES.get(lead.source, lead.source),
        lead.received_at,
        received_on,
        lead.answer_due_at,
        lead.answered_at if answered else None,
        owner,
        form,
        lead.introducer_id,
        lead.constituent_id if converted else None,
        lead.closed_on if converted else None,
        lead.closed_on if ended and lead.status == DISQUALIFIED else None,
    )


def _with_later(fact: LeadFact, later: _Later) -> LeadFact:
    one = fact.constituent_id or 0
    asks, asked = later.asks.get(fact.id, (0, 0))
    gifts, given = later.gifts.get(fact.id, (0, 0))
    values: dict[str, Any] = vars(fact) | {
        "counts": True,
        "is_prospect": one in later.prospects,
        "is_qualified": later.prospects.get(one, False),
        "asks": asks,
        "asked": asked,
        "gifts": gifts,
        "given": given,
    }
    return LeadFact(**values)


def _prospects(session: Session, asked: LeadQuestion) -> dict[int, bool]:
    """Constituents of converted leads that were prospects by then → whether they came past qualification."""
    qualified = func.max(case((Stage.kind.not_in(UNQUALIFIED), 1), else_=0))
    return {one: bool(past) for one, past in session.execute(prospects_by(asked.on, qualified))}


def prospects_by(on: date, *columns: Any) -> Any:
    """The statement of constituents that entered a stage by a day, grouped, with more columns."""
    return (
        select(Prospect.constituent_id, *columns)
        .join(StageEntry, StageEntry.prospect_id == Prospect.id)
        .join(Stage, Stage.id == StageEntry.to_stage_id)
        .where(StageEntry.entered_on <= on)
        .group_by(Prospect.constituent_id)
    )


def _asks(session: Session, asked: LeadQuestion) -> dict[int, tuple[int, int]]:
    """Leads → how many asks their constituents had from the conversion on, and the sum of them."""
    wanted = (
        select(Lead.id, func.count(Opportunity.id), func.coalesce(func.sum(Opportunity.amount), 0))
        .join(Prospect, Prospect.constituent_id == Lead.constituent_id)
        .join(Opportunity, Opportunity.prospect_id == Prospect.id)
        .where(Lead.status == CONVERTED, Opportunity.opened_on >= Lead.closed_on, Opportunity.opened_on <= asked.on)
        .group_by(Lead.id)
    )
    return {lead_id: (int(number), int(amount or 0)) for lead_id, number, amount in session.execute(wanted)}


def _gifts(session: Session, asked: LeadQuestion) -> dict[int, tuple[int, int]]:
    """Leads → how many gifts came from their constituents from the conversion on, and what they come to."""
    wanted = (
        select(Lead.id, func.count(Credit.gift_id.distinct()), func.coalesce(func.sum(Credit.base_amount), 0))
        .join(Credit, and_(Credit.constituent_id == Lead.constituent_id, *counted(asked.on)))
        .where(Lead.status == CONVERTED, Credit.given_on >= Lead.closed_on)
        .group_by(Lead.id)
    )
    return {lead_id: (int(number), int(amount or 0)) for lead_id, number, amount in session.execute(wanted)}


def counted(on: date) -> tuple[Any, ...]:
    """The conditions on hard credits that counted on a day."""
    lasting = or_(Credit.counts_to.is_(None), Credit.counts_to > on)
    return Credit.kind == HARD, Credit.given_on <= on, Credit.counts_from <= on, lasting
