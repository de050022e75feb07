"""Reading of the board: lanes with counts and top cards, the same cards as a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.levels.models import Level, Standing, Track
from donors.pipeline.decide import age_tone
from donors.pipeline.models import PLANNED, Assignment, Move, Prospect, Stage
from donors.pipeline.queries.sieve import Sieve, conditions, next_moves, running, seen_moves, seen_prospects
from donors.pipeline.queries.stages import stages

_Rows = Select[Prospect, str, str, Stage]

SORTS = {
    "longest": "Longest in stage first",
    "next": "Next move first",
    "ask": "Largest ask first",
    "name": "By name",
}


@dataclass(frozen=True)
class NextMove:
    """The next move of a prospect. `purpose` is empty when the viewer may not read it."""

    id: int
    purpose: str
    method: str
    due_on: date | None
    officer_id: int | None


@dataclass(frozen=True)
class Standpoint:
    """A level as a badge: its name, and its place among the levels in use of its track (from 1; a retired one: 0)."""

    name: str
    place: int
    of: int


@dataclass(frozen=True)
class Card:
    """A prospect on the board or in a list, on a day."""

    prospect: Prospect
    name: str
    kind: str
    stage: Stage
    days: int
    next_move: NextMove | None
    level: Standpoint | None
    officer: str | None

    @property
    def tone(self) -> str:
        """How the age is marked: over, near or nothing."""
        return age_tone(self.days, self.stage.expected_days)


@dataclass(frozen=True)
class Lane:
    """A stage on the board: how many stand in it, what they are to be asked for in all, and its first cards."""

    stage: Stage
    count: int
    asks: int
    cards: tuple[Card, ...]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.cards)


def board(
    session: Session, sieve: Sieve, *, on: date, sees: Sight, sort: str = "longest", top: int = 20
) -> tuple[Lane, ...]:
    """The lanes of a pipeline in the order of its stages. `sieve.stage_id` is ignored.

    The number of statements does not depend on how many lanes and cards there are.
    """
    found = conditions(session, sieve, on=on, sees=sees)
    counts = _counts(session, found)
    every = stages(session, sieve.pipeline_id, retired=True)
    first = cards_of(session, _first_rows(session, found, list(counts), Page(sort, top)), on=on, sees=sees)
    by_stage: dict[int, list[Card]] = {}
    for one in first:
        by_stage.setdefault(one.stage.id, []).append(one)
    return tuple(
        Lane(stage, *counts.get(stage.id, (0, 0)), tuple(by_stage.get(stage.id, ())))
        for stage in every
        if stage.is_active or stage.id in counts
    )


@dataclass(frozen=True)
class Page:
    """Which part of a list, in which order (a key of SORTS)."""

    sort: str = "longest"
    limit: int = 50
    offset: int = 0


def cards(session: Session, sieve: Sieve, page: Page, *, on: date, sees: Sight) -> list[Card]:
    """The prospects that match, one page of them."""
    found = conditions(session, sieve, on=on, sees=sees)
    return cards_of(session, _rows(session, found, page), on=on, sees=sees)


def count(session: Session, sieve: Sieve, *, on: date, sees: Sight) -> int:
    """How many prospects match."""
    return sum(number for number, _asks in _counts(session, conditions(session, sieve, on=on, sees=sees)).values())


def ids(session: Session, sieve: Sieve, *, on: date, sees: Sight, limit: int) -> list[int]:
    """The ids of the prospects that match, at most so many."""
    found = conditions(session, sieve, on=on, sees=sees)
    wanted = select(Prospect.id).join(Constituent, Constituent.id == Prospect.constituent_id).where(*found)
    return list(session.scalars(wanted.order_by(Prospect.id).limit(limit)))


def seen_of(session: Session, wanted: Sequence[int], *, sees: Sight) -> dict[int, str]:
    """Prospect id → name, for those of some that the viewer sees."""
    found = select(Prospect.id, Constituent.name).join(Constituent, Constituent.id == Prospect.constituent_id)
    return {
        one: name
        for one, name in session.execute(found.where(among(session, Prospect.id, wanted), *seen_prospects(sees)))
    }


def card(session: Session, prospect_id: int, *, on: date, sees: Sight) -> Card | None:
    """One prospect, active or closed; none when there is none that the viewer may see."""
    prospect = session.get(Prospect, prospect_id)
    if prospect is None:
        return None
    found = conditions(session, Sieve(prospect.pipeline_id), on=on, sees=sees)
    visible = [Prospect.id == prospect_id, found[0], *found[2:]]
    return next(iter(cards_of(session, _rows(session, visible, Page(limit=1)), on=on, sees=sees)), None)


def cards_by_id(session: Session, prospect_ids: Collection[int], *, on: date, sees: Sight) -> dict[int, Card]:
    """Those of these prospects that the viewer may see, active or closed, by id."""
    found = [among(session, Prospect.id, sorted(prospect_ids)), *seen_prospects(sees)]
    rows = session.execute(_joined(found)).all()
    return {card.prospect.id: card for card in cards_of(session, rows, on=on, sees=sees)}


def _counts(session: Session, found: Sequence[ColumnElement[bool]]) -> dict[int, tuple[int, int]]:
    statement = (
        select(Prospect.stage_id, func.count(Prospect.id), func.coalesce(func.sum(Prospect.ask_amount), 0))
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(*found)
        .group_by(Prospect.stage_id)
    )
    return {stage_id: (number, int(asks or 0)) for stage_id, number, asks in session.execute(statement)}


def order_of(sort: str) -> tuple[ColumnElement[Any], ...]:
    """What the cards are ordered by, for a key of SORTS."""
    if sort == "name":
        return Constituent.sort_name.expression, Prospect.id.expression
    if sort == "ask":
        return func.coalesce(Prospect.ask_amount, 0).desc(), Prospect.id.expression
    if sort == "next":
        return next_moves().nulls_last(), Prospect.id.expression
    return Prospect.in_stage_since.expression, Prospect.id.expression


def _order(statement: _Rows, sort: str) -> _Rows:
    return statement.order_by(*order_of(sort))


def _joined(found: Sequence[ColumnElement[bool]]) -> _Rows:
    return (
        select(Prospect, Constituent.name, Constituent.kind, Stage)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .where(*found)
    )


def _rows(session: Session, found: Sequence[ColumnElement[bool]], page: Page) -> Sequence[Any]:
    return session.execute(_order(_joined(found), page.sort).limit(page.limit).offset(page.offset)).all()


def _first_rows(
    session: Session, found: Sequence[ColumnElement[bool]], stage_ids: Sequence[int], page: Page
) -> Sequence[Any]:
    """The first rows of each stage. Each has a limit of its own, so that a long lane is not read to its end."""
    if not stage_ids:
        return []
    lanes = (
        _order(_joined([*found, Prospect.stage_id == stage_id]), page.sort).limit(page.limit).subquery()
        for stage_id in stage_ids
    )
    firsts = union_all(*(select(lane.c.id) for lane in lanes))
    return session.execute(_order(_joined([Prospect.id.in_(firsts)]), page.sort)).all()


def cards_of(session: Session, found: Sequence[Any], *, on: date, sees: Sight) -> list[Card]:
    """Cards of rows of prospect, name and kind of the constituent, stage, in three statements."""
    prospects = [row[0] for row in found]
    constituents = [prospect.constituent_id for prospect in prospects]
    following = next_moves_of(session, [prospect.id for prospect in prospects], sees=sees)
    levels = levels_of(session, constituents)
    officers = officer_names(session, constituents, on=on)
    return [
        Card(
            prospect,
            name,
            kind,
            stage,
            days=(on - prospect.in_stage_since).days,
            next_move=following.get(prospect.id),
            level=levels.get(prospect.constituent_id),
            officer=officers.get(prospect.constituent_id),
        )
        for prospect, name, kind, stage in found
    ]


def next_moves_of(session: Session, prospect_ids: Sequence[int], *, sees: Sight) -> dict[int, NextMove]:
    """Prospect id → its next move, for those that have one."""
    found: dict[int, NextMove] = {}
    planned = select(Move, seen_moves(sees)).where(
        among(session, Move.prospect_id, prospect_ids), Move.state == PLANNED
    )
    for move, readable in session.execute(planned.order_by(Move.due_on, Move.id)):
        shown = NextMove(move.id, move.purpose if readable else "", move.method, move.due_on, move.officer_id)
        found.setdefault(move.prospect_id or 0, shown)
    return found


def levels_of(session: Session, constituent_ids: Sequence[int]) -> dict[int, Standpoint]:
    """Constituent id → level now on the first active track on which the constituent stands."""
    statement = (
        select(Standing.constituent_id, Level.id, Level.name, Level.track_id)
        .join(Level, Level.id == Standing.level_id)
        .join(Track, Track.id == Standing.track_id)
        .where(among(session, Standing.constituent_id, constituent_ids), Standing.to_on.is_(None), Track.is_active)
        .order_by(Track.position, Track.id)
    )
    ladder = _ladders(session)
    found: dict[int, Standpoint] = {}
    for constituent_id, level_id, name, track_id in session.execute(statement):
        rungs = ladder.get(track_id, [])
        place = rungs.index(level_id) + 1 if level_id in rungs else 0
        found.setdefault(constituent_id, Standpoint(name, place, max(len(rungs), 1)))
    return found


def _ladders(session: Session) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    in_use = select(Level.id, Level.track_id).where(Level.is_active).order_by(Level.position, Level.id)
    for level_id, track_id in session.execute(in_use):
        found.setdefault(track_id, []).append(level_id)
    return found


def officer_names(session: Session, constituent_ids: Sequence[int], *, on: date) -> dict[int, str]:
    """Constituent id → the name of the primary officer on a day."""
    statement = (
        select(Assignment.constituent_id, User.name)
        .join(User, User.id == Assignment.officer_id)
        .where(among(session, Assignment.constituent_id, constituent_ids), Assignment.role == "primary", *running(on))
    )
    return {constituent_id: name for constituent_id, name in session.execute(statement)}
