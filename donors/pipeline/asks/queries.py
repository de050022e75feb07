"""Reading opportunities: those of a prospect, what was said of one, and all of them as they stood on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.errors import NotFound
from donors.core.fields import Join, joined
from donors.core.known import KnownAt
from donors.core.known import seen as known
from donors.giving.models import Campaign, Fund
from donors.pipeline.asks.fields import ASKER, CAMPAIGN, FUND, OFFICER
from donors.pipeline.asks.lint import LINTS, facts_of, lint, others_open
from donors.pipeline.asks.models import OPEN, Opportunity, OpportunityEntry
from donors.pipeline.models import Prospect, Stage
from donors.pipeline.queries.sieve import seen_prospects


@dataclass(frozen=True)
class Ask:
    """An opportunity with the names that a page shows."""

    opportunity: Opportunity
    prospect: Prospect
    stage: Stage
    name: str
    officer: str | None
    fund: str | None
    campaign: str | None
    others_open: bool

    def lint(self, on: date) -> list[str]:
        """What does not fit in it on a day, in words."""
        facts = facts_of(self.opportunity, self.prospect, kind=self.stage.kind, others_open=self.others_open)
        return [LINTS[code] for code in lint(facts, on)]

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
    reason: str
    returns_on: date | None


def ask(session: Session, opportunity_id: int, *, sees: Sight) -> Ask:
    """An opportunity. Raises NotFound, also when its prospect is not for the viewer."""
    found = session.execute(asks(sees).where(Opportunity.id == opportunity_id)).first()
    if found is None:
        raise NotFound("ask", opportunity_id)
    return Ask(*found)


def asks_of(session: Session, prospect_id: int, *, sees: Sight) -> list[Ask]:
    """The opportunities of a prospect: open ones first, then the newest."""
    return _of(session, asks(sees).where(Opportunity.prospect_id == prospect_id))


def purposes_of(session: Session, prospect_ids: Sequence[int]) -> dict[int, str]:
    """Prospect id → what its largest open ask is for, where that is said."""
    mine = (
        among(session, Opportunity.prospect_id, prospect_ids),
        Opportunity.status.in_(OPEN),
        Opportunity.purpose != "",
    )
    wanted = select(Opportunity.prospect_id, Opportunity.purpose).where(*mine)
    order = func.coalesce(Opportunity.amount, 0), Opportunity.id.desc()
    return {prospect_id: purpose for prospect_id, purpose in session.execute(wanted.order_by(*order))}


def asks_of_constituent(session: Session, constituent_id: int, *, sees: Sight) -> list[Ask]:
    """The opportunities of a constituent in all pipelines: open ones first, then the newest."""
    return _of(session, asks(sees).where(Prospect.constituent_id == constituent_id))


def asks(sees: Sight, joins: Iterable[Join] = ()) -> Select[Any]:
    """The statement of all opportunities that the viewer may see, with the columns of `Ask`, and with more joins."""
    return over_asks(
        Opportunity,
        Prospect,
        Stage,
        Constituent.name,
        ASKER.name,
        Fund.name,
        Campaign.name,
        others_open(),
        sees=sees,
        joins=(OFFICER, FUND, CAMPAIGN, *joins),
    )


def over_asks(*columns: Any, sees: Sight, joins: Iterable[Join] = ()) -> Select[Any]:
    """A statement of any columns over the same opportunities, joined with their prospects."""
    statement: Select[Any] = (
        select(*columns)
        .select_from(Opportunity)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(*seen_prospects(sees))
    )
    return joined(statement, joins)


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


def last_said(session: Session, opportunity_id: int) -> date:
    """The day up to which something was said of an opportunity: nothing may be said of a day before it."""
    newest = select(func.max(OpportunityEntry.happened_on)).where(OpportunityEntry.opportunity_id == opportunity_id)
    found: date = session.execute(newest).scalar_one()
    return found


def as_of(session: Session, on: date, known_at: KnownAt | None = None) -> Sequence[Stood]:
    """Every opportunity as it stood at the end of a day, also as it was known at an instant; by id.

    Of all, whoever may see them: for figures. What names people is read again with their sight.
    """
    return [Stood(*row) for row in session.execute(known(stood_on(on), known_at))]


def stood_on(on: date) -> Select[*tuple[Any, ...]]:
    """The statement of `as_of`, its columns named as the fields of `Stood`: to narrow it, or to count."""
    newest = func.row_number().over(
        partition_by=OpportunityEntry.opportunity_id,
        order_by=(OpportunityEntry.happened_on.desc(), OpportunityEntry.id.desc()),
    )
    ranked = (
        select(OpportunityEntry.id.label("entry_id"), OpportunityEntry.opportunity_id, newest.label("place"))
        .where(OpportunityEntry.happened_on <= on)
        .subquery()
    )
    return (
        select(
            Opportunity.id.label("opportunity_id"),
            Prospect.id.label("prospect_id"),
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
            OpportunityEntry.happened_on.label("since"),
            OpportunityEntry.reason,
            OpportunityEntry.returns_on,
        )
        .select_from(ranked)
        .join(OpportunityEntry, OpportunityEntry.id == ranked.c.entry_id)
        .join(Opportunity, Opportunity.id == ranked.c.opportunity_id)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .where(ranked.c.place == 1)
        .order_by(Opportunity.id)
    )
