"""Tracks with their measure and bands, as assignment and reports read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.errors import NotFound
from donors.core.packed import Packed, Shelf, unpack
from donors.levels.decide import Band
from donors.levels.models import Level, Track
from donors.levels.track import ALL
from donors.rollups.definition import Operation
from donors.rollups.models import RollupDefinition

GROWING = (Operation.TOTAL, Operation.COUNT, Operation.LARGEST, Operation.YEARS, Operation.STREAK)


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
    operation: str
    bands: tuple[Band, ...]

    def __hash__(self) -> int:
        return hash(self.id)  # statements are kept by their tracks: each act hashes them all

    @property
    def grows(self) -> bool:
        """Whether one more gift or shift can never lower the measure."""
        return self.operation in GROWING

    def band(self, level_id: int | None) -> Band | None:
        """The active band with this id."""
        return next((band for band in self.bands if band.id == level_id), None)


_EVERY: Any = (
    select(
        Track.position,
        Track.id,
        Track.name,
        Track.description,
        Track.target,
        Track.rule_version,
        RollupDefinition.key,
        RollupDefinition.label,
        RollupDefinition.slot,
        RollupDefinition.value_kind,
        RollupDefinition.operation,
        Level.position.label("level_position"),
        Level.id.label("level_id"),
        Level.name.label("level_name"),
        Level.minimum,
        Level.maximum,
        Level.plan_template_id,
    )
    .join(RollupDefinition, RollupDefinition.id == Track.measure_id)
    .outerjoin(Level, and_(Level.track_id == Track.id, Level.is_active))
)
TRACKS = Packed(_EVERY.where(Track.is_active))
"""The active tracks with their levels."""
_SHELF = Shelf(TRACKS)


def ladders(session: Session) -> tuple[Ladder, ...]:
    """All active tracks in order."""
    [text] = _SHELF.texts(session)
    return read_tracks(text)


def ladder(session: Session, track_id: int) -> Ladder:
    """One track, also a retired one. Raises NotFound."""
    [text] = Shelf(Packed(_EVERY.where(Track.id == track_id))).texts(session)
    found = read_tracks(text)
    if not found:
        raise NotFound("track", track_id)
    return found[0]


@lru_cache(maxsize=32)
def read_tracks(text: str) -> tuple[Ladder, ...]:
    """The tracks in a packed text of `TRACKS`, in order. A row is a level with its track."""
    rows = sorted(unpack(text), key=lambda row: (row[0], row[1], row[11] or 0))
    tracks: Any = groupby(rows, key=lambda row: row[1:11])
    return tuple(Ladder(*(*track, _bands(levels))) for track, levels in tracks)


def _bands(rows: Iterable[list[Any]]) -> tuple[Band, ...]:
    levels = (row[11:] for row in rows)
    return tuple(
        Band(id_, name, position, minimum, maximum, template)
        for position, id_, name, minimum, maximum, template in levels
        if id_ is not None
    )


def may_stand(ladder: Ladder) -> ColumnElement[bool]:
    """The condition on constituents who can stand on a track: live, known, of its kind."""
    of_kind = true() if ladder.target == ALL else Constituent.kind == ladder.target
    return and_(Constituent.deleted_at.is_(None), Constituent.is_unknown_giver.is_(False), of_kind)
