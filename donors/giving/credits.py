"""Who a gift counts for: bringing its credits in line with the gift, its adjustments and what was decided."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session, aliased

from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.settings import Organization
from donors.giving.decide import Share, Span, Worth, credit_spans, worths
from donors.giving.gift_input import GiftInput
from donors.giving.models import CORRECTION, REFUND, Credit, Gift, GiftAdjustment

IDS_IN_A_QUERY = 500


def rows_of(session: Session, gift_id: int) -> Sequence[Credit]:
    """All credits of a gift, those that ended too, in order of creation."""
    return session.scalars(select(Credit).where(Credit.gift_id == gift_id).order_by(Credit.id)).all()


def credited(session: Session, gift_id: int) -> set[int]:
    """The giver of a gift and all whom it counts for or has counted for."""
    giver = select(Gift.constituent_id).where(Gift.id == gift_id)
    return set(session.scalars(giver.union(select(Credit.constituent_id).where(Credit.gift_id == gift_id))))


def adjustments_of(session: Session, gift_id: int) -> Sequence[GiftAdjustment]:
    """The adjustments of a gift in order of creation."""
    by_gift = select(GiftAdjustment).where(GiftAdjustment.gift_id == gift_id)
    return session.scalars(by_gift.order_by(GiftAdjustment.id)).all()


def decided(rows: Iterable[Credit]) -> tuple[Share, ...]:
    """Who a gift was meant to count for, in proportions: the credits of its first span."""
    kept = list(rows)
    first = min((row.counts_to or date.max for row in kept if row.counts_from == row.given_on), default=date.max)
    return tuple(
        Share(row.constituent_id, row.amount, row.base_amount, row.kind, row.role)
        for row in kept
        if row.counts_from == row.given_on and (row.counts_to or date.max) == first
    )


def worths_of(gift: Gift, adjustments: Iterable[GiftAdjustment]) -> tuple[Worth, ...]:
    """What a gift was worth over time: corrections from its own day, refunds from theirs."""
    every = list(adjustments)
    corrections = [one for one in every if one.kind == CORRECTION]
    first = Worth(
        gift.received_on,
        None,
        gift.amount + sum(one.amount for one in corrections),
        gift.base_amount + sum(one.base_amount for one in corrections),
    )
    return worths(first, [(one.adjusted_on, one.amount, one.base_amount) for one in every if one.kind == REFUND])


def settle_credits(
    session: Session, gift: Gift, shares: Sequence[Share], *, within: ChangeSet, organization: Organization
) -> set[int]:
    """Makes the credits of a gift what these shares and its adjustments say.

    Returns the ids of all constituents who had a credit of the gift or have one now. What stays is not written.
    """
    kept = rows_of(session, gift.id)
    touched = {row.constituent_id for row in kept}
    free: dict[tuple[int, str, str, date], list[Credit]] = {}
    for row in reversed(kept):
        free.setdefault((row.constituent_id, row.kind, row.role, row.counts_from), []).append(row)
    for span in credit_spans(shares, worths_of(gift, adjustments_of(session, gift.id))):
        touched.add(span.constituent_id)
        same = free.get((span.constituent_id, span.kind, span.role, span.counts_from))
        columns = _columns(gift, span, organization)
        if same:
            amend(session, same.pop(), within=within, **columns)
        else:
            insert(session, Credit(gift_id=gift.id, **columns), within=within)
    for surplus in (row for rows in free.values() for row in rows):
        remove(session, surplus, within=within)
    return touched


def _columns(gift: Gift, span: Span, organization: Organization) -> dict[str, Any]:
    fiscal_year = organization.fiscal.year_of(gift.received_on)
    return vars(span) | {"given_on": gift.received_on, "fiscal_year": fiscal_year}


def mark_shared(session: Session, gift_ids: Iterable[int]) -> None:
    """Marks credits that stand beside another one of the same gift, constituent and kind over the same days.

    To be called after credits were given to somebody else. A mark is never taken back here: one too many only makes
    a figure slower to add up.
    """
    other = aliased(Credit)
    beside = exists(
        select(other.id).where(
            other.gift_id == Credit.gift_id,
            other.constituent_id == Credit.constituent_id,
            other.kind == Credit.kind,
            other.counts_from == Credit.counts_from,
            other.id != Credit.id,
        )
    )
    ids = sorted(set(gift_ids))
    for start in range(0, len(ids), IDS_IN_A_QUERY):
        some = Credit.gift_id.in_(ids[start : start + IDS_IN_A_QUERY])
        session.execute(update(Credit).where(and_(some, Credit.shared.is_(False), beside)).values(shared=True))
    session.expire_all()


def touched_by(wanted: Iterable[GiftInput]) -> set[int]:
    """Everybody whom these gifts count for."""
    touched: set[int] = set()
    for one in wanted:
        touched.add(one.constituent_id)
        touched.update(credit.constituent_id for credit in one.credits)
    return touched
