"""The columns of a gift and its parts as they follow from what is wanted, for one gift and for many alike."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.errors import NotFound
from donors.core.settings import Organization
from donors.giving.decide import Booking, Worth, credit_spans, worths
from donors.giving.gift_input import GiftInput

IDS_IN_A_QUERY = 500
Columns = dict[str, Any]


def check_constituents(session: Session, ids: Iterable[int]) -> None:
    """Raises NotFound unless there is a live constituent with each of these ids.

    They stay live until the end of the transaction: a merge or a deletion of one of them waits.
    """
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), IDS_IN_A_QUERY):
        part = wanted[start : start + IDS_IN_A_QUERY]
        live = select(Constituent.id).where(Constituent.id.in_(part), Constituent.deleted_at.is_(None))
        kept = live.order_by(Constituent.id).with_for_update(read=True, key_share=True)
        missing = set(part) - set(session.scalars(kept))
        if missing:
            raise NotFound("constituent", min(missing))


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
        }
        for part in booking.splits
    ]


def credit_columns(gift_id: int, wanted: GiftInput, booking: Booking, organization: Organization) -> list[Columns]:
    """The columns of a new gift's credits."""
    day = {
        "gift_id": gift_id,
        "given_on": wanted.received_on,
        "fiscal_year": organization.fiscal.year_of(wanted.received_on),
    }
    if len(booking.credits) == 1:
        return [day | _whole(wanted, booking)]
    over = worths(Worth(wanted.received_on, None, wanted.amount, booking.base_amount), ())
    return [day | vars(span) for span in credit_spans(booking.credits, over)]


def _whole(wanted: GiftInput, booking: Booking) -> Columns:
    """What `credit_spans` says of most gifts, which have one credit of all of it: imports are made of them."""
    only = booking.credits[0]
    return {
        "constituent_id": only.to_id,
        "kind": only.kind,
        "role": only.role,
        "amount": wanted.amount,
        "base_amount": booking.base_amount,
        "counts_from": wanted.received_on,
        "counts_to": None,
        "shared": False,
    }
