"""Officer activity: what each did in a fiscal year so far, beside their own goals. Not to rank them by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.settings import Organization
from donors.pipeline.asks.gifts import came
from donors.pipeline.asks.models import ASKED, Opportunity, OpportunityEntry
from donors.pipeline.asks.queries import over_asks
from donors.pipeline.models import FORWARD, MADE, Assignment, Move, Prospect, Stage, StageEntry
from donors.pipeline.odds.models import Goal
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.sieve import running, seen, seen_prospects, seen_work

MEASURES = {
    "visits": "Visits",
    "moves": "Substantive moves",
    "qualified": "Qualified",
    "asks": "Asks made",
    "money": "Received",
    "strategies": "Strategies",
}
"""Measure → its name; money in minor units, all else in numbers."""


@dataclass(frozen=True)
class Done:
    """What was done of a measure, and the goal of the year, if one is set."""

    measure: str
    done: int
    goal: int | None

    @property
    def share(self) -> float | None:
        """The share of the goal that is reached."""
        return self.done / self.goal if self.goal else None


@dataclass(frozen=True)
class ActivityLine:
    """An officer with all measures in their order."""

    officer_id: int
    officer: str
    measures: tuple[Done, ...]


@dataclass(frozen=True)
class Activity:
    """The report: from the first day of the fiscal year to the day. `pace` is the share of the year that is over."""

    first: date
    on: date
    year: int
    pace: float
    lines: tuple[ActivityLine, ...]


def activity(session: Session, on: date, here: Organization, sees: Sight) -> Activity:
    """What officers did in the fiscal year of a day, by name; in a fixed number of statements.

    Of what the viewer may know of: a private call report counts, for its day and method are open to all.
    """
    year = here.fiscal.year_of(on)
    first, last = here.fiscal.first_day(year), here.fiscal.last_day(year)
    done = {name: _counts(session, statement) for name, statement in _statements(first, on, sees).items()}
    aims = _goals(session, year)
    people = {user.id: user.name for user in officers(session)}
    busy = {one for counts in done.values() for one in counts} | {one for one, _measure in aims}
    others = select(User.id, User.name).where(User.id.in_(busy - set(people)))
    people |= {one: name for one, name in session.execute(others)}
    lines = [
        ActivityLine(
            one,
            name,
            tuple(Done(measure, done[measure].get(one, 0), aims.get((one, measure))) for measure in MEASURES),
        )
        for one, name in sorted(people.items(), key=lambda each: (each[1], each[0]))
        if one in busy
    ]
    pace = ((on - first).days + 1) / ((last - first).days + 1)
    return Activity(first, on, year, pace, tuple(lines))


def _counts(session: Session, statement: Select[*tuple[Any, ...]]) -> dict[int, int]:
    return {one: int(number or 0) for one, number in session.execute(statement) if one is not None}


def _goals(session: Session, year: int) -> Mapping[tuple[int, str], int]:
    own = select(Goal.officer_id, Goal.measure, func.sum(Goal.target)).where(
        Goal.fiscal_year == year, Goal.officer_id.is_not(None)
    )
    found = session.execute(own.group_by(Goal.officer_id, Goal.measure))
    return {(one, measure): int(target) for one, measure, target in found if one is not None}


def _statements(first: date, on: date, sees: Sight) -> dict[str, Select[*tuple[Any, ...]]]:
    """Measure → officer and number, from a day to a day."""
    made = (Move.state == MADE, ~Move.is_background, Move.made_on >= first, Move.made_on <= on)
    moves = (
        select(Move.officer_id, func.count(Move.id))
        .join(Constituent, Constituent.id == Move.constituent_id)
        .where(*made, *seen(sees), seen_work(sees))
        .group_by(Move.officer_id)
    )
    earlier = aliased(Stage)
    passed = (
        select(StageEntry.entered_by, func.count(StageEntry.id))
        .join(earlier, earlier.id == StageEntry.from_stage_id)
        .join(Prospect, Prospect.id == StageEntry.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(*seen_prospects(sees), earlier.kind == "qualification", StageEntry.how == FORWARD)
        .where(StageEntry.entered_on >= first, StageEntry.entered_on <= on)
        .group_by(StageEntry.entered_by)
    )
    began = (
        select(OpportunityEntry.opportunity_id, func.min(OpportunityEntry.happened_on).label("asked_on"))
        .where(OpportunityEntry.status == ASKED)
        .group_by(OpportunityEntry.opportunity_id)
        .subquery()
    )
    asks = (
        over_asks(Opportunity.officer_id, func.count(Opportunity.id), sees=sees)
        .join(began, began.c.opportunity_id == Opportunity.id)
        .where(began.c.asked_on >= first, began.c.asked_on <= on)
        .group_by(Opportunity.officer_id)
    )
    brought = came()
    money = (
        over_asks(Opportunity.officer_id, func.sum(brought.c.amount), sees=sees)
        .join(brought, brought.c.opportunity_id == Opportunity.id)
        .where(brought.c.day >= first, brought.c.day <= on)
        .group_by(Opportunity.officer_id)
    )
    strategies = (
        select(Assignment.officer_id, func.count(Prospect.id))
        .join(Prospect, Prospect.constituent_id == Assignment.constituent_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(*seen_prospects(sees), Assignment.role == "primary", *running(on), Prospect.is_active)
        .where(Prospect.strategy_on >= first, Prospect.strategy_on <= on)
        .group_by(Assignment.officer_id)
    )
    return {
        "visits": moves.where(Move.method == "visit"),
        "moves": moves.where(Move.is_substantive),
        "qualified": passed,
        "asks": asks,
        "money": money,
        "strategies": strategies,
    }
