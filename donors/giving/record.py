"""Recording gifts: one, or many at once by the same rules."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Insert, select
from sqlalchemy import insert as insert_into
from sqlalchemy.orm import Session

from donors.core.bulk import load, table_of, take_ids
from donors.core.changes import ChangeSet, insert
from donors.core.db import Base
from donors.core.errors import Invalid
from donors.core.settings import Organization
from donors.giving.columns import (
    CREDIT,
    GIFT,
    SPLIT,
    Columns,
    check_constituents,
    credit_columns,
    credit_values,
    gift_columns,
    gift_values,
    split_columns,
    split_values,
)
from donors.giving.decide import Booking, book
from donors.giving.gift_input import GiftInput
from donors.giving.models import Appeal, Campaign, Credit, Fund, Gift, GiftSplit


def record_gift(session: Session, wanted: GiftInput, *, within: ChangeSet, organization: Organization) -> Gift:
    """Records a gift with its splits and credits.

    Raises Invalid (a value that cannot be taken) and NotFound (giver or credited constituent).
    """
    booking = book(wanted, organization)
    check_constituents(session, _people(wanted, booking))
    _check_named(session, [wanted])
    gift = insert(session, Gift(**gift_columns(wanted, booking, within)), within=within)
    _add(session, _SPLIT, split_columns(gift.id, booking), within)
    _add(session, _CREDIT, credit_columns(gift.id, wanted, booking, organization), within)
    return gift


_SPLIT, _CREDIT = insert_into(table_of(GiftSplit)), insert_into(table_of(Credit))


def _add(session: Session, into: Insert, rows: list[Columns], within: ChangeSet) -> None:
    """Adds the parts of a gift as plain rows: nobody needs them as objects."""
    if rows:
        session.execute(into, [row | {"created_in": within.id} for row in rows])


def record_gifts(
    session: Session, wanted: Sequence[GiftInput], *, within: ChangeSet, organization: Organization
) -> list[int]:
    """Records many gifts and returns their ids in the order given. All or none: raises as `record_gift` does."""
    bookings = [book(one, organization) for one in wanted]
    givers = {one.constituent_id for one in wanted}
    check_constituents(session, givers | {share.to_id for booking in bookings for share in booking.credits})
    _check_named(session, wanted)
    ids = take_ids(session, Gift, len(wanted))
    placed, change, at = list(zip(ids, wanted, bookings, strict=True)), within.id, within.at
    gifts = [(id_, change, *gift_values(one, booking, at)) for id_, one, booking in placed]
    splits = [(change, *part) for id_, _, booking in placed for part in split_values(id_, booking)]
    credited = (credit_values(id_, one, booking, organization) for id_, one, booking in placed)
    load(session, Gift, ("id", "created_in", *GIFT), gifts)
    load(session, GiftSplit, ("created_in", *SPLIT), splits)
    load(session, Credit, ("created_in", *CREDIT), [(change, *part) for parts in credited for part in parts])
    return ids


def _people(wanted: GiftInput, booking: Booking) -> set[int]:
    return {wanted.constituent_id, *(share.to_id for share in booking.credits)}


def _check_named(session: Session, wanted: Iterable[GiftInput]) -> None:
    given = list(wanted)
    named: tuple[tuple[str, type[Base], set[int | None]], ...] = (
        ("fund", Fund, {split.fund_id for one in given for split in one.splits}),
        ("campaign", Campaign, {one.campaign_id for one in given}),
        ("appeal", Appeal, {one.appeal_id for one in given}),
    )
    for field, model, told in named:
        ids, key = {one for one in told if one is not None}, model.__table__.c.id
        missing = ids - set(session.scalars(select(key).where(key.in_(ids)))) if ids else set()
        if missing:
            raise Invalid(field, min(missing), f"is no {field} we know", "Choose one of the list.")
