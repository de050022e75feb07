"""Levels, and what follows when they change."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.assign import Because, assign
from donors.levels.decide import Change
from donors.levels.everybody import assign_range
from donors.levels.ladders import Ladder
from donors.rollups.refresh import CHUNK, last_of_part
from donors.workflows.effects import run_effects


def assign_levels(
    session: Session,
    ids: Iterable[int],
    *,
    because: Because,
    within: ChangeSet,
    tracks: tuple[Ladder, ...] | None = None,
    only: Collection[int] | None = None,
) -> list[Change]:
    """Assigns the levels of these constituents and runs the effects of what changed.

    An effect that is refused or fails never loses the level.
    """
    changes = assign(session, ids, because=because, within=within, tracks=tracks, only=only)
    if changes and because.effects:
        run_effects(session, changes, on=because.on, within=within)
    return changes


def assign_part(
    session: Session, *, on: date, within: ChangeSet, cause: str, after: int = 0, limit: int = CHUNK
) -> int | None:
    """Assigns the levels of the next constituents above the id `after`; returns where to go on, or none at the end."""
    high = last_of_part(session, after=after, limit=limit)
    if high is not None:
        assign_between(session, low=after, high=high, because=Because(cause, on), within=within)
    return high


def assign_all(session: Session, *, within: ChangeSet, on: date, cause: str) -> None:
    """Assigns the levels of everybody in one transaction: for commands and small databases."""
    after: int | None = 0
    while after is not None:
        after = assign_part(session, on=on, within=within, cause=cause, after=after)


def assign_between(session: Session, *, low: int, high: int, because: Because, within: ChangeSet) -> int:
    """Assigns the levels of everybody above the id `low`, up to `high`, with effects; returns how many changed."""
    assigned = assign_range(session, low=low, high=high, because=because, within=within)
    if assigned.changes:
        run_effects(session, assigned.changes, on=because.on, within=within)
    return assigned.count
