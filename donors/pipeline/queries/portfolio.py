"""Reading of portfolios: figures of one officer, changes of level, last moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.levels.models import Level, Standing
from donors.pipeline.decide import RECENT
from donors.pipeline.models import MADE, PLANNED, Assignment, Move, Prospect
from donors.pipeline.queries.moves import reached_since
from donors.pipeline.queries.sieve import Sieve, conditions, no_next_move, past_limit, running, seen, seen_moves


@dataclass(frozen=True)
class Portfolio:
    """Figures of one officer's prospects in a pipeline on a day. `asks` in minor units of the base currency."""

    size: int
    came: int
    left: int
    with_next_move: int
    reached: int
    asks: int
    past_limit: int


def portfolio(session: Session, pipeline_id: int, officer_id: int, *, on: date, sees: Sight) -> Portfolio:
    """The figures of an officer."""
    found = conditions(session, Sieve(pipeline_id, officer_id), on=on, sees=sees)
    size = _count(session, found)
    reached = exists(select(Move.id).where(Move.constituent_id == Prospect.constituent_id, reached_since(on, 90)))
    asks = (
        select(func.coalesce(func.sum(Prospect.ask_amount), 0))
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(*found)
    )
    month = on.replace(day=1)
    return Portfolio(
        size,
        came=_assignments(session, officer_id, Assignment.from_on >= month, Assignment.from_on <= on),
        left=_assignments(session, officer_id, Assignment.to_on >= month, Assignment.to_on <= on),
        with_next_move=size - _count(session, [*found, no_next_move()]),
        reached=_count(session, [*found, reached]),
        asks=int(session.scalar(asks) or 0),
        past_limit=_count(session, [*found, past_limit(session, pipeline_id, on)]),
    )


def _count(session: Session, found: list[ColumnElement[bool]]) -> int:
    statement = select(func.count(Prospect.id)).join(Constituent, Constituent.id == Prospect.constituent_id)
    return session.scalar(statement.where(*found)) or 0


def _assignments(session: Session, officer_id: int, *when: ColumnElement[bool]) -> int:
    statement = select(func.count(distinct(Assignment.constituent_id))).where(Assignment.officer_id == officer_id)
    return session.scalar(statement.where(*when)) or 0


def sizes(session: Session, *, on: date) -> dict[int, int]:
    """Officer id → constituents in charge of on a day, in any role."""
    statement = select(Assignment.officer_id, func.count(distinct(Assignment.constituent_id))).where(*running(on))
    return {officer_id: count for officer_id, count in session.execute(statement.group_by(Assignment.officer_id))}


@dataclass(frozen=True)
class LevelChange:
    """That a constituent's level rose (+1) or fell (-1) on a day."""

    change: int
    level: str
    since: date


def level_changes(session: Session, constituent_ids: list[int], *, on: date) -> dict[int, LevelChange]:
    """Constituent id → the last rise or fall within the last 30 days. A first standing on a track is a rise."""
    since = on - timedelta(days=RECENT)
    recent = select(Standing.constituent_id).where(
        Standing.constituent_id.in_(constituent_ids), Standing.from_on >= since, Standing.from_on <= on
    )
    statement = (
        select(Standing, Level.name, Level.position)
        .join(Level, Level.id == Standing.level_id)
        .where(Standing.constituent_id.in_(recent), Standing.from_on <= on)
        .order_by(Standing.constituent_id, Standing.track_id, Standing.id)
    )
    found: dict[int, LevelChange] = {}
    before: tuple[tuple[int, int], int] | None = None
    for standing, name, position in session.execute(statement):
        key = (standing.constituent_id, standing.track_id)
        earlier = before[1] if before is not None and before[0] == key else 0
        if standing.from_on >= since and position != earlier:
            change = LevelChange(1 if position > earlier else -1, name, standing.from_on)
            found[standing.constituent_id] = _newer(found.get(standing.constituent_id), change)
        before = (key, position)
    return found


def _newer(known: LevelChange | None, change: LevelChange) -> LevelChange:
    return change if known is None or change.since >= known.since else known


def last_moves(session: Session, constituent_ids: Sequence[int], *, sees: Sight) -> dict[int, Move]:
    """Constituent id → the last made move that the viewer may read."""
    newest = (
        select(Move.id)
        .where(Move.constituent_id == Constituent.id, Move.state == MADE, seen_moves(sees))
        .order_by(Move.made_on.desc(), Move.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    last = select(newest).select_from(Constituent).where(among(session, Constituent.id, constituent_ids))
    found = select(Move).where(Move.id.in_(last))
    return {move.constituent_id: move for move in session.scalars(found)}


@dataclass(frozen=True)
class Likely:
    """Somebody whom an officer probably met, by a planned move that is near."""

    constituent_id: int
    name: str
    move_id: int
    purpose: str
    method: str
    due_on: date | None


def likely(session: Session, officer_id: int, *, on: date, sees: Sight, limit: int = 8) -> list[Likely]:
    """Whom an officer's next call report is about: their planned moves up to tomorrow, the newest first."""
    planned = (
        select(Constituent.id, Constituent.name, Move.id, Move.purpose, Move.method, Move.due_on)
        .join(Move, Move.constituent_id == Constituent.id)
        .where(*seen(sees), Move.officer_id == officer_id, Move.state == PLANNED, Move.due_on <= on + timedelta(days=1))
        .where(seen_moves(sees))
        .order_by(Move.due_on.desc(), Move.id)
        .limit(limit)
    )
    return [Likely(*row) for row in session.execute(planned)]
