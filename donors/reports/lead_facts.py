"""What became of leads, up to a day: answered, converted, prospects, asks, gifts. What reports on leads count from.

A constituent that several leads became counts for the first of them alone, so that no gift and no ask counts twice.
The database reckons all of it: what stands here are parts of statements.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, func, or_, select

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.days_since import DaysSince
from donors.giving.models import HARD, Credit
from donors.leads.models import CONVERTED, DISQUALIFIED, Lead
from donors.leads.queue import seen
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import KINDS, Prospect, Stage, StageEntry
from donors.pipeline.queries.sieve import seen_prospects

UNQUALIFIED = KINDS[:2]
"""Stages before somebody is qualified: identification and qualification."""


@dataclass(frozen=True)
class LeadQuestion:
    """Leads that came in by the end of a day, which is `until` at the latest; as the viewer sees them."""

    on: date
    until: datetime
    sees: Sight


def ended_as(status: str, on: date) -> ColumnElement[bool]:
    """That a lead had ended in a way by a day."""
    return and_(Lead.status == status, Lead.closed_on.is_not(None), Lead.closed_on <= on)


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """A condition as one or zero, to be summed."""
    return case((condition, 1), else_=0)


def came(asked: LeadQuestion) -> CTE:
    """The leads that had come in: `id`, `source`, `received_at`, `introducer_id`, and what had become of them.

    `answered`, `converted` and `let_go` are 0 or 1; `became` is the constituent, `converted_on` since when, both empty
    where a lead was not converted.
    """
    converted = ended_as(CONVERTED, asked.on)
    columns = (
        Lead.source,
        Lead.received_at,
        Lead.introducer_id,
        flag(Lead.answered_at <= asked.until).label("answered"),
        flag(converted).label("converted"),
        flag(ended_as(DISQUALIFIED, asked.on)).label("let_go"),
        case((converted, Lead.constituent_id)).label("became"),
        case((converted, Lead.closed_on)).label("converted_on"),
    )
    return seen(Lead.id, asked.sees).add_columns(*columns).where(Lead.received_at <= asked.until).cte("came")


def facts(asked: LeadQuestion) -> CTE:
    """The same with what came of each: `prospects` 0 or 1, `asks` and `gifts` how many, `asked` and `given` their sums.

    Prospects are those that came into a pipeline, and money (in minor units of the base currency) is what was given,
    from the conversion on.
    """
    leads = came(asked)
    place = func.row_number().over(partition_by=leads.c.became, order_by=(leads.c.received_at, leads.c.id))
    first = select(leads, place.label("place")).cte("first")
    own = and_(first.c.became.is_not(None), first.c.place == 1)
    entered = case((StageEntry.from_stage_id.is_(None), DaysSince(StageEntry.entered_on)))
    prospects = prospects_by(asked).add_columns(func.max(entered).label("since")).subquery("prospects")
    became = and_(prospects.c.constituent_id == first.c.became, prospects.c.since >= first.c.converted_on)
    asks, gifts = _asks(asked).subquery("asks"), _gifts(asked).subquery("gifts")
    return (
        select(
            first,
            flag(prospects.c.constituent_id.is_not(None)).label("prospects"),
            *(func.coalesce(asks.c[name], 0).label(name) for name in ("asks", "asked")),
            *(func.coalesce(gifts.c[name], 0).label(name) for name in ("gifts", "given")),
        )
        .outerjoin(prospects, and_(own, became))
        .outerjoin(asks, and_(own, asks.c.id == first.c.id))
        .outerjoin(gifts, and_(own, gifts.c.id == first.c.id))
        .cte("facts")
    )


def prospects_by(asked: LeadQuestion) -> Any:
    """The statement of constituents that entered a stage by the day, each once; of prospects that the viewer sees."""
    return (
        select(Prospect.constituent_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(StageEntry, StageEntry.prospect_id == Prospect.id)
        .join(Stage, Stage.id == StageEntry.to_stage_id)
        .where(StageEntry.entered_on <= asked.on, *seen_prospects(asked.sees))
        .group_by(Prospect.constituent_id)
    )


def _asks(asked: LeadQuestion) -> Any:
    """Leads, how many asks their constituents had from the conversion on that the viewer sees, and the sum of them."""
    return (
        select(
            Lead.id,
            func.count(Opportunity.id).label("asks"),
            func.coalesce(func.sum(Opportunity.amount), 0).label("asked"),
        )
        .join(Constituent, Constituent.id == Lead.constituent_id)
        .join(Prospect, Prospect.constituent_id == Constituent.id)
        .join(Opportunity, Opportunity.prospect_id == Prospect.id)
        .where(Lead.status == CONVERTED, *seen_prospects(asked.sees))
        .where(Opportunity.opened_on >= Lead.closed_on, Opportunity.opened_on <= asked.on)
        .group_by(Lead.id)
    )


def _gifts(asked: LeadQuestion) -> Any:
    """Leads, how many gifts came from their constituents from the conversion on, and what they come to."""
    return (
        select(
            Lead.id,
            func.count(Credit.gift_id.distinct()).label("gifts"),
            func.coalesce(func.sum(Credit.base_amount), 0).label("given"),
        )
        .join(Credit, and_(Credit.constituent_id == Lead.constituent_id, *counted(asked.on)))
        .where(Lead.status == CONVERTED, Credit.given_on >= Lead.closed_on)
        .group_by(Lead.id)
    )


def counted(on: date) -> tuple[Any, ...]:
    """The conditions on hard credits that counted on a day."""
    lasting = or_(Credit.counts_to.is_(None), Credit.counts_to > on)
    return Credit.kind == HARD, Credit.given_on <= on, Credit.counts_from <= on, lasting
