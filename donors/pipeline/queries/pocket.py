"""What an officer may carry in the pocket: whom the next call reports are likely to be about. Nothing confidential."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import is_left_alone
from donors.pipeline.models import PLANNED, Assignment, Move, Prospect
from donors.pipeline.queries.sieve import running

MOST = 200
"""People on a device; an officer knows fewer."""


@dataclass(frozen=True)
class Carried:
    """Somebody by name, with the move that is planned with them (`planned_id` none: none)."""

    constituent_id: int
    name: str
    planned_id: int | None = None
    purpose: str = ""
    method: str = ""
    due_on: date | None = None


def pocket(session: Session, officer_id: int, *, on: date) -> list[Carried]:
    """The planned moves of an officer, the earliest first, then the others in their charge by name.

    A device is easily lost: confidential constituents, prospects and moves stay out, whoever may see them.
    """
    planned = (
        select(Constituent.id, Constituent.name, Move.id, Move.purpose, Move.method, Move.due_on)
        .join(Move, Move.constituent_id == Constituent.id)
        .where(*_open(), Move.officer_id == officer_id, Move.state == PLANNED, Move.confidential_to.is_(None))
        .order_by(Move.due_on, Move.id)
        .limit(MOST)
    )
    held = (
        select(Constituent.id, Constituent.name)
        .where(*_open(), exists(_charge(officer_id, on)))
        .order_by(Constituent.sort_name, Constituent.id)
        .limit(MOST)
    )
    return [
        *(Carried(*row) for row in session.execute(planned)),
        *(Carried(*row) for row in session.execute(held)),
    ]


def _open() -> tuple[ColumnElement[bool], ...]:
    closed = select(Prospect.id).where(Prospect.constituent_id == Constituent.id, Prospect.is_confidential)
    return (
        Constituent.deleted_at.is_(None),
        ~Constituent.confidential.expression,
        ~Constituent.is_deceased.expression,
        ~is_left_alone(),
        ~exists(closed),
    )


def _charge(officer_id: int, on: date) -> Select[int]:
    return select(Assignment.id).where(
        Assignment.constituent_id == Constituent.id, Assignment.officer_id == officer_id, *running(on)
    )
