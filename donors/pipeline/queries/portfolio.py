"""Reading of portfolios: figures of one officer, and who is next with the reasons."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.levels.models import Level, Standing
from donors.pipeline.decide import RECENT, Facts, Reason, reasons, urgency
from donors.pipeline.models import MADE, PLANNED, Assignment, Move, Prospect
from donors.pipeline.queries.board import Card, Page, cards
from donors.pipeline.queries.moves import reached_since
from donors.pipeline.queries.sieve import Sieve, conditions, no_next_move, past_limit, running, seen, seen_moves
from donors.plans.models import OPEN, Task

MOST = 500
"""Prospects of one officer that are ranked; portfolios are far smaller."""


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


@dataclass(frozen=True)
class Next:
    """A prospect whose turn it is, with the reasons, the weightiest first."""

    card: Card
    reasons: tuple[Reason, ...]
    last: Move | None


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


def who_is_next(session: Session, pipeline_id: int, officer_id: int, *, on: date, sees: Sight) -> list[Next]:
    """An officer's prospects that have a reason to be turned to, by `decide.RULE`."""
    found = cards(session, Sieve(pipeline_id, officer_id), Page(limit=MOST), on=on, sees=sees)
    ids = [card.prospect.constituent_id for card in found]
    tasks = _due_tasks(session, ids, officer_id, on)
    changes = level_changes(session, ids, on=on)
    ranked = []
    for card in found:
        facts = _facts(card, tasks.get(card.prospect.constituent_id), changes.get(card.prospect.constituent_id))
        why = reasons(facts, on)
        if why:
            ranked.append((urgency(facts, on), card, why))
    ranked.sort(key=lambda entry: (entry[0], entry[1].prospect.id))
    last = last_moves(session, [card.prospect.constituent_id for _urgency, card, _why in ranked], sees=sees)
    return [Next(card, why, last.get(card.prospect.constituent_id)) for _urgency, card, why in ranked]


@dataclass(frozen=True)
class LevelChange:
    """That a constituent's level rose (+1) or fell (-1) on a day."""

    change: int
    level: str
    since: date


def _facts(card: Card, task: Task | None, change: LevelChange | None) -> Facts:
    following = card.next_move
    return Facts(
        in_stage_since=card.prospect.in_stage_since,
        expected_days=card.stage.expected_days,
        stage=card.stage.name,
        next_move=following.purpose if following else "",
        next_move_on=following.due_on if following else None,
        has_next_move=following is not None,
        task=task.subject if task else "",
        task_due_on=task.due_on if task else None,
        level_change=change.change if change else 0,
        level=change.level if change else "",
        level_since=change.since if change else None,
        ask_amount=card.prospect.ask_amount,
    )


def _due_tasks(session: Session, constituent_ids: list[int], owner_id: int, on: date) -> dict[int, Task]:
    """Constituent id → the officer's task that has been due longest."""
    found: dict[int, Task] = {}
    due = select(Task).where(
        Task.constituent_id.in_(constituent_ids), Task.owner_id == owner_id, Task.state == OPEN, Task.due_on <= on
    )
    for task in session.scalars(due.order_by(Task.due_on, Task.id)):
        found.setdefault(task.constituent_id or 0, task)
    return found


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


def last_moves(session: Session, constituent_ids: list[int], *, sees: Sight) -> dict[int, Move]:
    """Constituent id → the last made move that the viewer may read."""
    found: dict[int, Move] = {}
    made = select(Move).where(Move.constituent_id.in_(constituent_ids), Move.state == MADE, seen_moves(sees))
    for move in session.scalars(made.order_by(Move.made_on.desc(), Move.id.desc())):
        found.setdefault(move.constituent_id, move)
    return found


@dataclass(frozen=True)
class Likely:
    """Somebody whom an officer probably met: by a planned move that is near, or by charge."""

    constituent_id: int
    name: str
    purpose: str
    due_on: date | None


def likely(session: Session, officer_id: int, *, on: date, sees: Sight, limit: int = 8) -> list[Likely]:
    """Whom an officer's next call report is about: their planned moves up to tomorrow, the newest first."""
    planned = (
        select(Constituent.id, Constituent.name, Move.purpose, Move.due_on)
        .join(Move, Move.constituent_id == Constituent.id)
        .where(*seen(sees), Move.officer_id == officer_id, Move.state == PLANNED, Move.due_on <= on + timedelta(days=1))
        .where(seen_moves(sees))
        .order_by(Move.due_on.desc(), Move.id)
        .limit(limit)
    )
    return [Likely(*row) for row in session.execute(planned)]
