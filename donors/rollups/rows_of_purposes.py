"""The rows of campaigns and funds: the gifts, and the parts of gifts, that name them, whoever has the credit."""

from typing import Any

from sqlalchemy import Select, Subquery, func, select

from donors.core.fields import joined
from donors.giving.models import HARD, Credit, Gift, GiftSplit
from donors.rollups.definition import Source
from donors.rollups.extent import Extent, Form, Scope, big, counting, word
from donors.rollups.rows import Only, credit_rows, day_of, parts_of, share_of, split_rows


def gift_rows(extent: Extent, only: Only | None = None) -> Subquery:
    """The rows of credits that an extent covers; for campaigns their gifts with all hard credit."""
    return _campaign_gifts(extent, only) if extent.form is Form.CAMPAIGN else credit_rows(extent, only)


def part_rows(extent: Extent, only: Only | None = None) -> Subquery:
    """The parts of gifts by fund that an extent covers."""
    if extent.form is Form.FUND:
        return _fund_parts(extent)
    return parts_of(_campaign_gifts(extent, only)) if extent.form is Form.CAMPAIGN else split_rows(extent, only)


def _campaign_gifts(extent: Extent, only: Only | None) -> Subquery:
    gifts = _hard(extent, Gift.campaign_id).join(Gift, Gift.id == Credit.gift_id)
    gifts = gifts.where(Gift.campaign_id.is_not(None), extent.holds(Gift.campaign_id))
    if only is not None:
        gifts = joined(gifts, only.joins).where(only.condition)
    return gifts.subquery()


def _fund_parts(extent: Extent) -> Subquery:
    gifts = _hard(extent)
    if extent.scope is not Scope.ALL:
        gifts = gifts.where(Credit.gift_id.in_(select(GiftSplit.gift_id).where(extent.holds(GiftSplit.fund_id))))
    rows = gifts.subquery()
    columns = (GiftSplit.fund_id.label("owner_id"), word(Source.ALLOCATIONS).label("kind"), rows.c.fiscal_year)
    return (
        select(*columns, rows.c.given_on, GiftSplit.id.label("row_id"), share_of(rows.c.amount).label("amount"))
        .select_from(rows)
        .join(Gift, Gift.id == rows.c.row_id)
        .join(GiftSplit, GiftSplit.gift_id == Gift.id)
        .where(extent.holds(GiftSplit.fund_id))
        .subquery()
    )


def _hard(extent: Extent, *owner_id: Any) -> Select[Any]:
    """Each gift with all its hard credit."""
    named = tuple(each.label("owner_id") for each in owner_id)
    columns = (word(HARD).label("kind"), Credit.fiscal_year, day_of(Credit.given_on).label("given_on"))
    return (
        select(*named, *columns, Credit.gift_id.label("row_id"), big(func.sum(Credit.base_amount)).label("amount"))
        .select_from(Credit)
        .where(Credit.kind == word(HARD), counting(Credit, extent))
        .group_by(*owner_id, Credit.fiscal_year, Credit.given_on, Credit.gift_id)
    )
