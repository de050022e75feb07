"""Rulings on levels, with the level that follows at once."""

from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.assign import Because
from donors.levels.ladders import ladders
from donors.levels.models import EXCLUDE, FREEZE, OVERRIDE, Ruling
from donors.levels.rulings import RulingDraft, end_ruling, make_ruling, make_way, ruling_by_id
from donors.levels.turns import with_leaning
from donors.rollups.refresh import hold
from donors.workflows.levels import assign_levels

MADE = {FREEZE: "freeze", OVERRIDE: "override", EXCLUDE: "exclusion"}
ENDED = {FREEZE: "freeze ended", OVERRIDE: "override", EXCLUDE: "exclusion"}
"""Kind of a ruling → the cause of what moves when it is made, or ended by hand."""


def rule(
    session: Session, constituent_id: int, track_id: int, draft: RulingDraft, *, within: ChangeSet, on: date
) -> Ruling:
    """Freezes a level, sets it, or leaves somebody out of a track. Raises NotFound, Invalid."""
    make_way(session, track_id)
    hold(session, [constituent_id])
    row = make_ruling(session, constituent_id, track_id, draft, within=within, on=on)
    _follow(session, row, MADE[row.kind], within=within, on=on)
    return row


def end(session: Session, ruling_id: int, *, within: ChangeSet, on: date, expect: int | None = None) -> Ruling:
    """Ends what was decided: from that day on the rules hold again. Raises NotFound, Invalid, Conflict."""
    row = ruling_by_id(session, ruling_id)
    hold(session, [row.constituent_id])
    session.refresh(row)
    end_ruling(session, row, within=within, on=on, expect=expect)
    _follow(session, row, ENDED[row.kind], within=within, on=on)
    return row


def _follow(session: Session, row: Ruling, cause: str, *, within: ChangeSet, on: date) -> None:
    tracks = ladders(session)
    only = with_leaning(tracks, {row.track_id})
    because = Because(cause, on)
    assign_levels(session, [row.constituent_id], because=because, within=within, tracks=tracks, only=only)
