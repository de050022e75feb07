"""Recording gifts: one, or many at once by the same rules."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import load, take_ids
from donors.core.changes import ChangeSet, insert
from donors.core.db import Base, Recorded
from donors.core.errors import Invalid
from donors.core.settings import Organization
from donors.giving.columns import Columns, check_constituents, credit_columns, gift_columns, split_columns
from donors.giving.decide import Booking, book
from donors.giving.gift_input import GiftInput
from donors.giving.models import Appeal, Campaign, Credit, Fund, Gift, GiftSplit

CHUNK = 5_000


def record_gift(session: Session, wanted: GiftInput, *, within: ChangeSet, organization: Organization) -> Gift:
    """Records a gift with its splits and credits.

    Raises Invalid (a value that cannot be taken) and NotFound (giver or credited constituent).
    """
    booking = book(wanted, organization)
    check_constituents(session, _people(wanted, booking))
    _check_named(session, [wanted])
    gift = insert(session, Gift(**gift_columns(wanted, booking, within)), within=within)
    rows: list[Recorded] = [GiftSplit(**columns) for columns in split_columns(gift.id, booking)]
    rows += [Credit(**columns) for columns in credit_columns(gift.id, wanted, booking, organization)]
    for row in rows:
        row.created_in = within.id
    session.add_all(rows)
    session.flush()
    return gift


def record_gifts(
    session: Session, wanted: Sequence[GiftInput], *, within: ChangeSet, organization: Organization
) -> list[int]:
    """Records many gifts and returns their ids in the order given. All or none: raises as `record_gift` does."""
    bookings = [book(one, organization) for one in wanted]
    people = (_people(one, booking) for one, booking in zip(wanted, bookings, strict=True))
    check_constituents(session, {person for group in people for person in group})
    _check_named(session, wanted)
    ids = take_ids(session, Gift, len(wanted))
    placed = list(zip(ids, wanted, bookings, strict=True))
    gifts = ({"id": id_} | gift_columns(one, booking, within) for id_, one, booking in placed)
    _load(session, Gift, gifts, within)
    _load(session, GiftSplit, (part for id_, _, booking in placed for part in split_columns(id_, booking)), within)
    credits = (part for id_, one, booking in placed for part in credit_columns(id_, one, booking, organization))
    _load(session, Credit, credits, within)
    return ids


def _load(session: Session, model: type[Base], rows: Iterator[Columns], within: ChangeSet) -> None:
    """Sends rows in parts to the database. All have the same columns in the same order."""
    while part := list(islice(rows, CHUNK)):
        load(session, model, [*part[0], "created_in"], ((*row.values(), within.id) for row in part))


def _people(wanted: GiftInput, booking: Booking) -> set[int]:
    return {wanted.constituent_id, *(share.to_id for share in booking.credits)}


def _check_named(session: Session, wanted: Iterable[GiftInput]) -> None:
    named: dict[tuple[str, type[Base]], set[int]] = {}
    for one in wanted:
        named.setdefault(("fund", Fund), set()).update(split.fund_id for split in one.splits)
        named.setdefault(("campaign", Campaign), set()).update(filter(None, [one.campaign_id]))
        named.setdefault(("appeal", Appeal), set()).update(filter(None, [one.appeal_id]))
    for (field, model), ids in named.items():
        key = model.__table__.c.id
        missing = ids - set(session.scalars(select(key).where(key.in_(ids)))) if ids else set()
        if missing:
            raise Invalid(field, min(missing), f"is no {field} we know", "Choose one of the list.")
