"""Versions: the rules of a track as they stood, newest first, and all tracks, also those that have retired."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.models import Track, TrackVersion
from donors.rollups.models import RollupDefinition


def versions(session: Session, track_id: int) -> Sequence[TrackVersion]:
    """All versions of a track's rules."""
    found = select(TrackVersion).where(TrackVersion.track_id == track_id)
    return session.scalars(found.order_by(TrackVersion.number.desc())).all()


def tracks(session: Session) -> list[tuple[Track, RollupDefinition]]:
    """All tracks with their measure, those in use first."""
    found = (
        select(Track, RollupDefinition)
        .join(RollupDefinition, RollupDefinition.id == Track.measure_id)
        .order_by(Track.is_active.desc(), Track.position, Track.id)
    )
    return [(track, measure) for track, measure in session.execute(found)]


def rollups(session: Session) -> Sequence[RollupDefinition]:
    """All definitions of rollups, those in use first."""
    found = select(RollupDefinition).order_by(
        RollupDefinition.is_active.desc(), RollupDefinition.position, RollupDefinition.id
    )
    return session.scalars(found).all()
