"""Reading opportunities: those of a prospect, what was said of one, and all of them as they stood on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.core.known import KnownAt
from donors.core.known import seen as known
from donors.giving.models import Campaign, Fund
from donors.pipeline.asks.models import OPEN, Opportunity, OpportunityEntry
from donors.pipeline.models import Prospect, Stage
from donors.pipeline.queries.sieve import seen


@dataclass(frozen=True)
class Ask:
    """An opportunity with the names that a page shows."""

    opportunity: Opportunity
    prospect: Prospect
    name: str
    officer: str | None
    fund: str | None
    campaign: str | None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.opportunity.status in OPEN


@dataclass(frozen=True)
class Said:
    """What was said of an opportunity on a day, by whom, and in which stage the prospect was."""

    entry: OpportunityEntry
    by: str | None
    stage: str | None
    officer: str | None


@dataclass(frozen=True)
class Stood:
    """An opportunity as it stood at the end of a day. `since` is the day of the entry that says so.

    `amount` in minor units of the base currency, `odds` in per cent as claimed then; `pipeline_id` and `constituent_id`
    are those of its prospect.
    """

    opportunity_id: int
    prospect_id: int
    constituent_id: int
    pipeline_id: int
    stage_id: int | None
    officer_id: int | None
    status: str
    amount: int | None
    odds: int | None
    ask_on: date | None
    expected_on: date | None
    opened_on: date
    since: date


def ask(session: Session, opportunity_id: int, *, sees: Sight) -> Ask:
    """An opportunity. Raises NotFound, also when its prospect is not for the viewer."""
    found = session.execute(asks(sees).where(Opportunity.id == opportunity_id)).first()
    if found is None:
        raise NotFound("ask", opportunity_id)
    return Ask(*found)


def asks_of(session: Session, prospect_id: int, *, sees: Sight) -> list[Ask]:
    """The opportunities of a prospect: open ones first, then the newest."""
    return _of(session, asks(sees).where(Opportunity.prospect_id == prospect_id))


def asks_of_constituent(session: Session, constituent_id: int, *, sees: Sight) -> list[Ask]:
    """The opportunities of a constituent in all pipelines: open ones first, then the newest."""
    return _of(session, asks(sees).where(Prospect.constituent_id == constituent_id))


def asks(sees: Sight) -> Select[*tuple[Any, ...]]:
    """The statement of all opportunities that the viewer may see, with the columns of `Ask`."""
    return (
        select(Opportunity, Prospect, Constituent.name, User.name, Fund.name, Campaign.name)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .outerjoin(User, User.id == Opportunity.officer_id)
        .outerjoin(Fund, Fund.id == Opportunity.fund_id)
        .outerjoin(Campaign, Campaign.id == Opportunity.campaign_id)
        .where(*seen(sees))
    )


def _of(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Ask]:
    ordered = statement.order_by(Opportunity.status.in_(OPEN).desc(), Opportunity.id.desc())
    return [Ask(*row) for row in session.execute(ordered)]


def entries(session: Session, opportunity_id: int) -> list[Said]:
    """All that was said of an opportunity, the newest first."""
    officer = aliased(User)
    statement = (
        select(OpportunityEntry, User.name, Stage.name, officer.name)
        .outerjoin(User, User.id == OpportunityEntry.recorded_by)
        .outerjoin(Stage, Stage.id == OpportunityEntry.stage_id)
        .outerjoin(officer, officer.id == OpportunityEntry.officer_id)
        .where(OpportunityEntry.opportunity_id == opportunity_id)
        .order_by(OpportunityEntry.id.desc())
    )
    return [Said(*row) for row in session.execute(statement)]


def as_of(session: Session, on: date, known_at: KnownAt | None = None) -> Sequence[Stood]:
    """Every opportunity as it stood at the end of a day, also as it was known at an instant; by id.

    Of all, whoever may see them: for figures. What names people is read again with their sight.
    """
    return [Stood(*row) for row in session.execute(known(stood_on(on), known_at))]


def stood_on(on: date) -> Select[*tuple[Any, ...]]:
    """The statement of `as_of`, with the columns of `Stood`: to narrow it, or to count."""
    newest = func.row_number().over(
        partition_by=OpportunityEntry.opportunity_id,
        order_by=(OpportunityEntry.happened_on.desc(), OpportunityEntry.id.desc()),
    )
    ranked = (
        select(OpportunityEntry.id.label("entry_id"), newest.label("place"))
        .where(OpportunityEntry.happened_on <= on)
        .subquery()
    )
    return (
        select(
            Opportunity.id,
            Prospect.id,
            Prospect.constituent_id,
            Prospect.pipeline_id,
            OpportunityEntry.stage_id,
            OpportunityEntry.officer_id,
            OpportunityEntry.status,
            OpportunityEntry.amount,
            OpportunityEntry.odds,
            OpportunityEntry.ask_on,
            OpportunityEntry.expected_on,
            Opportunity.opened_on,
            OpportunityEntry.happened_on,
        )
        .select_from(ranked)
        .join(OpportunityEntry, OpportunityEntry.id == ranked.c.entry_id)
        .join(Opportunity, Opportunity.id == OpportunityEntry.opportunity_id)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .where(ranked.c.place == 1)
        .order_by(Opportunity.id)
    )
