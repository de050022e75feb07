"""Recording gifts: one, or many at once by the same rules."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert as sql_insert
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, insert
from donors.core.db import Base, Recorded
from donors.core.errors import Invalid, NotFound
from donors.core.settings import Organization
from donors.giving.decide import Booking, Worth, book, credit_spans, worths
from donors.giving.gift_input import GiftInput
from donors.giving.models import Appeal, Campaign, Credit, Fund, Gift, GiftSplit

CHUNK = 5_000
IDS_IN_A_QUERY = 500
Columns = dict[str, Any]


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
    made = {"created_in": within.id}
    gifts = [gift_columns(one, booking, within) | made for one, booking in zip(wanted, bookings, strict=True)]
    ids: list[int] = []
    for part in _chunks(gifts):
        statement = sql_insert(Gift).returning(Gift.id, sort_by_parameter_order=True)
        ids += session.scalars(statement, part).all()
    placed = list(zip(ids, wanted, bookings, strict=True))
    _insert_all(session, GiftSplit, [c | made for id_, _, booking in placed for c in split_columns(id_, booking)])
    credits = [c | made for id_, one, booking in placed for c in credit_columns(id_, one, booking, organization)]
    _insert_all(session, Credit, credits)
    return ids


def check_constituents(session: Session, ids: Iterable[int]) -> None:
    """Raises NotFound unless there is a live constituent with each of these ids."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), IDS_IN_A_QUERY):
        part = wanted[start : start + IDS_IN_A_QUERY]
        live = select(Constituent.id).where(Constituent.id.in_(part), Constituent.deleted_at.is_(None))
        missing = set(part) - set(session.scalars(live))
        if missing:
            raise NotFound("constituent", min(missing))


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


def gift_columns(wanted: GiftInput, booking: Booking, within: ChangeSet) -> Columns:
    """The columns of a gift that follow from what is wanted."""
    return {
        "constituent_id": wanted.constituent_id,
        "amount": wanted.amount,
        "currency": booking.currency,
        "base_amount": booking.base_amount,
        "rate": booking.rate,
        "rate_on": wanted.rate_on,
        "received_on": wanted.received_on,
        "received_at": wanted.received_at,
        "recorded_at": within.at,
        "method": wanted.method,
        "campaign_id": wanted.campaign_id,
        "appeal_id": wanted.appeal_id,
        "hides_name": wanted.hides_name,
        "note": wanted.note,
        "source": wanted.source,
        "external_id": wanted.external_id,
        "fingerprint": wanted.fingerprint,
    }


def split_columns(gift_id: int, booking: Booking) -> list[Columns]:
    """The columns of a gift's splits."""
    return [
        {
            "gift_id": gift_id,
            "fund_id": part.to_id,
            "amount": part.amount,
            "base_amount": part.base_amount,
            "version": 1,
        }
        for part in booking.splits
    ]


def credit_columns(gift_id: int, wanted: GiftInput, booking: Booking, organization: Organization) -> list[Columns]:
    """The columns of a new gift's credits."""
    over = worths(Worth(wanted.received_on, None, wanted.amount, booking.base_amount), ())
    day = {
        "gift_id": gift_id,
        "given_on": wanted.received_on,
        "fiscal_year": organization.fiscal.year_of(wanted.received_on),
    }
    return [vars(span) | day for span in credit_spans(booking.credits, over)]


def _chunks(rows: list[Columns]) -> Iterable[list[Columns]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _insert_all(session: Session, model: type[Base], rows: list[Columns]) -> None:
    for part in _chunks(rows):
        session.execute(sql_insert(model), part)
