"""A drafted track as a ladder, so that what reads tracks can read it before it is kept."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.checks import check_criteria, text_of
from donors.levels.decide import Band
from donors.levels.ladders import Ladder, ladder
from donors.levels.models import AFTER_DAYS, Level, Track
from donors.levels.track import LevelDraft, TrackDraft, check_draft, matched
from donors.rollups.queries import definition

NEW = 0
"""The id of a track that is not there yet."""
FRESH = -100
"""Levels that are not there yet have ids below it."""


def ladder_of(session: Session, draft: TrackDraft, track: Track | None) -> Ladder:
    """The track as it would be kept, with the ids of the levels that stay. Raises Invalid as keeping it does."""
    check_draft(session, draft, track)
    measure = definition(session, draft.measure)
    version = 1 if track is None else track.rule_version + 1
    return Ladder(
        id=NEW if track is None else track.id,
        name=draft.name,
        description=draft.description,
        target=draft.target,
        rule_version=version,
        deceased=draft.deceased,
        anonymous=draft.anonymous,
        falls=draft.falls,
        grace_days=draft.grace_days if draft.falls == AFTER_DAYS else 0,
        criteria=text_of(check_criteria(session, draft.criteria, of="")),
        has_rulings=track is not None and ladder(session, track.id).has_rulings,
        measure=measure.key,
        measure_label=measure.label,
        slot=measure.slot,
        value_kind=measure.value_kind,
        operation=measure.operation,
        number=measure.number,
        bands=_bands(session, draft, track),
    )


def _bands(session: Session, draft: TrackDraft, track: Track | None) -> tuple[Band, ...]:
    known = [] if track is None else session.scalars(select(Level).where(Level.track_id == track.id)).all()
    pairs = zip(draft.levels, matched(known, draft.levels), strict=True)
    return tuple(_band(session, one, level, place) for place, (one, level) in enumerate(pairs, start=1))


def _band(session: Session, one: LevelDraft, level: Level | None, place: int) -> Band:
    criteria = text_of(check_criteria(session, one.criteria, of=one.name))
    id_ = FRESH - place if level is None else level.id
    return Band(id_, one.name, place, one.minimum, one.maximum, criteria=criteria)
