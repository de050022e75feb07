"""Reading whose prospects they are: the constituents in somebody's charge, and those that nobody has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.paging import Part
from donors.pipeline.models import Assignment, Move, Pipeline, Prospect, Stage
from donors.pipeline.queries.board import NextMove, next_moves_of
from donors.pipeline.queries.portfolio import last_moves
from donors.pipeline.queries.sieve import in_charge, running, seen, seen_prospects
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definitions

YEAR = "last_365_days_total"
SORTS = {"name": "By name", "ask": "Largest ask first", "longest": "Longest in charge first"}


@dataclass(frozen=True)
class Place:
    """A prospect with its pipeline, stage and next move."""

    prospect: Prospect
    pipeline: Pipeline
    stage: Stage
    next_move: NextMove | None


@dataclass(frozen=True)
class Holding:
    """A constituent in somebody's charge: since when, in which role, where they stand (by pipeline), and the last move
    that the viewer may read."""

    assignment: Assignment
    name: str
    kind: str
    places: tuple[Place, ...]
    last: Move | None

    @property
    def ask(self) -> int:
        """The sum of open asks in all pipelines, in minor units."""
        return sum(place.prospect.ask_amount or 0 for place in self.places)


def holdings(session: Session, officer_id: int, part: Part, *, on: date, sees: Sight) -> list[Holding]:
    """The constituents in an officer's charge on a day, in any role; a row for each charge, sorted by SORTS."""
    largest = (
        select(func.max(Prospect.ask_amount))
        .where(Prospect.constituent_id == Constituent.id, Prospect.is_active)
        .scalar_subquery()
    )
    keys = {"name": Constituent.sort_name, "ask": -func.coalesce(largest, 0), "longest": Assignment.from_on}
    wanted = select(Assignment, Constituent.name, Constituent.kind).join(
        Constituent, Constituent.id == Assignment.constituent_id
    )
    mine = wanted.where(Assignment.officer_id == officer_id, *running(on), *seen(sees))
    rows = session.execute(part.of(mine, keys, Assignment.id)).all()
    ids = [assignment.constituent_id for assignment, _name, _kind in rows]
    known, last = places(session, ids, sees=sees), last_moves(session, ids, sees=sees)
    return [
        Holding(row, name, kind, tuple(known.get(row.constituent_id, ())), last.get(row.constituent_id))
        for row, name, kind in rows
    ]


def count_holdings(session: Session, officer_id: int, *, on: date, sees: Sight) -> int:
    """How many charges an officer has, of those that the viewer sees."""
    counted = select(func.count(Assignment.id)).join(Constituent, Constituent.id == Assignment.constituent_id)
    mine = counted.where(Assignment.officer_id == officer_id, *running(on), *seen(sees))
    return session.scalar(mine) or 0


def places(session: Session, ids: Sequence[int], *, sees: Sight) -> dict[int, list[Place]]:
    """Constituent id → where they stand in pipelines now, as far as the viewer may know."""
    standing = (
        select(Prospect, Pipeline, Stage)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Pipeline, Pipeline.id == Prospect.pipeline_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .where(among(session, Prospect.constituent_id, ids), Prospect.is_active, *seen_prospects(sees))
        .order_by(Pipeline.position, Prospect.id)
    )
    rows = session.execute(standing).all()
    moves = next_moves_of(session, [prospect.id for prospect, _pipeline, _stage in rows], sees=sees)
    found: dict[int, list[Place]] = {}
    for prospect, pipeline, stage in rows:
        found.setdefault(prospect.constituent_id, []).append(Place(prospect, pipeline, stage, moves.get(prospect.id)))
    return found


@dataclass(frozen=True)
class Unheld:
    """A prospect that nobody is in charge of. `at_stake` is its open asks or, where that is more, what came in during
    the last 365 days, in minor units."""

    prospect: Prospect
    name: str
    stage: Stage
    pipeline: str
    given: int
    at_stake: int


def unheld(session: Session, *, on: date, sees: Sight, limit: int = 50, offset: int = 0) -> list[Unheld]:
    """Active prospects that nobody is in charge of, the most money at stake first."""
    given, joined = _given(session, _unheld(on, sees, Prospect, Constituent.name, Stage, Pipeline.name))
    ask = func.coalesce(Prospect.ask_amount, 0)
    stake = case((ask > given, ask), else_=given)
    rows = joined.add_columns(given, stake).order_by(stake.desc(), Prospect.id).limit(limit).offset(offset)
    return [
        Unheld(prospect, name, stage, pipeline, int(came), int(most))
        for prospect, name, stage, pipeline, came, most in session.execute(rows)
    ]


def count_unheld(session: Session, *, on: date, sees: Sight) -> int:
    """How many prospects nobody is in charge of."""
    return session.scalar(_unheld(on, sees, func.count(Prospect.id))) or 0


def _unheld(on: date, sees: Sight, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Prospect)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .join(Pipeline, Pipeline.id == Prospect.pipeline_id)
        .where(Prospect.is_active, in_charge(0, on), *seen_prospects(sees))
    )


def _given(session: Session, statement: Any) -> tuple[ColumnElement[int], Any]:
    """What came in during the last 365 days as a column, nothing where that is not counted; and the join for it."""
    one = next((each for each in definitions(session) if each.key == YEAR), None)
    if one is None:
        return literal(0), statement
    column = func.coalesce(rollup_value.c[slot_column(one.slot)], 0)
    return column, statement.outerjoin(rollup_value, rollup_value.c.constituent_id == Prospect.constituent_id)
