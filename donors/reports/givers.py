"""Givers: who gave how much in which year, as the facts counted on a day. All that is said of retention is made of it.

Each gift counts once. By person everybody stands for themselves, households and organizations too; by household those
who live in one on the day are counted with it, with all that they gave. The unknown giver is nobody's retention, and
those who were removed are out. A year that comes to nothing or less (gifts that were given back) makes no giver.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, Subquery, and_, case, func, literal_column, not_, or_, select
from sqlalchemy import type_coerce as coerce
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent, HouseholdMembership
from donors.constituents.queries import is_visible
from donors.core.db import day_date, day_number
from donors.core.settings import organization
from donors.core.whole_sum import WholeSum
from donors.giving.models import HARD, Credit
from donors.reports.years import NAMES, By, Year, years

PERSON, HOUSEHOLD = "person", "household"
UNITS = {PERSON: ("giver", "givers"), HOUSEHOLD: ("household or single", "households and singles")}
"""What is counted once, one and many."""


@dataclass(frozen=True)
class GiversQuestion:
    """What a report on givers is asked: which years, as of which day, counting whom, by which credit, and who asks."""

    by: By
    on: date
    unit: str
    soft: bool
    sees: Sight

    @property
    def units(self) -> str:
        """What is counted, several of them."""
        return UNITS[self.unit][1]

    @property
    def year(self) -> str:
        """What a year is, in words."""
        return NAMES[self.by]

    @property
    def told(self) -> Mapping[str, Any]:
        """The question as plain values, for what is kept of answers."""
        sees = "everything" if self.sees.everything else self.sees.user_id
        return {"by": self.by, "on": self.on.isoformat(), "unit": self.unit, "soft": self.soft, "sees": sees}


def years_of(session: Session, asked: GiversQuestion) -> tuple[Year, ...]:
    """The years of a question, from the first gift there is."""
    first = session.scalar(select(func.min(coerce(Credit.given_on, Integer))))
    since = asked.on if first is None else min(day_date(first), asked.on)
    return years(asked.by, on=asked.on, since=since, fiscal=organization(session).fiscal)


def giving_by_year(
    asked: GiversQuestion, known: tuple[Year, ...], *, gifts: bool = False, only: Collection[int] | None = None
) -> Subquery:
    """A subquery of unit_id, place (of the year) and total, one row for each year in which a unit gave.

    `only` are the units that are asked for, where these are some. With `gifts` also largest, first_on and last_on (day
    numbers) of the gifts of the year.
    """
    rows = _counted(asked, known, only)
    total = WholeSum(rows.c.amount)
    days = (func.min(rows.c.given_on).label("first_on"), func.max(rows.c.given_on).label("last_on"))
    more = (func.max(rows.c.amount).label("largest"), *days) if gifts else ()
    return (
        select(rows.c.unit_id, rows.c.place, total.label("total"), *more)
        .group_by(rows.c.unit_id, rows.c.place)
        .having(total > _number(0))
        .subquery("giving_by_year")
    )


def _counted(asked: GiversQuestion, known: tuple[Year, ...], only: Collection[int] | None) -> Subquery:
    """The gifts that count: unit_id, place, given_on, amount. Where one could count twice for a unit, it is made one.

    By person and hard credit a gift has one credit for each giver, but for the rare giver who was merged: totals are
    right all the same.
    """
    home = _homes(asked.on)
    unit = Credit.constituent_id if asked.unit == PERSON else func.coalesce(home.c.household_id, Credit.constituent_id)
    rows = select(unit.label("unit_id"), coerce(Credit.given_on, Integer).label("given_on"))
    if asked.unit == HOUSEHOLD:
        rows = rows.outerjoin(home, home.c.constituent_id == Credit.constituent_id)
    rows = rows.where(*_counts(asked), *_whose(asked, home, only))
    if asked.unit == PERSON and not asked.soft:
        found = rows.add_columns(Credit.base_amount.label("amount"))
    else:
        hard, soft = (WholeSum(Credit.base_amount).filter(which) for which in _kinds())
        once = func.coalesce(hard, soft)  # hard credit covers soft credit of the same gift
        found = rows.add_columns(once.label("amount")).group_by(unit, Credit.gift_id, Credit.given_on)
    each = found.subquery("gifts_counted")
    left_out = select(Constituent.id).where(
        or_(Constituent.is_unknown_giver, Constituent.deleted_at.is_not(None), not_(is_visible(asked.sees)))
    )
    columns = (each.c.unit_id, each.c.given_on, each.c.amount, _place(each.c.given_on, known).label("place"))
    return select(*columns).where(each.c.unit_id.not_in(left_out)).subquery("rows_of_years")


def _whose(asked: GiversQuestion, home: Subquery, only: Collection[int] | None) -> tuple[Any, ...]:
    """The condition on credits that count for some units: their own, and those of who lives with them."""
    if only is None:
        return ()
    ids = Credit.constituent_id.in_(only)
    if asked.unit == PERSON:
        return (ids,)
    return (or_(ids, Credit.constituent_id.in_(select(home.c.constituent_id).where(home.c.household_id.in_(only)))),)


def _kinds() -> tuple[Any, Any]:
    hard = Credit.kind == HARD
    return hard, not_(hard)


def _counts(asked: GiversQuestion) -> tuple[Any, ...]:
    """The conditions that a credit counted on the day."""
    lasting = or_(Credit.counts_to.is_(None), Credit.counts_to > asked.on)
    when = (Credit.given_on <= asked.on, Credit.counts_from <= asked.on, lasting)
    return when if asked.soft else (Credit.kind == HARD, *when)


def _homes(on: date) -> Subquery:
    """Who lives in which household on a day; of several the oldest."""
    stay, home = HouseholdMembership, Constituent.__table__.alias("home")
    here = and_(or_(stay.from_on.is_(None), stay.from_on <= on), or_(stay.to_on.is_(None), stay.to_on > on))
    return (
        select(stay.constituent_id, func.min(stay.household_id).label("household_id"))
        .join(home, and_(home.c.id == stay.household_id, home.c.deleted_at.is_(None)))
        .where(here)
        .group_by(stay.constituent_id)
        .subquery("homes")
    )


def _place(day: Any, known: tuple[Year, ...]) -> Any:
    """The place of the year that holds a day; most gifts are of late years, so these are asked first."""
    if len(known) == 1:
        return _number(0)
    later = ((day >= _number(day_number(year.first)), _number(year.place)) for year in reversed(known[1:]))
    return case(*later, else_=_number(0))


def _number(value: int) -> Any:
    return literal_column(str(value), Integer)
