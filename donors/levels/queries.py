"""Reading levels: who stands where and why, what came before, who is near an edge, and who stood where on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, literal, or_, select, true
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.errors import NotFound
from donors.levels.compile import may_stand
from donors.levels.decide import Band, level_for, next_above
from donors.levels.ladders import Ladder
from donors.levels.models import Level, Standing, Track
from donors.levels.why import BECAUSE
from donors.rollups.models import rollup_value, slot_column


@dataclass(frozen=True)
class Past:
    """One span of a constituent's history on a track. `first`: it was never on the level before."""

    track: str
    level: str
    standing: Standing
    cause: str
    end: str = ""
    first: bool = False

    def days(self, on: date) -> int:
        """How long it lasted, or has lasted until a day."""
        return ((self.standing.to_on or on) - self.standing.from_on).days


def history(session: Session, constituent_id: int, *, track_id: int | None = None) -> list[Past]:
    """All spans of a constituent on all tracks, or on one, newest first."""
    of_track = () if track_id is None else (Standing.track_id == track_id,)
    found = session.execute(
        select(Standing, Level.name, Track.name)
        .join(Level, Level.id == Standing.level_id)
        .join(Track, Track.id == Standing.track_id)
        .where(Standing.constituent_id == constituent_id, *of_track)
        .order_by(Standing.from_on, Standing.id)
    ).all()
    known: set[int] = set()
    spans = []
    for row, level, track in found:
        cause, end = (BECAUSE.get(word, word) for word in (row.cause, row.ended_by or ""))
        spans.append(Past(track, level, row, cause, end, row.level_id not in known))
        known.add(row.level_id)
    return spans[::-1]


def level_on(session: Session, constituent_id: int, track_id: int, on: date) -> str | None:
    """The name of the level on which somebody stood at the end of a day, as recorded."""
    covers = (Standing.from_on <= on, or_(Standing.to_on.is_(None), Standing.to_on > on))
    here = select(Level.name).join(Standing, Standing.level_id == Level.id)
    mine = (Standing.constituent_id == constituent_id, Standing.track_id == track_id)
    return session.scalar(here.where(*mine, *covers).order_by(Standing.id.desc()).limit(1))


@dataclass(frozen=True)
class Edge:
    """Somebody just below a level: the figure and what is missing."""

    constituent_id: int
    name: str
    figure: int
    level: Band | None
    above: Band
    missing: int


@dataclass(frozen=True)
class Near:
    """How near to a level is near: so many percent of its minimum may be missing; at most so many people."""

    percent: int
    limit: int = 50


def near_edge(
    session: Session,
    ladder: Ladder,
    near: Near,
    *,
    on: date,
    sees: Sight,
    only: ColumnElement[bool] | None = None,
) -> list[Edge]:
    """Those who lack at most so many percent of a level's minimum, the least lacking first. `only` narrows them."""
    figure = rollup_value.c[slot_column(ladder.slot)]
    minimums = sorted(band.minimum for band in ladder.bands if band.minimum is not None)
    spans = [figure.between(low - low * near.percent // 100, low - 1) for low in minimums if low > 0]
    if not spans:
        return []
    missing = case(*((figure < low, literal(low) - figure) for low in minimums))  # to the next level, as `next_above`
    found = session.execute(
        select(Constituent.id, Constituent.name, figure.label("figure"))
        .join(rollup_value, rollup_value.c.constituent_id == Constituent.id)
        .where(or_(*spans), may_stand(ladder, on=on), _seen(sees), true() if only is None else only)
        .order_by(missing, Constituent.id)
        .limit(near.limit)
    )
    edges = []
    for row in found:
        above = next_above(row.figure, ladder.bands)
        if above is not None:
            edges.append(Edge(row.id, row.name, row.figure, level_for(row.figure, ladder.bands), *above))
    return edges


def _seen(sees: Sight) -> ColumnElement[bool]:
    return rows(sees, confidential=Constituent.__table__.c.confidential, constituent_id=Constituent.__table__.c.id)


def people_by_level(session: Session, ladder: Ladder) -> dict[int, int]:
    """How many stand on each level now, by its id."""
    counted = select(Standing.level_id, func.count()).where(Standing.track_id == ladder.id, Standing.to_on.is_(None))
    return {level_id: count for level_id, count in session.execute(counted.group_by(Standing.level_id))}


def at_or_above(session: Session, ids: Iterable[int], level_id: int) -> set[int]:
    """Those of these constituents who stand on a level now, or on a higher one of its track. Raises NotFound."""
    least = session.get(Level, level_id)
    if least is None:
        raise NotFound("level", level_id)
    standing = (
        select(Standing.constituent_id)
        .join(Level, Level.id == Standing.level_id)
        .where(
            among(session, Standing.constituent_id, sorted(ids)),
            Standing.to_on.is_(None),
            Standing.track_id == least.track_id,
            Level.position >= least.position,
        )
    )
    return set(session.scalars(standing))
