"""Orders that concern everybody: one row each with a cursor, carried out by the queue in parts."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.rollups.models import Everybody

LABELS, FIGURES = "labels", "figures"


def mark_all(
    session: Session, *, reason: str, at: datetime, change_set_id: int | None, labels: bool = False, key: str = ""
) -> Everybody:
    """Orders that everybody's figures and levels be brought in line; `labels`: the labels of fiscal years before.

    `key`: only this figure, and those that are reckoned from it.
    """
    phase = LABELS if labels else FIGURES
    order = Everybody(phase=phase, after=0, since=at, reason=reason, key=key, change_set_id=change_set_id)
    session.add(order)
    session.flush()
    return order


def next_order(session: Session) -> Everybody | None:
    """The oldest order, locked; none when there is none or somebody is at it. What a newer one repeats is dropped."""
    newest = select(func.max(Everybody.id)).group_by(Everybody.reason, Everybody.key)
    orders = select(Everybody).order_by(Everybody.id).limit(1).with_for_update(skip_locked=True)
    while (order := session.scalar(orders)) is not None:
        if order.id in session.scalars(newest):
            return order
        session.execute(delete(Everybody).where(Everybody.id == order.id))
    return None


def drop_orders(session: Session, change_set_id: int) -> None:
    """Forgets the orders of a change set that is being undone."""
    session.execute(delete(Everybody).where(Everybody.change_set_id == change_set_id))


def waits_with_everybody(constituent_id: Any) -> Any:
    """The condition that a constituent is still to be reached by an order."""
    return exists().where(or_(Everybody.phase == LABELS, Everybody.after < constituent_id))


def everybody_waiting(session: Session) -> int:
    """How many are still to be reached by an order."""
    if not session.scalar(select(exists(select(Everybody.id)))):
        return 0
    reached = select(func.count(Constituent.id)).where(waits_with_everybody(Constituent.id))
    return session.scalar(reached) or 0
