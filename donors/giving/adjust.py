"""Changing gifts: refunds, corrections, edits, another giver, removal. Each returns the constituents it touches."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.db import Recorded
from donors.core.errors import Conflict, Invalid, NotFound
from donors.core.settings import Organization
from donors.giving.columns import check_constituents, gift_columns
from donors.giving.credits import adjustments_of, decided, rows_of, settle_credits, worths_of
from donors.giving.decide import Share, book, split_shares
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.giving.models import CORRECTION, REFUND, Gift, GiftAdjustment, GiftSplit

KEPT_BY_EDITS = {"recorded_at", "source", "external_id", "fingerprint"}


def gift_by_id(session: Session, gift_id: int) -> Gift:
    """The gift, locked: of two changes the second sees the first. Raises NotFound."""
    gift = session.get(Gift, gift_id, with_for_update=True)
    if gift is None:
        raise NotFound("gift", gift_id)
    return gift


def check_version(gift: Gift, expect: int | None) -> None:
    """Raises Conflict when somebody else has changed the gift since `expect`."""
    if expect is not None and expect != gift.version:
        raise Conflict("gift", {"version": gift.version}, {"version": expect})


def refund(
    session: Session, gift: Gift, wanted: AdjustmentInput, *, within: ChangeSet, organization: Organization
) -> set[int]:
    """Gives back a part or all of a gift on a day: from then on it counts for less, before it nothing changes.

    Raises Invalid: the day is missing or before the gift, the sum is not positive or more than what is left.
    """
    if wanted.on is None or wanted.on < gift.received_on:
        raise Invalid("on", wanted.on, f"is before the gift of {gift.received_on}", "Give the day of the refund.")
    left = worths_of(gift, adjustments_of(session, gift.id))[-1]
    if not 0 < wanted.amount <= left.amount:
        raise Invalid("amount", wanted.amount, "is not within what is left of the gift", "Refund that or less.")
    base = left.base_amount * wanted.amount // left.amount
    row = _row(gift, wanted, kind=REFUND, sums=(-wanted.amount, -base), within=within)
    return _adjust(session, gift, row, within, organization)


def correct(
    session: Session, gift: Gift, wanted: AdjustmentInput, *, within: ChangeSet, organization: Organization
) -> set[int]:
    """Corrects what the gift was worth from the beginning to the amount given (before refunds).

    Raises Invalid when it would be below zero or below what was refunded.
    """
    over = worths_of(gift, adjustments_of(session, gift.id))
    first, last = over[0], over[-1]
    difference = wanted.amount - first.amount
    if wanted.amount < 0 or last.amount + difference < 0:
        raise Invalid("amount", wanted.amount, "is less than what was refunded", "Take the refund back first.")
    if difference == 0:
        raise Invalid("amount", wanted.amount, "is what the gift already is", "")
    base = round_base(gift, difference)
    dated = replace(wanted, on=gift.received_on)
    row = _row(gift, dated, kind=CORRECTION, sums=(difference, base), within=within)
    return _adjust(session, gift, row, within, organization)


def round_base(gift: Gift, difference: int) -> int:
    """A difference of a gift in the organization's currency, at the gift's own rate."""
    if gift.amount in (0, gift.base_amount):
        return difference
    top, bottom = abs(difference * gift.base_amount), abs(gift.amount)
    rounded = (2 * top + bottom) // (2 * bottom)
    return rounded if difference > 0 else -rounded


def _row(gift: Gift, wanted: AdjustmentInput, *, kind: str, sums: tuple[int, int], within: ChangeSet) -> GiftAdjustment:
    return GiftAdjustment(
        gift_id=gift.id,
        kind=kind,
        amount=sums[0],
        base_amount=sums[1],
        adjusted_on=wanted.on or gift.received_on,
        recorded_at=within.at,
        reason=wanted.reason,
    )


def _adjust(
    session: Session, gift: Gift, row: GiftAdjustment, within: ChangeSet, organization: Organization
) -> set[int]:
    insert(session, row, within=within)
    shares = decided(rows_of(session, gift.id))
    return settle_credits(session, gift, shares, within=within, organization=organization)


def take_back(
    session: Session, adjustment: GiftAdjustment, *, within: ChangeSet, organization: Organization
) -> set[int]:
    """Removes an adjustment, as if it had never been."""
    gift = gift_by_id(session, adjustment.gift_id)
    shares = decided(rows_of(session, gift.id))
    remove(session, adjustment, within=within)
    return settle_credits(session, gift, shares, within=within, organization=organization)


def edit(
    session: Session,
    gift: Gift,
    wanted: GiftInput,
    *,
    within: ChangeSet,
    organization: Organization,
    expect: int | None = None,
) -> set[int]:
    """Makes the gift what is wanted, splits and credits too; its refunds and corrections stay.

    Raises Invalid, NotFound, and Conflict when somebody else has changed it since `expect`.
    """
    booking = book(wanted, organization)
    check_constituents(session, {wanted.constituent_id, *(one.to_id for one in booking.credits)})
    adjustments = adjustments_of(session, gift.id)
    if any(one.kind == REFUND and one.adjusted_on < wanted.received_on for one in adjustments):
        raise Invalid("received_on", wanted.received_on, "is after a refund of the gift", "Choose an earlier day.")
    if adjustments and wanted.amount + sum(one.amount for one in adjustments) < 0:
        raise Invalid("amount", wanted.amount, "is less than what was refunded", "Take the refund back first.")
    columns = gift_columns(wanted, booking, within)
    changed = {name: value for name, value in columns.items() if name not in KEPT_BY_EDITS}
    touched = {gift.constituent_id, wanted.constituent_id}
    amend(session, gift, within=within, expect=expect, **changed)
    for own in adjustments:
        if own.kind == CORRECTION:
            amend(session, own, within=within, adjusted_on=gift.received_on)
    settle_splits(session, gift, booking.splits, within=within)
    return touched | settle_credits(session, gift, booking.credits, within=within, organization=organization)


def settle_splits(session: Session, gift: Gift, shares: tuple[Share, ...], *, within: ChangeSet) -> None:
    """Makes the splits of a gift these shares. What stays is not written."""
    kept = session.scalars(select(GiftSplit).where(GiftSplit.gift_id == gift.id).order_by(GiftSplit.id)).all()
    free: dict[int, list[GiftSplit]] = {}
    for row in reversed(kept):
        free.setdefault(row.fund_id, []).append(row)
    for part in split_shares(shares, (gift.amount, gift.base_amount)):
        columns = {"amount": part.amount, "base_amount": part.base_amount}
        if free.get(part.to_id):
            amend(session, free[part.to_id].pop(), within=within, **columns)
        else:
            insert(session, GiftSplit(gift_id=gift.id, fund_id=part.to_id, **columns), within=within)
    for surplus in (row for rows in free.values() for row in rows):
        remove(session, surplus, within=within)


def move(session: Session, gift: Gift, *, to: int, within: ChangeSet, organization: Organization) -> set[int]:
    """Gives the gift to another giver, with the hard credit that the former one had. Raises NotFound."""
    check_constituents(session, [to])
    old = gift.constituent_id
    shares = decided(rows_of(session, gift.id))
    moved = tuple(replace(one, to_id=to) if one.to_id == old and one.kind == "hard" else one for one in shares)
    amend(session, gift, within=within, constituent_id=to)
    return {old, to} | settle_credits(session, gift, moved, within=within, organization=organization)


def delete(session: Session, gift: Gift, *, within: ChangeSet) -> set[int]:
    """Takes a gift out of the books with all its parts; the journal keeps them."""
    credits = rows_of(session, gift.id)
    splits = session.scalars(select(GiftSplit).where(GiftSplit.gift_id == gift.id)).all()
    touched = {gift.constituent_id, *(credit.constituent_id for credit in credits)}
    rows: list[Recorded] = [*credits, *splits, *adjustments_of(session, gift.id), gift]
    for row in rows:
        remove(session, row, within=within)
    return touched
