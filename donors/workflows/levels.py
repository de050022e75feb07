"""Levels and what reaching one starts."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.assign import Because, Change, assign
from donors.levels.decide import Band
from donors.levels.everybody import assign_range
from donors.levels.ladders import Ladder
from donors.rollups.refresh import CHUNK, last_of_part
from donors.workflows.plans import start_plan, start_plans


def assign_levels(
    session: Session,
    ids: Iterable[int],
    *,
    because: Because,
    within: ChangeSet,
    tracks: tuple[Ladder, ...] | None = None,
    only: Collection[int] | None = None,
) -> list[Change]:
    """Assigns the levels of these constituents and starts the plans of levels that somebody rose to.

    A plan that cannot start (an open copy, a deceased constituent) never loses the level.
    """
    changes = assign(session, ids, because=because, within=within, tracks=tracks, only=only)
    for change in changes:
        if change.rises and change.new is not None and change.new.plan_template_id is not None:
            start_plan(
                session,
                change.constituent_id,
                change.new.plan_template_id,
                cause=f"level {change.new.name}",
                within=within,
                on=because.on,
            )
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
    """Assigns the levels of everybody above the id `low`, up to `high`, with plans; returns how many changed."""
    assigned = assign_range(session, low=low, high=high, because=because, within=within)
    _start_plans(session, assigned.risen, because, within)
    return assigned.count


def _start_plans(session: Session, risen: Iterable[tuple[int, Band]], because: Because, within: ChangeSet) -> None:
    by_template: dict[tuple[int, str], list[int]] = {}
    for constituent_id, band in risen:
        by_template.setdefault((band.plan_template_id or 0, band.name), []).append(constituent_id)
    for (template_id, name), ids in by_template.items():
        start_plans(session, ids, template_id, cause=f"level {name}", within=within, on=because.on)
