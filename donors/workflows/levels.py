"""Levels and what reaching one starts."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.assign import Because, Change, assign, assign_range, risen
from donors.rollups.refresh import CHUNK, last_of_part
from donors.workflows.plans import start_plan, start_plans


def assign_levels(session: Session, ids: Iterable[int], *, because: Because, within: ChangeSet) -> list[Change]:
    """Assigns the levels of these constituents and starts the plans of levels that somebody rose to.

    A plan that cannot start (an open copy, a deceased constituent) never loses the level.
    """
    changes = assign(session, ids, because=because, within=within)
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
    count = assign_range(session, low=low, high=high, because=because, within=within)
    if count:
        _start_plans(session, low, high, because, within)
    return count


def _start_plans(session: Session, low: int, high: int, because: Because, within: ChangeSet) -> None:
    by_template: dict[tuple[int, str], list[int]] = {}
    for constituent_id, level in risen(session, low=low, high=high, within=within):
        by_template.setdefault((level.plan_template_id or 0, level.name), []).append(constituent_id)
    for (template_id, name), ids in by_template.items():
        start_plans(session, ids, template_id, cause=f"level {name}", within=within, on=because.on)
