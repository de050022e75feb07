"""The columns of a gift and its parts as they follow from what is wanted, for one gift and for many alike."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet
from donors.core.errors import NotFound
from donors.core.settings import Organization
from donors.giving.decide import Booking, Worth, credit_spans, worths
from donors.giving.gift_input import GiftInput

IDS_IN_A_QUERY = 500
Columns = dict[str, Any]
Values = tuple[Any, ...]


def check_constituents(session: Session, ids: Iterable[int]) -> None:
    """Raises NotFound unless there is a live constituent with each of these ids.

    They stay live until the end of the transaction: a merge or a deletion of one of them waits.
    """
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), IDS_IN_A_QUERY):
        part = wanted[start : start + IDS_IN_A_QUERY]
        missing = set(part) - set(session.scalars(_LIVE, {"ids": part}))
        if missing:
            raise NotFound("constituent", min(missing))


_PERSON = table_of(Constituent).c
_LIVE = (
    select(_PERSON.id)
    .where(_PERSON.id.in_(bindparam("ids", expanding=True)), _PERSON.deleted_at.is_(None))
    .order_by(_PERSON.id)
    .with_for_update(read=True, key_share=True)
)


TOLD = (
    "constituent_id",
    "amount",
    "rate_on",
    "received_on",
    "received_at",
    "method",
    "campaign_id",
    "appeal_id",
    "hides_name",
    "note",
    "source",
    "external_id",
    "fingerprint",
)
"""Columns of a gift that are taken as they are wanted."""

BOOKED = ("currency", "base_amount", "rate")
"""Columns of a gift that follow from its booking."""

GIFT = (*TOLD, *BOOKED, "recorded_at")
_told, _booked = attrgetter(*TOLD), attrgetter(*BOOKED)


def gift_values(wanted: GiftInput, booking: Booking, at: datetime) -> Values:
    """The values of the columns GIFT; `at` is when we learned of the gift."""
    return *_told(wanted), *_booked(booking), at


def gift_columns(wanted: GiftInput, booking: Booking, within: ChangeSet) -> Columns:
    """The columns of a gift that follow from what is wanted."""
    return dict(zip(GIFT, gift_values(wanted, booking, within.at), strict=True))


SPLIT = ("gift_id", "fund_id", "amount", "base_amount")


def split_values(gift_id: int, booking: Booking) -> list[Values]:
    """The values of the columns SPLIT, for each split of a gift."""
    return [(gift_id, part.to_id, part.amount, part.base_amount) for part in booking.splits]


def split_columns(gift_id: int, booking: Booking) -> list[Columns]:
    """The columns of a gift's splits."""
    return [dict(zip(SPLIT, one, strict=True)) for one in split_values(gift_id, booking)]


SPAN = ("constituent_id", "kind", "role", "amount", "base_amount", "counts_from", "counts_to", "shared")
"""Columns of a credit that follow from its booking."""

CREDIT = ("gift_id", "given_on", "fiscal_year", *SPAN)
_span = attrgetter(*SPAN)


def credit_values(gift_id: int, wanted: GiftInput, booking: Booking, organization: Organization) -> list[Values]:
    """The values of the columns CREDIT, for each credit of a new gift."""
    on, base_amount = wanted.received_on, booking.base_amount
    gift = (gift_id, on, organization.fiscal.year_of(on))
    if len(booking.credits) == 1:
        # What `credit_spans` says of most gifts, which have one credit of all of it: imports are made of them.
        only = booking.credits[0]
        return [(*gift, only.to_id, only.kind, only.role, wanted.amount, base_amount, on, None, False)]
    over = worths(Worth(on, None, wanted.amount, base_amount), ())
    return [(*gift, *_span(span)) for span in credit_spans(booking.credits, over)]


def credit_columns(gift_id: int, wanted: GiftInput, booking: Booking, organization: Organization) -> list[Columns]:
    """The columns of a new gift's credits."""
    return [dict(zip(CREDIT, one, strict=True)) for one in credit_values(gift_id, wanted, booking, organization)]
