"""Tracks with their measure and bands, as assignment and reports read them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.levels.decide import Band
from donors.levels.models import Level, Track
from donors.levels.track import ALL
from donors.rollups.models import RollupDefinition


@dataclass(frozen=True)
class Ladder:
    """A track ready for use: `measure` is the rollup's key, `slot` where its figures lie, `value_kind` their unit."""

    id: int
    name: str
    description: str
    target: str
    rule_version: int
    measure: str
    measure_label: str
    slot: int
    value_kind: str
    bands: tuple[Band, ...]

    def band(self, level_id: int | None) -> Band | None:
        """The active band with this id."""
        return next((band for band in self.bands if band.id == level_id), None)


_TRACKS = (
    select(
        Track.id,
        Track.name,
        Track.description,
        Track.target,
        Track.rule_version,
        RollupDefinition.key,
        RollupDefinition.label,
        RollupDefinition.slot,
        RollupDefinition.value_kind,
        Level.id.label("level_id"),
        Level.name.label("level"),
        Level.position,
        Level.minimum,
        Level.maximum,
        Level.plan_template_id,
    )
    .join(RollupDefinition, RollupDefinition.id == Track.measure_id)
    .outerjoin(Level, and_(Level.track_id == Track.id, Level.is_active))
    .order_by(Track.position, Track.id, Level.position)
)


def ladders(session: Session) -> tuple[Ladder, ...]:
    """All active tracks in order."""
    return _ladders(session, Track.is_active.is_(True))


def ladder(session: Session, track_id: int) -> Ladder:
    """One track, also a retired one. Raises NotFound."""
    found = _ladders(session, Track.id == track_id)
    if not found:
        raise NotFound("track", track_id)
    return found[0]


def _ladders(session: Session, which: ColumnElement[bool]) -> tuple[Ladder, ...]:
    rows = session.execute(_TRACKS.where(which)).all()
    bands: dict[int, list[Band]] = {row.id: [] for row in rows}
    for row in rows:
        if row.level_id is not None:
            bounds = (row.minimum, row.maximum, row.plan_template_id)
            bands[row.id].append(Band(row.level_id, row.level, row.position, *bounds))
    first = {row.id: row for row in reversed(rows)}
    return tuple(
        Ladder(
            id=row.id,
            name=row.name,
            description=row.description,
            target=row.target,
            rule_version=row.rule_version,
            measure=row.key,
            measure_label=row.label,
            slot=row.slot,
            value_kind=row.value_kind,
            bands=tuple(bands[row.id]),
        )
        for row in (first[track_id] for track_id in bands)
    )


def may_stand(ladder: Ladder) -> ColumnElement[bool]:
    """The condition on constituents who can stand on a track: live, known, of its kind."""
    of_kind = true() if ladder.target == ALL else Constituent.kind == ladder.target
    return and_(Constituent.deleted_at.is_(None), Constituent.is_unknown_giver.is_(False), of_kind)
