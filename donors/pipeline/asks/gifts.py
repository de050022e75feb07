"""Gifts that fulfil opportunities: linked by a person, suggested from what somebody gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Subquery, case, exists, or_, select, union_all
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.core.changes import ChangeSet, insert, remove
from donors.core.errors import Blocked, NotFound
from donors.core.fields import joined
from donors.giving.fields import ADJUSTED, NET
from donors.giving.models import REFUND, Credit, Gift, GiftAdjustment
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.asks.models import ASKED, COMMITTED, CONSIDERING, OPEN, RECEIVED, Opportunity, OpportunityGift
from donors.pipeline.asks.opportunity import opportunity_by_id
from donors.pipeline.asks.queries import Ask, asks
from donors.pipeline.models import Prospect

BEFORE = timedelta(days=60)
"""How long before an ask was opened a gift may have come that fulfils it: asks are sometimes written down late."""
OFFERED = 8


@dataclass(frozen=True)
class GiftOfAsk:
    """A gift with its giver, and what it is worth after corrections and refunds in minor units of the base currency.

    The giver's name is empty where the viewer may not see them: others have soft credit for their gift.
    """

    gift: Gift
    giver: str
    worth: int


def came() -> Subquery:
    """What each gift that fulfils an ask has brought: opportunity_id, day, amount in minor units of the base currency.

    A refund counts on its day, below zero, and a correction on the day of its gift.
    """
    of_gifts = select(OpportunityGift.opportunity_id, Gift.received_on.label("day"), Gift.base_amount.label("amount"))
    day = case((GiftAdjustment.kind == REFUND, GiftAdjustment.adjusted_on), else_=Gift.received_on)
    later = select(OpportunityGift.opportunity_id, day, GiftAdjustment.base_amount).join(
        GiftAdjustment, GiftAdjustment.gift_id == OpportunityGift.gift_id
    )
    both = (one.join(Gift, Gift.id == OpportunityGift.gift_id) for one in (of_gifts, later))
    return union_all(*both).subquery("came")


def link_gift(session: Session, opportunity_id: int, gift_id: int, *, within: ChangeSet) -> OpportunityGift:
    """Says that a gift fulfils an opportunity.

    Raises NotFound, Blocked (the gift is of somebody else and not credited to them, or fulfils another ask).
    """
    row, prospect = opportunity_by_id(session, opportunity_id, lock=True)
    gift = session.get(Gift, gift_id, with_for_update={"key_share": True})
    if gift is None:
        raise NotFound("gift", gift_id)
    credited = select(Credit.id).where(Credit.gift_id == gift_id, Credit.constituent_id == prospect.constituent_id)
    if gift.constituent_id != prospect.constituent_id and session.scalar(credited.limit(1)) is None:
        raise Blocked("Not linked", ("The gift counts for somebody else. Give them soft credit for it first.",))
    if row.status not in (*OPEN, RECEIVED):
        raise Blocked("Not linked", (f"The ask is {STATUSES[row.status].lower()}; take it up again first.",))
    other = session.scalar(select(OpportunityGift.opportunity_id).where(OpportunityGift.gift_id == gift_id).limit(1))
    if other is not None:
        raise Blocked("Not linked", (f"The gift fulfils {'this' if other == row.id else 'another'} ask already.",))
    return insert(session, OpportunityGift(opportunity_id=row.id, gift_id=gift_id), within=within)


def unlink_gift(session: Session, opportunity_id: int, gift_id: int, *, within: ChangeSet) -> None:
    """Takes back that a gift fulfils an opportunity, whose status stays. Raises NotFound."""
    found = session.scalar(
        select(OpportunityGift).where(
            OpportunityGift.opportunity_id == opportunity_id, OpportunityGift.gift_id == gift_id
        )
    )
    if found is None:
        raise NotFound("gift of the ask", gift_id)
    remove(session, found, within=within)


def let_go_of_gift(session: Session, gift_id: int, *, within: ChangeSet) -> None:
    """Takes back whatever a gift fulfils: it goes out of the books."""
    for row in session.scalars(select(OpportunityGift).where(OpportunityGift.gift_id == gift_id)).all():
        remove(session, row, within=within)


def gifts_of_ask(session: Session, opportunity_id: int, *, sees: Sight) -> list[GiftOfAsk]:
    """The gifts that fulfil an opportunity, the newest first."""
    linked = select(OpportunityGift.gift_id).where(OpportunityGift.opportunity_id == opportunity_id)
    return _gifts(session, Gift.id.in_(linked), sees=sees)


def gifts_offered(session: Session, asked: Ask, *, sees: Sight) -> list[GiftOfAsk]:
    """Recent gifts that count for the prospect and fulfil no ask yet, of givers whom the viewer sees, newest first."""
    who = asked.prospect.constituent_id
    counts = exists(select(Credit.id).where(Credit.gift_id == Gift.id, Credit.constituent_id == who))
    taken = exists(select(OpportunityGift.id).where(OpportunityGift.gift_id == Gift.id))
    recent = Gift.received_on >= asked.opportunity.opened_on - BEFORE
    mine = or_(Gift.constituent_id == who, counts)
    return _gifts(session, mine, ~taken, recent, NET > 0, is_visible(sees), sees=sees)


def asks_of_gift(session: Session, gift_id: int, *, sees: Sight) -> list[Ask]:
    """The opportunities that a gift fulfils."""
    linked = select(OpportunityGift.opportunity_id).where(OpportunityGift.gift_id == gift_id)
    return _asks(session, asks(sees).where(Opportunity.id.in_(linked)))


def asks_waiting_for(session: Session, gift: Gift, *, sees: Sight) -> list[Ask]:
    """The open asks that a gift may fulfil: of its giver and of those it is credited to; committed ones first."""
    credited = select(Credit.constituent_id).where(Credit.gift_id == gift.id)
    who = or_(Prospect.constituent_id == gift.constituent_id, Prospect.constituent_id.in_(credited))
    waiting = Opportunity.status.in_((ASKED, CONSIDERING, COMMITTED))
    order = ((Opportunity.status == COMMITTED).desc(), Opportunity.id.desc())
    return _asks(session, asks(sees).where(who, waiting).order_by(*order).limit(OFFERED))


def _gifts(session: Session, *conditions: ColumnElement[bool], sees: Sight) -> list[GiftOfAsk]:
    columns = cast(Select[Any], select(Gift, Constituent.name, is_visible(sees), NET).select_from(Gift))
    wanted = joined(columns.join(Constituent, Constituent.id == Gift.constituent_id), (ADJUSTED,)).where(*conditions)
    ordered = wanted.order_by(Gift.received_on.desc(), Gift.id.desc()).limit(OFFERED)
    return [GiftOfAsk(gift, giver if seen else "", int(worth)) for gift, giver, seen, worth in session.execute(ordered)]


def _asks(session: Session, statement: Select[Any]) -> list[Ask]:
    return [Ask(*row) for row in session.execute(statement)]


def worth(gifts: Sequence[GiftOfAsk]) -> int:
    """What some gifts are worth together."""
    return sum(one.worth for one in gifts)
