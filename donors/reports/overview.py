"""Overview: who stands where on a track now, by stored standings and figures, and who rose or fell lately."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, select
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Constituent
from donors.constituents.queries import is_listed
from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.levels.models import Level, Standing
from donors.levels.queries import Edge, Near, near_edge
from donors.reports.cover import COVERS, covered
from donors.reports.levels import Line, Sums
from donors.reports.stands import Question, counted_once, lifetime_of
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definition

OCCASIONS = ("gift", "hours", "move", "import")


@dataclass(frozen=True)
class Stander:
    """Somebody on a level now. `missing` is what is short of the next level."""

    id: int
    name: str
    kind: str
    level_id: int
    since: date
    figure: int | None
    lifetime: int | None


@dataclass(frozen=True)
class Step:
    """One change of level, lately. `old` or `new` is none for no level."""

    constituent_id: int
    name: str
    on: date
    old: Band | None
    new: Band | None
    cause: str
    gift_id: int | None

    @property
    def rises(self) -> bool:
        """Whether it went up or in."""
        return self.old is None or (self.new is not None and self.new.position > self.old.position)


def lines_now(session: Session, asked: Question) -> tuple[tuple[Line, ...], Sums]:
    """People and stored sums of each level, from the highest down, and of all. Changes are not in it."""
    standing, figure, lifetime = _standing(session, asked)
    columns = (standing.c.level_id, figure.label("figure"), lifetime.label("lifetime"))
    found = _joined(standing, asked).add_columns(
        *columns, *(covered(name, Constituent.id, asked).label(name) for name in COVERS)
    )
    rows = found.subquery("standing_now")
    order = func.row_number().over(partition_by=rows.c.level_id, order_by=rows.c.figure)
    size = func.count().over(partition_by=rows.c.level_id)
    placed = select(rows, order.label("place"), size.label("size")).subquery("placed")
    middle = placed.c.place.in_(((placed.c.size + 1) // 2, (placed.c.size + 2) // 2))
    counted = session.execute(
        select(
            placed.c.level_id,
            func.count().label("people"),
            *(_sum(placed.c[name]).label(name) for name in ("figure", "lifetime", *COVERS)),
            func.min(placed.c.figure).filter(middle).label("low"),
            func.max(placed.c.figure).filter(middle).label("high"),
        ).group_by(placed.c.level_id)
    )
    return _lines(asked.ladder, counted)


def _lines(ladder: Ladder, counted: Iterable[Any]) -> tuple[tuple[Line, ...], Sums]:
    by_level, total = {band.id: Sums() for band in ladder.bands}, Sums()
    for row in counted:
        own = by_level.setdefault(row.level_id, Sums())
        own.middles = [value for value in (row.low, row.high) if value is not None]
        for sums in (own, total):
            sums.people += row.people
            sums.money += row.figure
            sums.lifetime += row.lifetime
            sums.cover.update({name: getattr(row, name) for name in COVERS})
    ranked = [Line(band, rank, by_level[band.id]) for rank, band in enumerate(ladder.bands, start=1)]
    return tuple(reversed(ranked)), total


def _sum(column: Any) -> ColumnElement[int]:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def _standing(session: Session, asked: Question) -> tuple[Any, Any, Any]:
    """The open standings of the track, and the columns of figure and lifetime."""
    lifetime = definition(session, lifetime_of(definition(session, asked.ladder.measure).source))
    open_now = (
        select(Standing).where(Standing.track_id == asked.ladder.id, Standing.to_on.is_(None)).subquery("standing")
    )
    return open_now, rollup_value.c[slot_column(asked.ladder.slot)], rollup_value.c[slot_column(lifetime.slot)]


def _joined(standing: Any, asked: Question) -> Any:
    return (
        select(Constituent.id)
        .join(standing, standing.c.constituent_id == Constituent.id)
        .outerjoin(rollup_value, rollup_value.c.constituent_id == Constituent.id)
        .where(is_listed(asked.sees), counted_once(asked.ladder, asked.on))
    )


def standers(
    session: Session, asked: Question, *, level_id: int | None, limit: int, offset: int = 0
) -> tuple[int, list[Stander]]:
    """How many stand on a level now (none: on any), and a page of them, the largest figure first."""
    standing, figure, lifetime = _standing(session, asked)
    rows = _joined(standing, asked)
    if level_id is not None:
        rows = rows.where(standing.c.level_id == level_id)
    total = session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    columns = (Constituent.name, Constituent.kind, standing.c.level_id, standing.c.from_on, figure, lifetime)
    page = rows.add_columns(*columns).order_by(figure.desc().nulls_last(), Constituent.id)
    return total, [Stander(*row) for row in session.execute(page.limit(limit).offset(offset))]


def edges(session: Session, asked: Question, *, percent: int, limit: int) -> list[Edge]:
    """Those who lack at most so many percent of a level's minimum, each counted once, the least lacking first."""
    once = counted_once(asked.ladder, asked.on)
    return near_edge(session, asked.ladder, Near(percent, limit), on=asked.on, sees=asked.sees, only=once)


def steps(session: Session, asked: Question, *, limit: int = 20) -> list[Step]:
    """The latest changes of level after `asked.since`, newest first."""
    found = [*_begun(session, asked, limit), *_ended(session, asked, limit)]
    return sorted(found, key=lambda step: (step.on, step.constituent_id), reverse=True)[:limit]


def _begun(session: Session, asked: Question, limit: int) -> list[Step]:
    old = aliased(Standing, name="old")
    same = and_(old.constituent_id == Standing.constituent_id, old.track_id == Standing.track_id)
    before = and_(same, old.to_on == Standing.from_on, old.id < Standing.id)
    rows = _lately(select(Standing, Constituent.name, old.level_id).outerjoin(old, before), asked, limit)
    rows = rows.where(Standing.from_on > asked.since).order_by(Standing.from_on.desc(), Standing.id.desc())
    return [
        _step(session, asked, (name, row, row.from_on, level_id, row.level_id, row.cause))
        for row, name, level_id in session.execute(rows)
    ]


def _ended(session: Session, asked: Question, limit: int) -> list[Step]:
    new = aliased(Standing, name="new")
    same = and_(new.constituent_id == Standing.constituent_id, new.track_id == Standing.track_id)
    after = select(new.id).where(same, new.from_on == Standing.to_on, new.id > Standing.id).exists()
    rows = _lately(select(Standing, Constituent.name), asked, limit)
    rows = rows.where(Standing.to_on > asked.since, ~after).order_by(Standing.to_on.desc(), Standing.id.desc())
    return [
        _step(session, asked, (name, row, row.to_on, row.level_id, None, row.ended_by or ""))
        for row, name in session.execute(rows)
    ]


def _lately(statement: Any, asked: Question, limit: int) -> Any:
    joined = statement.join(Constituent, Constituent.id == Standing.constituent_id)
    return joined.where(
        Standing.track_id == asked.ladder.id, is_listed(asked.sees), counted_once(asked.ladder, asked.on)
    ).limit(limit)


def _step(session: Session, asked: Question, found: tuple[str, Standing, Any, int | None, int | None, str]) -> Step:
    name, row, on, old, new, cause = found
    bands = [_band(session, asked.ladder, level_id) for level_id in (old, new)]
    gift_id = row.cause_gift_id if new is not None else None
    step = Step(row.constituent_id, name, on, bands[0], bands[1], cause, gift_id)
    # A gift or a shift lowers nobody: it only was the occasion on which time was noticed.
    return step if step.rises or cause not in OCCASIONS else replace(step, cause="time", gift_id=None)


def _band(session: Session, ladder: Ladder, level_id: int | None) -> Band | None:
    """The band of a level, also of one that has retired."""
    known = ladder.band(level_id)
    if level_id is None or known is not None:
        return known
    level = session.get_one(Level, level_id)
    return Band(level.id, level.name, level.position, level.minimum, level.maximum)
