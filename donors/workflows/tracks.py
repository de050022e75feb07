"""Making and changing tracks, with the levels that follow from it: everybody goes through the refresh queue."""

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.models import Track
from donors.levels.track import TrackDraft, create_track, edit_track, track_by_id
from donors.rollups.everybody import mark_all


def make_track(session: Session, draft: TrackDraft, *, within: ChangeSet) -> Track:
    """Makes a track and lets the queue put everybody on its levels. Raises Invalid."""
    track = create_track(session, draft, within=within)
    mark_all(session, reason="rules", at=within.at, change_set_id=within.id)
    return track


def change_track(
    session: Session, track_id: int, draft: TrackDraft, *, within: ChangeSet, expect: int, effects: bool = True
) -> bool:
    """Changes a track and says whether its rules changed: then the queue assigns everybody's level anew.

    `effects`: whether effects run for whom it moves. Raises Invalid, NotFound, Conflict.
    """
    before = track_by_id(session, track_id).rule_version
    if edit_track(session, track_id, draft, within=within, expect=expect).rule_version == before:
        return False
    order = mark_all(session, reason="rules", at=within.at, change_set_id=within.id)
    order.effects = effects
    return True
