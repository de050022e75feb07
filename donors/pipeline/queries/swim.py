"""Reading of the board in swim-lanes: one row of stages for each officer, or for each level."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.levels.models import Level, Standing, Track
from donors.pipeline.models import Assignment, Prospect, Stage
from donors.pipeline.queries.board import Card, Lane, Page, cards_by_id, order_of
from donors.pipeline.queries.sieve import Sieve, conditions
from donors.pipeline.queries.stages import stages

BY = {"officer": "By officer", "level": "By level"}
_charge = aliased(Assignment, name="swim_charge")
_standing = aliased(Standing, name="swim_standing")


@dataclass(frozen=True)
class Swim:
    """One row of the board. `key` is the id of the officer or level, none for those without."""

    key: int | None
    name: str
    lanes: tuple[Lane, ...]

    @property
    def count(self) -> int:
        """How many stand in it."""
        return sum(lane.count for lane in self.lanes)


def swim_lanes(session: Session, sieve: Sieve, by: str, page: Page, *, on: date, sees: Sight) -> tuple[Swim, ...]:
    """The board in rows, `by` officer or level (a key of BY), those without one last; `page.limit` cards in each place.

    The number of statements does not depend on how many rows, lanes and cards there are.
    """
    rows = _Rows(*_held(by), tuple(conditions(session, sieve, on=on, sees=sees)))
    counts, placed = _counts(session, rows), _first(session, rows, page.sort, page.limit)
    shown = cards_by_id(session, list(placed), on=on, sees=sees)
    every = stages(session, sieve.pipeline_id, retired=True)
    used = [stage for stage in every if stage.is_active or any(stage.id == at for _, at in counts)]
    cells: dict[tuple[int | None, int], list[Card]] = {}
    for prospect_id, key in placed.items():
        if prospect_id in shown:
            cells.setdefault((key, shown[prospect_id].stage.id), []).append(shown[prospect_id])

    def lane(key: int | None, stage: Stage) -> Lane:
        at = (key, stage.id)
        return Lane(stage, *counts.get(at, (0, 0)), tuple(cells.get(at, ())))

    names = _names(session, by, {one for one, _ in counts})
    return tuple(Swim(key, name, tuple(lane(key, stage) for stage in used)) for key, name in names)


@dataclass(frozen=True)
class _Rows:
    """What the rows of a board are told apart by, the table that says it, how to come there, and which prospects."""

    key: Any
    table: Any
    on: ColumnElement[bool]
    which: tuple[ColumnElement[bool], ...]

    def of(self, *columns: Any) -> Select[Any]:
        """A statement over the prospects with their rows; each stands in one at most."""
        people = select(*columns).select_from(Prospect).join(Constituent, Constituent.id == Prospect.constituent_id)
        return people.outerjoin(self.table, self.on).where(*self.which)


def _held(by: str) -> tuple[Any, Any, ColumnElement[bool]]:
    if by == "officer":
        mine = _charge.constituent_id == Prospect.constituent_id
        return _charge.officer_id, _charge, mine & (_charge.role == "primary") & _charge.to_on.is_(None)
    track = select(Track.id).where(Track.is_active).order_by(Track.position, Track.id).limit(1).scalar_subquery()
    mine = _standing.constituent_id == Prospect.constituent_id
    return _standing.level_id, _standing, mine & (_standing.track_id == track) & _standing.to_on.is_(None)


def _counts(session: Session, rows: _Rows) -> dict[tuple[int | None, int], tuple[int, int]]:
    sums = func.count(Prospect.id), func.coalesce(func.sum(Prospect.ask_amount), 0)
    statement = rows.of(rows.key, Prospect.stage_id, *sums).group_by(rows.key, Prospect.stage_id)
    return {(one, stage_id): (number, int(asks)) for one, stage_id, number, asks in session.execute(statement)}


def _first(session: Session, rows: _Rows, sort: str, top: int) -> dict[int, int | None]:
    """Prospect id → its row, for the first of each row and stage, in order."""
    place = func.row_number().over(partition_by=(rows.key, Prospect.stage_id), order_by=order_of(sort))
    ranked = rows.of(Prospect.id, rows.key.label("key"), place.label("place")).subquery()
    wanted = select(ranked.c.id, ranked.c.key).where(ranked.c.place <= top).order_by(ranked.c.place)
    return {one: row for one, row in session.execute(wanted)}


def _names(session: Session, by: str, keys: set[int | None]) -> list[tuple[int | None, str]]:
    """The rows in order, with what they are called."""
    ids = sorted(key for key in keys if key is not None)
    wanted: Any = select(User.id, User.name).where(among(session, User.id, ids)).order_by(User.name, User.id)
    if by == "level":
        wanted = select(Level.id, Level.name).where(among(session, Level.id, ids)).order_by(Level.position.desc())
    rest = [(None, "Nobody in charge" if by == "officer" else "No level")] if None in keys else []
    return [*((one, name) for one, name in session.execute(wanted)), *rest]
