"""Reading of moves: call reports, what is planned, what is late."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.pipeline.models import MADE, PLANNED, Move, Presence
from donors.pipeline.queries.sieve import seen, seen_moves


@dataclass(frozen=True)
class MoveLine:
    """A move with its constituent's and officer's names."""

    move: Move
    constituent: str
    officer: str | None

    def late_by(self, on: date) -> int:
        """Days past the date of a planned move, at least 0."""
        planned = self.move.state == PLANNED and self.move.due_on is not None
        return max(0, (on - (self.move.due_on or on)).days) if planned else 0


def move(session: Session, move_id: int, *, sees: Sight) -> MoveLine:
    """A move. Raises NotFound, also when it is not for the viewer."""
    found = _read(session, _lines(sees).where(Move.id == move_id))
    if not found:
        raise NotFound("move", move_id)
    return found[0]


def readable(session: Session, move_ids: Collection[int], *, sees: Sight) -> set[int]:
    """Which of these moves are for the viewer, of those that are there."""
    return set(session.scalars(select(Move.id).where(Move.id.in_(move_ids), seen_moves(sees))))


def moves_of(session: Session, constituent_id: int, *, sees: Sight, limit: int = 50, offset: int = 0) -> list[MoveLine]:
    """The made moves of a constituent, newest first."""
    statement = _lines(sees).where(Move.constituent_id == constituent_id, Move.state == MADE)
    return _read(session, statement.order_by(Move.made_on.desc(), Move.id.desc()).limit(limit).offset(offset))


def moves_attended(session: Session, constituent_id: int, *, sees: Sight, limit: int = 50) -> list[MoveLine]:
    """The made moves with others at which a constituent was present, newest first."""
    there = select(Presence.move_id).where(Presence.constituent_id == constituent_id)
    statement = _lines(sees).where(Move.id.in_(there), Move.state == MADE)
    return _read(session, statement.order_by(Move.made_on.desc(), Move.id.desc()).limit(limit))


def moves_by_id(session: Session, ids: Collection[int], *, sees: Sight) -> dict[int, MoveLine]:
    """Those of these moves that are for the viewer, by id."""
    return {line.move.id: line for line in _read(session, _lines(sees).where(Move.id.in_(ids)))}


def planned_of(session: Session, constituent_id: int, *, sees: Sight) -> list[MoveLine]:
    """The planned moves of a constituent, the next one first."""
    statement = _lines(sees).where(Move.constituent_id == constituent_id, Move.state == PLANNED)
    return _read(session, statement.order_by(Move.due_on, Move.id))


def planned_by(session: Session, officer_id: int, *, sees: Sight, limit: int = 50) -> list[MoveLine]:
    """The planned moves of an officer that have a day, the earliest first."""
    mine = (Move.officer_id == officer_id, Move.state == PLANNED, Move.due_on.is_not(None))
    return _read(session, _lines(sees).where(*mine).order_by(Move.due_on, Move.id).limit(limit))


def late_moves(
    session: Session, *, on: date, sees: Sight, officer_id: int | None = None, limit: int = 50, offset: int = 0
) -> list[MoveLine]:
    """Planned moves whose date has passed, the longest first."""
    statement = _lines(sees).where(*_late(on, officer_id))
    return _read(session, statement.order_by(Move.due_on, Move.id).limit(limit).offset(offset))


def count_late_moves(session: Session, *, on: date, sees: Sight, officer_id: int | None = None) -> int:
    """How many planned moves are late."""
    statement = (
        select(func.count(Move.id))
        .join(Constituent, Constituent.id == Move.constituent_id)
        .where(*_seen(sees), *_late(on, officer_id))
    )
    return session.scalar(statement) or 0


def reached_since(on: date, days: int) -> ColumnElement[bool]:
    """The condition that a move was substantive and made within so many days before a day, or on it."""
    return and_(Move.state == MADE, Move.is_substantive, Move.made_on > on - timedelta(days=days), Move.made_on <= on)


def _late(on: date, officer_id: int | None) -> list[ColumnElement[bool]]:
    found = [Move.state == PLANNED, Move.due_on < on]
    return found if officer_id is None else [*found, Move.officer_id == officer_id]


def _seen(sees: Sight) -> list[ColumnElement[bool]]:
    return [*seen(sees), seen_moves(sees)]


def _lines(sees: Sight) -> Select[Move, str, str]:
    return (
        select(Move, Constituent.name, User.name)
        .join(Constituent, Constituent.id == Move.constituent_id)
        .outerjoin(User, User.id == Move.officer_id)
        .where(*_seen(sees))
    )


def _read(session: Session, statement: Select[Move, str, str]) -> list[MoveLine]:
    return [MoveLine(*row) for row in session.execute(statement)]
