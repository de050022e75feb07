"""Reading what is to be looked at again on a day: prospects that left the pipeline, and asks that ended.

Of those who objected, and of records that are restricted or erased, nobody is reminded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.restraint import is_left_alone
from donors.core.paging import Page, page_of
from donors.pipeline.asks.models import DECLINED, DEFERRED, Opportunity
from donors.pipeline.asks.queries import Ask, asks
from donors.pipeline.models import Assignment, Pipeline, Prospect
from donors.pipeline.queries.board import officer_names
from donors.pipeline.queries.sieve import in_charge, running, seen_prospects

SIZE = 50
"""Rows of a page."""
ENDED = (DECLINED, DEFERRED)


@dataclass(frozen=True)
class Returning:
    """A prospect that left the pipeline and is to be looked at again on a day. `officer` is the primary one now."""

    prospect: Prospect
    name: str
    pipeline: str
    officer: str | None

    def is_due(self, on: date) -> bool:
        """Whether its day has come."""
        return self.prospect.returns_on is not None and self.prospect.returns_on <= on


def returning(
    session: Session, *, on: date, sees: Sight, officer_id: int | None = None, ahead: int, limit: int = 50
) -> list[Returning]:
    """Prospects that left and whose day to return has come or comes soon, the earliest first.

    With `officer_id` those in that officer's charge, and those that nobody is in charge of any more.
    """
    return _returning(session, session.execute(_prospects(on, sees, officer_id, ahead).limit(limit)).all(), on)


def returning_page(
    session: Session, *, on: date, sees: Sight, officer_id: int | None = None, ahead: int, number: int
) -> Page[Returning]:
    """A page of the same, with how many there are. Past the end it is the last one."""
    page = page_of(session, _prospects(on, sees, officer_id, ahead), number, size=SIZE)
    return replace(page, rows=tuple(_returning(session, page.rows, on)))


def _prospects(on: date, sees: Sight, officer_id: int | None, ahead: int) -> Select[Any]:
    columns: tuple[Any, ...] = (Prospect, Constituent.name, Pipeline.name)
    wanted = (
        select(*columns)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Pipeline, Pipeline.id == Prospect.pipeline_id)
        .where(~Prospect.is_active, Prospect.returns_on <= on + timedelta(days=ahead))
        .where(~is_left_alone(), *seen_prospects(sees))
        .order_by(Prospect.returns_on, Prospect.id)
    )
    return wanted if officer_id is None else wanted.where(in_charge(officer_id, on) | in_charge(0, on))


def _returning(session: Session, rows: Sequence[Any], on: date) -> list[Returning]:
    names = officer_names(session, [prospect.constituent_id for prospect, _name, _pipeline in rows], on=on)
    return [
        Returning(prospect, name, pipeline, names.get(prospect.constituent_id)) for prospect, name, pipeline in rows
    ]


def returning_asks(
    session: Session, *, on: date, sees: Sight, officer_id: int | None = None, ahead: int, limit: int = 50
) -> list[Ask]:
    """Asks that were declined or deferred and whose day of return has come or comes soon, the earliest first.

    With `officer_id` that officer's asks, and asks of nobody with those in their charge.
    """
    return [Ask(*row) for row in session.execute(_asks(on, sees, officer_id, ahead).limit(limit))]


def returning_asks_page(
    session: Session, *, on: date, sees: Sight, officer_id: int | None = None, ahead: int, number: int
) -> Page[Ask]:
    """A page of the same, with how many there are. Past the end it is the last one."""
    page = page_of(session, _asks(on, sees, officer_id, ahead), number, size=SIZE)
    return replace(page, rows=tuple(Ask(*row) for row in page.rows))


def _asks(on: date, sees: Sight, officer_id: int | None, ahead: int) -> Select[Any]:
    wanted = (
        asks(sees)
        .where(Opportunity.status.in_(ENDED), Opportunity.returns_on <= on + timedelta(days=ahead), ~is_left_alone())
        .order_by(Opportunity.returns_on, Opportunity.id)
    )
    nobodys = and_(Opportunity.officer_id.is_(None), in_charge(officer_id or 0, on))
    return wanted if officer_id is None else wanted.where((Opportunity.officer_id == officer_id) | nobodys)


@dataclass(frozen=True)
class Came:
    """How many prospects and asks of somebody are to be looked at again."""

    prospects: int = 0
    asks: int = 0


def came_back(session: Session, user_ids: Collection[int], *, after: date, on: date) -> dict[int, Came]:
    """User → what has its day of return after one day and up to another: prospects in their charge, and their asks.

    Numbers alone, of what is theirs, whatever is confidential.
    """
    theirs = (
        select(Assignment.officer_id, func.count(distinct(Prospect.id)))
        .join(Prospect, Prospect.constituent_id == Assignment.constituent_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(Assignment.officer_id.in_(user_ids), *running(on), ~Prospect.is_active, Constituent.deleted_at.is_(None))
        .where(~is_left_alone(), *_between(Prospect.returns_on, after, on))
        .group_by(Assignment.officer_id)
    )
    ended = (
        select(Opportunity.officer_id, func.count(Opportunity.id))
        .join(Prospect, Prospect.id == Opportunity.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(Opportunity.officer_id.in_(user_ids), Opportunity.status.in_(ENDED), Constituent.deleted_at.is_(None))
        .where(~is_left_alone(), *_between(Opportunity.returns_on, after, on))
        .group_by(Opportunity.officer_id)
    )
    prospects = {user_id: number for user_id, number in session.execute(theirs)}
    asked = {user_id: number for user_id, number in session.execute(ended)}
    return {one: Came(prospects.get(one, 0), asked.get(one, 0)) for one in {*prospects, *asked} if one is not None}


def _between(day: Any, after: date, on: date) -> tuple[ColumnElement[bool], ...]:
    return day > after, day <= on
