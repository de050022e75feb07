"""What the pipeline knows of a gift: how soon somebody thanked for it."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, or_, select, type_coerce

from donors.core.days_since import DaysSince
from donors.core.fields import Field, Kind
from donors.giving.models import Gift
from donors.mail.models import Contact
from donors.pipeline.models import MADE, Move


def _thanked_in() -> ColumnElement[Any]:
    """Days from a gift to the first move made or thanks sent to its giver on or after its day."""
    given = type_coerce(Gift.received_on, Integer)
    moved = (
        select(func.min(type_coerce(Move.made_on, Integer)))
        .where(Move.constituent_id == Gift.constituent_id, Move.state == MADE, ~Move.is_background)
        .where(Move.made_on >= Gift.received_on)
        .correlate(Gift.__table__)
        .scalar_subquery()
    )
    sent = DaysSince(Contact.happened_on)
    thanked = (
        select(func.min(sent))
        .where(Contact.constituent_id == Gift.constituent_id, Contact.purpose == "thanks", sent >= given)
        .correlate(Gift.__table__)
        .scalar_subquery()
    )
    first = and_(moved.is_not(None), or_(thanked.is_(None), moved <= thanked))
    return case((first, moved), else_=thanked) - given


THANKED = Field(
    name="thanked_in",
    label="Days until thanked",
    kind=Kind.NUMBER,
    subject="gift",
    column=_thanked_in(),
    help="Until the first move made, or thanks sent, to the giver on or after its day. Empty: nobody has thanked yet.",
    permission="pipeline.read",
)
"""Registered by app.py."""
