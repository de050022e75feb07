"""Making, changing and switching tracks, with the levels that follow: at once for few, by the refresh queue for many.

The levels belong to the change set of the rules, so that undoing it takes both back.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.levels.assign import Because
from donors.levels.models import Track
from donors.levels.track import TrackDraft, create_track, edit_track, set_active, track_by_id
from donors.rollups.everybody import mark_all
from donors.rollups.refresh import last_of_part
from donors.workflows.levels import assign_between

AT_ONCE = 2_000
"""More constituents than this are left to the queue."""


@dataclass(frozen=True)
class Following:
    """On which day levels follow a change of rules, and whether effects run for whom it moves."""

    on: date
    effects: bool = True


def make_track(session: Session, draft: TrackDraft, following: Following, *, within: ChangeSet) -> Track:
    """Makes a track and puts everybody on its levels. Raises Invalid."""
    track = create_track(session, draft, within=within)
    settle_everybody(session, following, within=within)
    return track


def change_track(
    session: Session, track_id: int, draft: TrackDraft, following: Following, *, within: ChangeSet, expect: int
) -> bool:
    """Changes a track and says whether its rules changed: then everybody's level is assigned anew.

    Raises Invalid, NotFound, Conflict.
    """
    before = track_by_id(session, track_id).rule_version
    if edit_track(session, track_id, draft, within=within, expect=expect).rule_version == before:
        return False
    settle_everybody(session, following, within=within)
    return True


def switch_track(session: Session, track_id: int, following: Following, *, active: bool, within: ChangeSet) -> None:
    """Switches a track off, so that nobody has a level on it any more, or on again.

    Raises NotFound; Blocked while the criteria of another track need it.
    """
    set_active(session, track_id, active=active, within=within)
    settle_everybody(session, following, within=within)


def settle_everybody(session: Session, following: Following, *, within: ChangeSet) -> None:
    """Brings everybody's levels in line with changed rules."""
    session.flush()
    if (session.scalar(select(func.count(Constituent.id))) or 0) > AT_ONCE:
        order = mark_all(session, reason="rules", at=within.at, change_set_id=within.id)
        order.effects = following.effects
        return
    high = last_of_part(session, after=0, limit=AT_ONCE)
    if high is not None:
        because = Because("rules", following.on, effects=following.effects)
        assign_between(session, low=0, high=high, because=because, within=within)
