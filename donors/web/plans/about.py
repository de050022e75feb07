"""Whom a task is about: how to reach them, what they gave last, when somebody last spoke with them."""

from dataclasses import dataclass
from datetime import date

from flask import g

from donors.constituents.models import Constituent, EmailAddress, Phone
from donors.constituents.queries import consents_now, constituent, contact_points
from donors.core.db import Session
from donors.pipeline.queries.moves import MoveLine, moves_of
from donors.rollups.queries import values_of
from donors.web.session import viewer


@dataclass(frozen=True)
class About:
    """What the viewer may know of them. `refused`: channels that they do not want; `last_gift`: amount and day."""

    who: Constituent
    phones: tuple[Phone, ...]
    emails: tuple[EmailAddress, ...]
    refused: frozenset[str]
    last_gift: tuple[int, date] | None
    last_move: MoveLine | None


def about(session: Session, constituent_id: int) -> About:
    """Whom a task is about. Raises NotFound."""
    seen = viewer()
    who = constituent(session, constituent_id, sees=seen.sees)
    points = contact_points(session, constituent_id)
    said = consents_now(session, constituent_id, on=g.today)
    moves = moves_of(session, constituent_id, sees=seen.sees, limit=1) if seen.may("pipeline.read") else []
    return About(
        who=who,
        phones=tuple(one for one in points.phones if one.is_active),
        emails=tuple(one for one in points.emails if one.is_active),
        refused=frozenset(channel for channel, one in said.items() if not one.granted),
        last_gift=_last_gift(session, constituent_id) if seen.may("giving.read") else None,
        last_move=next(iter(moves), None),
    )


def _last_gift(session: Session, constituent_id: int) -> tuple[int, date] | None:
    values = values_of(session, constituent_id)
    amount, on = values.get("last_gift"), values.get("last_gift_on")
    return (amount, on) if isinstance(amount, int) and isinstance(on, date) else None
