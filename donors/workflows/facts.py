"""Levels that follow what is known of constituents beside their figures: names, places, stages, deaths."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.clock import local_date
from donors.core.settings import organization
from donors.levels.assign import Because
from donors.levels.decide import Change
from donors.levels.ladders import ladders
from donors.levels.models import STAND
from donors.levels.turns import with_leaning
from donors.rollups.dirty import mark_dirty
from donors.rollups.refresh import hold
from donors.workflows.levels import assign_levels

AT_ONCE = 500
"""More constituents than this are left to the queue."""


def facts_changed(session: Session, ids: Iterable[int], *, within: ChangeSet, cause: str = "details") -> list[Change]:
    """Lets the levels of these constituents follow a change of facts, where a track asks for more than figures.

    What no act comes by (a date that is near, a field that a file wrote) is found at night.
    """
    tracks = ladders(session)
    asking = {one.id for one in tracks if one.asks_more or one.deceased != STAND or one.anonymous != STAND}
    chosen = sorted(set(ids))
    if not asking or not chosen:
        return []
    session.flush()
    if len(chosen) > AT_ONCE:
        mark_dirty(session, chosen, reason=cause, at=within.at, change_set_id=within.id)
        return []
    hold(session, chosen)
    only = with_leaning(tracks, asking)
    on = local_date(within.at, organization(session).zone)
    return assign_levels(session, chosen, because=Because(cause, on), within=within, tracks=tracks, only=only)
