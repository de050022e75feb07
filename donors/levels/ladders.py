"""Tracks with their measure and bands, as assignment and reports read them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from donors.core.errors import NotFound
from donors.core.packed import Packed, Shelf, unpack
from donors.levels.decide import Band
from donors.levels.models import AT_ONCE, KEEP, STAND, Level, Ruling, Standing, Track
from donors.levels.units import Unit, unit_of
from donors.rollups.definition import Operation
from donors.rollups.models import RollupDefinition
from donors.rollups.queries import criteria_text

GROWING = (Operation.TOTAL, Operation.COUNT, Operation.LARGEST, Operation.YEARS, Operation.STREAK)


@dataclass(frozen=True)
class Ladder:
    """A track ready for use: `measure` is the rollup's key, `slot` where its figures lie, `value_kind` their unit.

    `number` is that of the measure's definition: the decimals of a plain number. `criteria` is JSON text (empty: none).
    `has_rulings` says whether anything was ever decided by hand on it: only then anybody asks.
    """

    id: int
    name: str
    description: str
    target: str
    rule_version: int
    deceased: str
    anonymous: str
    falls: str
    grace_days: int
    criteria: str
    has_rulings: bool
    measure: str
    measure_label: str
    slot: int
    value_kind: str
    operation: str
    number: int
    bands: tuple[Band, ...]

    def __hash__(self) -> int:
        return hash(self.id)  # statements are kept by their tracks: each act hashes them all

    @property
    def unit(self) -> Unit:
        """How figures of the track are written."""
        return unit_of(self.value_kind, self.number)

    @property
    def kind(self) -> str:
        """The unit in one word, as pages pass it on: money, minutes, count; a number with decimals as “number 2”."""
        return f"{self.value_kind} {self.unit.digits}" if self.unit.digits else str(self.value_kind)

    @property
    def asks_more(self) -> bool:
        """Whether the track or one of its levels has criteria."""
        return bool(self.criteria) or any(band.criteria for band in self.bands)

    @property
    def holds_back(self) -> bool:
        """Whether somebody's level may be another than bands and criteria give: grace, rulings, those who are kept."""
        return self.falls != AT_ONCE or self.has_rulings or self.deceased == KEEP

    @property
    def looks_at_the_day(self) -> bool:
        """Whether it matters for who may stand which day it is."""
        return self.has_rulings or self.deceased != STAND

    @property
    def grows(self) -> bool:
        """Whether one more gift or shift can never lower the level."""
        return self.operation in GROWING and not self.asks_more

    @property
    def off(self) -> "Ladder":
        """The same track switched off: nobody has a level, at once."""
        return replace(self, bands=(), criteria="", falls=AT_ONCE, has_rulings=False, deceased=STAND)

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
        Track.deceased,
        Track.anonymous,
        Track.falls,
        Track.grace_days,
        Track.criteria,
        exists(select(Ruling.id).where(Ruling.track_id == Track.id)).label("has_rulings"),
        RollupDefinition.key,
        RollupDefinition.label,
        RollupDefinition.slot,
        RollupDefinition.value_kind,
        RollupDefinition.operation,
        RollupDefinition.number,
        Level.position.label("level_position"),
        Level.id.label("level_id"),
        Level.name.label("level_name"),
        Level.minimum,
        Level.maximum,
        Level.criteria.label("level_criteria"),
    )
    .join(RollupDefinition, RollupDefinition.id == Track.measure_id)
    .outerjoin(Level, and_(Level.track_id == Track.id, Level.is_active))
)
_OF_TRACK = 18
"""So many columns are the track's."""
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


def left_behind(session: Session) -> tuple[Ladder, ...]:
    """The tracks that are off and have somebody on them still."""
    stands = exists().where(Standing.track_id == Track.id, Standing.to_on.is_(None))
    return tuple(ladder(session, id_).off for id_ in session.scalars(select(Track.id).where(~Track.is_active, stands)))


@lru_cache(maxsize=32)
def read_tracks(text: str) -> tuple[Ladder, ...]:
    """The tracks in a packed text of `TRACKS`, in order. A row is a level with its track."""
    rows = sorted(unpack(text), key=lambda row: (row[0], row[1], row[_OF_TRACK] or 0))
    tracks: Any = groupby(rows, key=lambda row: row[:_OF_TRACK])
    return tuple(_ladder(track[1:], levels) for track, levels in tracks)


def _ladder(track: list[Any], levels: Iterable[list[Any]]) -> Ladder:
    *rules, criteria, has_rulings = track[:11]
    return Ladder(*[*rules, criteria_text(criteria), bool(has_rulings), *track[11:], _bands(levels)])


def _bands(rows: Iterable[list[Any]]) -> tuple[Band, ...]:
    levels = (row[_OF_TRACK:] for row in rows)
    return tuple(
        Band(id_, name, position, minimum, maximum, criteria_text(criteria))
        for position, id_, name, minimum, maximum, criteria in levels
        if id_ is not None
    )
