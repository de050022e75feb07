"""Reading asks for odds and forecasts: what was said of all of them up to a day, and those that a viewer sees."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.known import KnownAt
from donors.core.known import seen as known
from donors.pipeline.asks.gifts import came
from donors.pipeline.asks.models import ENDED, OPEN, RECEIVED, Opportunity, OpportunityEntry
from donors.pipeline.asks.queries import stood_on
from donors.pipeline.models import Pipeline, Prospect, Stage
from donors.pipeline.odds.models import Goal
from donors.pipeline.odds.stories import Line, Story
from donors.pipeline.queries.sieve import seen_prospects


@dataclass(frozen=True)
class Which:
    """Which asks: of a pipeline, of an officer (none: of all). What the viewer may see."""

    sees: Sight
    pipeline_id: int | None = None
    officer_id: int | None = None


@dataclass(frozen=True)
class Named:
    """An ask that the viewer may see, as it stood on a day, with the names of then: officer and stage.

    `since` is the day on which that was said; `amount` in minor units, `odds` in per cent as claimed; `reason` and
    `returns_on` of one that was declined or deferred.
    """

    ask_id: int
    prospect_id: int
    constituent_id: int
    name: str
    purpose: str
    officer: str | None
    stage: str | None
    status: str
    since: date
    amount: int | None
    odds: int | None
    expected_on: date | None
    reason: str
    returns_on: date | None

    @property
    def is_open(self) -> bool:
        """Whether it had not ended."""
        return self.status in OPEN


def stories(
    session: Session, on: date, known_at: KnownAt | None = None, *, of: Collection[int] | None = None
) -> list[Story]:
    """All that was said of every ask, or of some by their ids, up to the end of a day: a row for each entry.

    Of all, whoever may see them: what is learnt from them is figures. What names people is read by `named`.
    """
    statement = (
        select(
            OpportunityEntry.opportunity_id,
            OpportunityEntry.happened_on,
            OpportunityEntry.status,
            func.coalesce(Stage.kind, ""),
            OpportunityEntry.officer_id,
            OpportunityEntry.amount,
            OpportunityEntry.odds,
            OpportunityEntry.expected_on,
        )
        .outerjoin(Stage, Stage.id == OpportunityEntry.stage_id)
        .where(OpportunityEntry.happened_on <= on)
        .order_by(OpportunityEntry.opportunity_id, OpportunityEntry.happened_on, OpportunityEntry.id)
    )
    if of is not None:
        statement = statement.where(among(session, OpportunityEntry.opportunity_id, of))
    rows = session.execute(known(statement, known_at))
    return [Story(ask_id, [Line(*row[1:]) for row in group]) for ask_id, group in groupby(rows, key=lambda row: row[0])]


def named(session: Session, on: date, which: Which, known_at: KnownAt | None = None) -> list[Named]:
    """The asks that were open or received at the end of a day, of those that the viewer may see; by id."""
    stood = named_asks(on, which, (*OPEN, RECEIVED)).subquery()
    return [Named(*row) for row in session.execute(known(select(stood).order_by(stood.c.ask_id), known_at))]


def named_asks(on: date, which: Which, statuses: Collection[str]) -> Select[Any]:
    """The statement of asks in some statuses at the end of a day, of those that the viewer may see.

    Its columns are named as the fields of `Named`.
    """
    stood = stood_on(on).order_by(None).subquery().c
    about = (stood.opportunity_id.label("ask_id"), stood.prospect_id, Prospect.constituent_id, Constituent.name)
    names = (Opportunity.purpose, User.name.label("officer"), Stage.name.label("stage"))
    said = (stood.status, stood.since, stood.amount, stood.odds, stood.expected_on, stood.reason, stood.returns_on)
    statement: Select[Any] = (
        select(*about, *names, *said)
        .join(Opportunity, Opportunity.id == stood.opportunity_id)
        .join(Prospect, Prospect.id == stood.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .outerjoin(User, User.id == stood.officer_id)
        .outerjoin(Stage, Stage.id == stood.stage_id)
        .where(stood.status.in_(statuses), *seen_prospects(which.sees))
    )
    if which.pipeline_id is not None:
        statement = statement.where(Prospect.pipeline_id == which.pipeline_id)
    if which.officer_id is not None:
        statement = statement.where(stood.officer_id == which.officer_id)
    return statement


def named_of(session: Session, on: date, which: Which, ask_ids: Sequence[int]) -> dict[int, Named]:
    """Ask id → the ask as it stood at the end of a day, whatever became of it, for those that the viewer may see."""
    stood = named_asks(on, which, (*OPEN, *ENDED)).subquery()
    rows = session.execute(select(stood).where(among(session, stood.c.ask_id, ask_ids)))
    return {row[0]: Named(*row) for row in rows}


def came_of(session: Session, on: date, known_at: KnownAt | None = None) -> dict[int, list[tuple[date, int]]]:
    """Ask id → when each gift that fulfils it came, up to the end of a day, and how much it was in minor units; what
    was given back counts below zero."""
    every = came()
    statement = select(every).where(every.c.day <= on).order_by(every.c.day)
    found: dict[int, list[tuple[date, int]]] = {}
    for ask_id, day, amount in session.execute(known(statement, known_at)):
        found.setdefault(ask_id, []).append((day, int(amount)))
    return found


def goal(session: Session, fiscal_year: int, measure: str, which: Which) -> Goal | None:
    """The goal that is set for exactly these asks in a fiscal year."""
    return session.scalars(goal_for(fiscal_year, measure, which.officer_id, which.pipeline_id)).first()


def goal_for(fiscal_year: int, measure: str, officer_id: int | None, pipeline_id: int | None) -> Select[Goal]:
    """The statement of the goal that holds for exactly these: of two that were set at once the later one."""
    same = select(Goal).where(
        Goal.fiscal_year == fiscal_year,
        Goal.measure == measure,
        Goal.officer_id.is_not_distinct_from(officer_id),
        Goal.pipeline_id.is_not_distinct_from(pipeline_id),
    )
    return same.order_by(Goal.id.desc()).limit(1)


def goals(session: Session) -> Sequence[tuple[Goal, str | None, str | None]]:
    """All goals with the names of officer and pipeline: the latest year first."""
    statement = (
        select(Goal, User.name, Pipeline.name)
        .outerjoin(User, User.id == Goal.officer_id)
        .outerjoin(Pipeline, Pipeline.id == Goal.pipeline_id)
        .order_by(Goal.fiscal_year.desc(), Goal.measure, User.name, Goal.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def seen_asks(session: Session, which: Which) -> set[int]:
    """The ids of all asks that the viewer may see, of the pipeline; whoever's they are."""
    statement = (
        select(Opportunity.id)
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(*seen_prospects(which.sees))
    )
    if which.pipeline_id is not None:
        statement = statement.where(Prospect.pipeline_id == which.pipeline_id)
    return set(session.scalars(statement))


def names_of(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """User id → name."""
    statement = select(User.id, User.name).where(among(session, User.id, user_ids))
    return {user_id: name for user_id, name in session.execute(statement)}
