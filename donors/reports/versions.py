"""Versions: the rules of a track as they stood, newest first, who made them, and whom they moved; and all tracks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.core.changes import ChangeSet
from donors.levels.models import Level, Standing, Track, TrackVersion
from donors.rollups.models import RollupDefinition

RULES = "rules"


@dataclass(frozen=True)
class VersionLine:
    """A version, who made it (none: the program), and how many rose, fell, came in and left because of it."""

    version: TrackVersion
    by: str | None
    moved: Mapping[str, int]


def versions(session: Session, track_id: int) -> list[VersionLine]:
    """All versions of a track's rules."""
    found = (
        select(TrackVersion, User.name)
        .join(ChangeSet, ChangeSet.id == TrackVersion.created_in)
        .outerjoin(User, User.id == ChangeSet.by_id)
        .where(TrackVersion.track_id == track_id)
        .order_by(TrackVersion.number.desc())
    )
    moved = _moved(session, track_id)
    return [VersionLine(row, by, moved.get(row.number, {})) for row, by in session.execute(found)]


def _moved(session: Session, track_id: int) -> dict[int, dict[str, int]]:
    """Version → way → people, by the standings that a change of rules began or ended."""
    old, before, level = aliased(Standing), aliased(Level), aliased(Level)
    went = and_(
        old.constituent_id == Standing.constituent_id,
        old.track_id == Standing.track_id,
        old.to_on == Standing.from_on,
        old.id < Standing.id,
        old.ended_by == RULES,
        old.ended_rule_version == Standing.rule_version,
    )
    way = case((before.id.is_(None), "came"), (before.position < level.position, "rose"), else_="fell")
    begun = (
        select(Standing.rule_version, way.label("way"), func.count(Standing.id.distinct()))
        .join(level, level.id == Standing.level_id)
        .outerjoin(old, went)
        .outerjoin(before, before.id == old.level_id)
        .where(Standing.track_id == track_id, Standing.cause == RULES)
        .group_by(Standing.rule_version, way)
    )
    found: dict[int, dict[str, int]] = {}
    for number, words, count in [*session.execute(begun), *session.execute(_left(track_id))]:
        found.setdefault(number, {})[words] = count
    return found


def _left(track_id: int) -> Any:
    """Version → how many lost their level by it and got no other one."""
    new = aliased(Standing)
    after = and_(
        new.constituent_id == Standing.constituent_id,
        new.track_id == Standing.track_id,
        new.from_on == Standing.to_on,
        new.id > Standing.id,
    )
    number = Standing.ended_rule_version
    lost = (Standing.track_id == track_id, Standing.ended_by == RULES, number.is_not(None))
    counted = select(number, literal("left"), func.count()).where(*lost, ~select(new.id).where(after).exists())
    return counted.group_by(number)


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
