"""The rows that figures are made of, as SQL: owner, kind, fiscal year, day, row id, amount.

An owner has at most one row of a kind for a gift. Of persons and organizations they come straight from the index, or
added up first for those who have several credits of one gift; of households from their own credits and those of their
members on the gift's day; of portfolios likewise from the credits of all who stand in them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.sql.functions import coalesce

from donors.constituents.models import HOUSEHOLD, Constituent, HouseholdMembership
from donors.core.fields import Join, joined
from donors.core.rounding import HalfAway
from donors.giving.models import HARD, SOFT, Credit, Gift, GiftSplit
from donors.rollups.charges import Charges, charges
from donors.rollups.definition import Source
from donors.rollups.extent import ON, Condition, Extent, Form, big, counting, number, word
from donors.volunteering.models import Shift


@dataclass(frozen=True)
class Only:
    """A condition on credits and their gifts, with the joins that it needs from `Gift`."""

    condition: Condition
    joins: tuple[Join, ...]


def credit_rows(extent: Extent, only: Only | None = None) -> Subquery:
    """The rows of credits that an extent covers, or only those that meet a condition, before any are added up."""
    return _CREDIT_ROWS[extent.form](extent, only)


def both_rows(extent: Extent, only: Only | None = None) -> Subquery:
    """Each gift once with what it counts for by hard and soft credit together."""
    form = Form.SUMMED if extent.form is Form.PLAIN else extent.form
    rows = credit_rows(replace(extent, form=form), only)
    added = big(func.sum(rows.c.amount)).label("amount")
    kind, year, day = word(Source.CREDIT).label("kind"), func.max(rows.c.fiscal_year), func.max(rows.c.given_on)
    columns = (rows.c.owner_id, kind, year.label("fiscal_year"), day.label("given_on"), rows.c.row_id, added)
    return select(*columns).group_by(rows.c.owner_id, rows.c.row_id).subquery()


def split_rows(extent: Extent, only: Only | None = None) -> Subquery:
    """The parts of gifts by fund, as far as they are credited to the owner: cents that do not divide are rounded."""
    return parts_of(credit_rows(extent, only))


def parts_of(rows: Subquery) -> Subquery:
    """The parts by fund of gifts that are rows by hard credit."""
    columns = (rows.c.owner_id, word(Source.ALLOCATIONS).label("kind"), rows.c.fiscal_year, rows.c.given_on)
    return (
        select(*columns, GiftSplit.id.label("row_id"), share_of(rows.c.amount).label("amount"))
        .select_from(rows)
        .join(Gift, Gift.id == rows.c.row_id)
        .join(GiftSplit, GiftSplit.gift_id == Gift.id)
        .where(rows.c.kind == word(HARD))
        .subquery()
    )


def share_of(amount: Any) -> ColumnElement[int]:
    """The share of a split in so much of its gift."""
    share = cast(amount, Double).op("*")(cast(GiftSplit.base_amount, Double))
    return case(
        (GiftSplit.base_amount == Gift.base_amount, amount),
        (Gift.base_amount == number(0), number(0)),
        else_=cast(HalfAway(share.op("/")(cast(Gift.base_amount, Double))), BigInteger),
    )


def _limited(statement: Any, only: Only | None) -> Select[Any]:
    if only is None:
        return statement  # type: ignore[no-any-return]  # a select, of whatever columns
    return joined(statement.join(Gift, Gift.id == Credit.gift_id), only.joins).where(only.condition)


def _plain(extent: Extent, only: Only | None) -> Subquery:
    statement = (
        select(
            Credit.constituent_id.label("owner_id"),
            Credit.kind,
            Credit.fiscal_year,
            day_of(Credit.given_on).label("given_on"),
            Credit.gift_id.label("row_id"),
            Credit.base_amount.label("amount"),
        )
        .select_from(Credit)
        .where(extent.holds(Credit.constituent_id), counting(Credit, extent))
    )
    return _limited(statement, only).subquery()


def _summed(extent: Extent, only: Only | None) -> Subquery:
    key = (Credit.constituent_id, Credit.kind, Credit.fiscal_year, Credit.given_on, Credit.gift_id)
    statement = (
        select(
            Credit.constituent_id.label("owner_id"),
            Credit.kind,
            Credit.fiscal_year,
            day_of(Credit.given_on).label("given_on"),
            Credit.gift_id.label("row_id"),
            big(func.sum(Credit.base_amount)).label("amount"),
        )
        .select_from(Credit)
        .where(extent.holds(Credit.constituent_id), counting(Credit, extent))
        .group_by(*key)
    )
    return _limited(statement, only).subquery()


def _household(extent: Extent, only: Only | None) -> Subquery:
    reached = _reached(extent, only)
    hard, soft = reached.c.kind == word(HARD), reached.c.kind == word(SOFT)
    gifts = (
        select(
            reached.c.owner_id,
            reached.c.gift_id,
            func.min(reached.c.fiscal_year).label("fiscal_year"),
            func.min(reached.c.given_on).label("given_on"),
            big(func.sum(reached.c.amount).filter(hard)).label("hard"),
            big(func.sum(reached.c.amount).filter(soft)).label("soft"),
        )
        .group_by(reached.c.owner_id, reached.c.gift_id)
        .cte()
    )
    own = select(*_columns(gifts, HARD, gifts.c.hard)).where(gifts.c.hard.is_not(None))
    covering = gifts if only is None else _hard_at_home(extent)
    left = _left(gifts, covering.c.hard, extent).label("left")
    some = select(*(gifts.c[name] for name in KEPT), covering.c.hard, left)
    if covering is not gifts:
        there = and_(covering.c.owner_id == gifts.c.owner_id, covering.c.gift_id == gifts.c.gift_id)
        some = some.select_from(gifts.outerjoin(covering, there))
    softly = some.where(gifts.c.soft.is_not(None)).cte()
    shared = select(*_columns(softly, SOFT, _nearer(softly.c.soft, softly.c.left)))
    return union_all(own, shared.where(or_(softly.c.hard.is_(None), softly.c.left != number(0)))).subquery()


KEPT = ("owner_id", "gift_id", "fiscal_year", "given_on", "soft")


def _hard_at_home(extent: Extent) -> Subquery:
    """All hard credit of households: a condition on credits does not make them have a gift twice."""
    every = _reached(extent, None)
    added = big(func.sum(every.c.amount)).label("hard")
    mine = select(every.c.owner_id, every.c.gift_id, added).where(every.c.kind == word(HARD))
    return mine.group_by(every.c.owner_id, every.c.gift_id).subquery()


def _columns(gifts: Any, kind: str, amount: Any) -> tuple[Any, ...]:
    whose = (gifts.c.owner_id, word(kind).label("kind"), gifts.c.fiscal_year, gifts.c.given_on)
    return (*whose, gifts.c.gift_id.label("row_id"), amount.label("amount"))


def _nearer(soft: Any, left: Any) -> ColumnElement[int]:
    """The sum nearer to nothing, on the side of what is left: of -5 and -3 it is -3."""
    below = case((soft < left, soft), else_=left)
    return case((left >= number(0), below), else_=case((soft > left, soft), else_=left))


def _left(gifts: Any, hard: Any, extent: Extent) -> ColumnElement[int]:
    """What of a gift the household's own hard credit leaves."""
    every = Credit.__table__.alias("every_credit")
    whole = (
        select(big(func.sum(every.c.base_amount)))
        .where(every.c.gift_id == gifts.c.gift_id, every.c.kind == word(HARD), counting(every.c, extent))
        .scalar_subquery()
    )
    return coalesce(whole, number(0)) - coalesce(hard, number(0))


def _reached(extent: Extent, only: Only | None) -> Subquery:
    """Each credit once for a household: its own, and those of its members by membership on the gift's day.

    For a portfolio: those of all who stand in it, and of the members of its households.
    """
    if extent.form is Form.PORTFOLIO:
        return _held_credits(extent, only)
    own = (
        _credit(Credit.constituent_id)
        .select_from(Credit)
        .join(Constituent, and_(Constituent.id == Credit.constituent_id, Constituent.kind == word(HOUSEHOLD)))
        .where(extent.holds(Credit.constituent_id), counting(Credit, extent))
    )
    stay = HouseholdMembership
    of_members = (
        _credit(stay.household_id)
        .select_from(stay)
        .join(Credit, and_(Credit.constituent_id == stay.constituent_id, within_stay(Credit.given_on)))
        .where(extent.holds(stay.household_id), counting(Credit, extent))
    )
    return union(_limited(own, only), _limited(of_members, only)).subquery()


def _credit(owner_id: Any) -> Select[Any]:
    columns = (Credit.id, Credit.kind, Credit.fiscal_year, Credit.gift_id, Credit.base_amount.label("amount"))
    return select(owner_id.label("owner_id"), day_of(Credit.given_on).label("given_on"), *columns)


def _held_credits(extent: Extent, only: Only | None) -> Subquery:
    charge, stay = charges(), HouseholdMembership
    held = _credit(charge.officer).select_from(charge.officer.class_).where(_held(charge, extent))
    own = held.join(Credit, Credit.constituent_id == charge.constituent)
    at_home = and_(Credit.constituent_id == stay.constituent_id, within_stay(Credit.given_on))
    of_homes = held.join(stay, stay.household_id == charge.constituent).join(Credit, at_home)
    both = (_limited(one.where(counting(Credit, extent)), only) for one in (own, of_homes))
    return union(*both).subquery()


def _held(charge: Charges, extent: Extent) -> Condition:
    """The condition that somebody stands in a portfolio that is covered."""
    return and_(charge.running, extent.holds(charge.officer))


def within_stay(day: Any) -> Condition:
    """The condition that a day lies within a membership."""
    stay = HouseholdMembership
    return and_(or_(stay.from_on.is_(None), stay.from_on <= day), or_(stay.to_on.is_(None), day < stay.to_on))


def day_of(column: Any) -> ColumnElement[int]:
    """A day column as its number."""
    return type_coerce(column, Integer)


def shift_rows(extent: Extent, _only: Only | None = None) -> Subquery:
    """The rows of shifts that an extent covers; the amount is minutes."""
    return rows_of(extent, _shift, Shift.constituent_id, Shift.worked_on)


def _shift(owner_id: Any) -> Select[Any]:
    return select(
        owner_id.label("owner_id"),
        word(Source.SHIFTS).label("kind"),
        Shift.fiscal_year,
        day_of(Shift.worked_on).label("given_on"),
        Shift.id.label("row_id"),
        Shift.minutes.label("amount"),
    )


def rows_of(extent: Extent, made: Callable[[Any], Select[Any]], owner: Any, day: Any) -> Subquery:
    """The rows of a table that belong to one constituent each, as `made` selects them for an owner.

    A household has its own and those of its members by membership on the day, each once; a portfolio those of all who
    stand in it, each once.
    """
    past = day <= ON if extent.as_of else true()
    mine = made(owner).where(extent.holds(owner), past)
    if extent.form in (Form.PLAIN, Form.SUMMED):
        return mine.subquery()
    stay = HouseholdMembership
    at_home = and_(owner == stay.constituent_id, within_stay(day))
    if extent.form is Form.PORTFOLIO:
        charge = charges()
        held = made(charge.officer).select_from(charge.officer.class_).where(_held(charge, extent), past)
        of_homes = held.join(stay, stay.household_id == charge.constituent).join(owner.class_, at_home)
        return union(held.join(owner.class_, owner == charge.constituent), of_homes).subquery()
    own = mine.join(Constituent, and_(Constituent.id == owner, Constituent.kind == word(HOUSEHOLD)))
    of_members = made(stay.household_id).select_from(stay).join(owner.class_, at_home)
    return union(own, of_members.where(extent.holds(stay.household_id), past)).subquery()


_CREDIT_ROWS: dict[Form, Callable[[Extent, Only | None], Subquery]] = {
    Form.PLAIN: _plain,
    Form.SUMMED: _summed,
    Form.HOUSEHOLD: _household,
    Form.PORTFOLIO: _household,
}
