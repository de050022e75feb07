"""The funds, campaigns and portfolios whom time alone has moved: rows of theirs crossed the edge of a time frame."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, or_, select, type_coerce, union
from sqlalchemy.orm import Session

from donors.core.db import day_number
from donors.core.settings import organization
from donors.giving.models import Credit, Gift, GiftSplit
from donors.rollups.charges import charges
from donors.rollups.compile import owners_moved
from donors.rollups.definition import Definition, Operation
from donors.rollups.dirty import edges
from donors.rollups.families import sources_in_time
from donors.rollups.formulas import asks_for_today
from donors.rollups.marks import in_charge_of, mark_all_owners, mark_owners
from donors.rollups.owners import OWNERS
from donors.rollups.pools import day_binds
from donors.rollups.queries import definitions, wanted_on
from donors.rollups.targets import OF_MANY, Target

Spans = list[tuple[int, int]]


def mark_owner_movers(session: Session, *, on: date, since: date, at: datetime) -> None:
    """Lets those wait whose figures are others `on` this day than they were on the day `since`."""
    for target in OF_MANY:
        known = definitions(session, target)
        if any(one.operation is Operation.DAYS_SINCE or asks_for_today(one, known) for one in known):
            mark_all_owners(session, [target], at=at)
        elif known:
            mark_owners(session, target, _moved(session, target, known, on=on, since=since), at=at)


def _moved(session: Session, target: Target, known: tuple[Definition, ...], *, on: date, since: date) -> set[int]:
    spans = edges(known, on=on, since=since, fiscal=organization(session).fiscal)
    found = set(session.scalars(_CROSSED[target](spans)))
    if target is Target.PORTFOLIO:
        found |= set(session.scalars(_handed_over(on=on, since=since)))
    was, now = (wanted_on(session, on=day, known=known) for day in (since, on))
    binds = day_binds(known, on=on, fiscal=now.fiscal)
    for moved in owners_moved(was, now, OWNERS[target].forms[0]):
        found |= set(session.scalars(moved, binds))
    return found


def _within(day: Any, spans: Spans) -> ColumnElement[bool]:
    return or_(*(type_coerce(day, Integer).between(first, last) for first, last in spans))


def _funds(spans: Spans) -> Any:
    crossed = select(Credit.gift_id).where(_within(Credit.given_on, spans))
    return select(GiftSplit.fund_id).where(GiftSplit.gift_id.in_(crossed)).distinct()


def _campaigns(spans: Spans) -> Any:
    crossed = select(Credit.gift_id).where(_within(Credit.given_on, spans))
    return select(Gift.campaign_id).where(Gift.id.in_(crossed), Gift.campaign_id.is_not(None)).distinct()


def _officers(spans: Spans) -> Any:
    return in_charge_of(union(*(select(each.owner).where(_within(each.day, spans)) for each in sources_in_time())))


def _handed_over(*, on: date, since: date) -> Any:
    """Whose charge of somebody has begun or ended."""
    charge, span = charges(), [(day_number(since) + 1, day_number(on))]
    return select(charge.officer).where(or_(_within(charge.from_on, span), _within(charge.to_on, span)))


_CROSSED: Mapping[Target, Callable[[Spans], Any]] = {
    Target.FUND: _funds,
    Target.CAMPAIGN: _campaigns,
    Target.PORTFOLIO: _officers,
}
