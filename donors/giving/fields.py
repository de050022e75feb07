"""The fields of gifts that lists, criteria and exports can name."""

from typing import Any

from sqlalchemy import ColumnElement, Date, exists, func, select, type_coerce

from donors.constituents.models import Constituent
from donors.core.fields import Field, Join, Kind
from donors.giving.models import REFUND, Appeal, Campaign, Fund, Gift, GiftAdjustment, GiftSplit

SUBJECT = "gift"
METHODS = {
    "check": "Check",
    "card": "Card",
    "cash": "Cash",
    "bank transfer": "Bank transfer",
    "online": "Online",
    "stock": "Stock",
    "goods": "Goods",
    "other": "Other",
}
"""Word kept in `gift.method` → the word on pages. Files may bring others."""

_adjusted = (
    select(GiftAdjustment.gift_id, func.sum(GiftAdjustment.base_amount).label("base_amount"))
    .group_by(GiftAdjustment.gift_id)
    .subquery("adjusted")
)
GIVER = Join(Constituent, Constituent.id == Gift.constituent_id)
CAMPAIGN = Join(Campaign, Campaign.id == Gift.campaign_id)
APPEAL = Join(Appeal, Appeal.id == Gift.appeal_id)
ADJUSTED = Join(_adjusted, _adjusted.c.gift_id == Gift.id)

NET: ColumnElement[int] = Gift.base_amount + func.coalesce(_adjusted.c.base_amount, 0)
"""What a gift is worth after corrections and refunds, in the organization's currency. Needs the join `ADJUSTED`."""

REFUNDED = exists(select(GiftAdjustment.id).where(GiftAdjustment.gift_id == Gift.id, GiftAdjustment.kind == REFUND))


def _funds() -> ColumnElement[Any]:
    """The names of the funds that a gift goes to, in one text."""
    statement = select(func.aggregate_strings(Fund.name, ", ")).join(GiftSplit, GiftSplit.fund_id == Fund.id)
    return statement.where(GiftSplit.gift_id == Gift.id).correlate(Gift.__table__).scalar_subquery()


def _recorded_on() -> ColumnElement[Any]:
    """The day, in UTC, on which the gift was recorded."""
    return type_coerce(func.date(Gift.recorded_at), Date)


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, **more)


FIELDS = (
    _field("id", "Id", Kind.ID, Gift.id),
    _field("received_on", "Received on", Kind.DATE, Gift.received_on),
    _field("giver", "Giver", Kind.TEXT, Constituent.name, joins=(GIVER,), order=Constituent.sort_name),
    _field("giver_id", "Giver id", Kind.ID, Gift.constituent_id),
    _field("amount", "Amount", Kind.MONEY, Gift.base_amount, help="As it was given, in the organization's currency."),
    _field("net_amount", "Net amount", Kind.MONEY, NET, joins=(ADJUSTED,), help="After corrections and refunds."),
    _field("currency", "Currency", Kind.TEXT, Gift.currency, help="The currency that it was given in."),
    _field("fund", "Fund", Kind.TEXT, _funds(), help="All funds that it goes to."),
    _field("campaign", "Campaign", Kind.TEXT, Campaign.name, joins=(CAMPAIGN,)),
    _field("campaign_id", "Campaign id", Kind.ID, Gift.campaign_id),
    _field("appeal", "Appeal", Kind.TEXT, Appeal.name, joins=(APPEAL,)),
    _field("appeal_id", "Appeal id", Kind.ID, Gift.appeal_id),
    _field("method", "Method", Kind.TEXT, Gift.method, help="Check, card, cash …"),
    _field("refunded", "Refunded", Kind.BOOLEAN, REFUNDED, help="All of it or a part was given back."),
    _field("hides_name", "Name is hidden", Kind.BOOLEAN, Gift.hides_name, help="The giver is not named with it."),
    _field("note", "Note", Kind.TEXT, Gift.note),
    _field("source", "Source", Kind.TEXT, Gift.source, help="The system that it came from."),
    _field("external_id", "External id", Kind.TEXT, Gift.external_id),
    _field("recorded_on", "Recorded on", Kind.DATE, _recorded_on(), help="When we learned of it; the day in UTC."),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""
