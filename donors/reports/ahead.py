"""Ahead: what time alone will do to a figure of the last so many days, and to the level that it holds. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from donors.levels.decide import Band, level_for, next_above
from donors.rollups.definition import Definition, Operation
from donors.rollups.frame import Span
from donors.rollups.queries import Reason


@dataclass(frozen=True)
class Fall:
    """The day on which a level is lost unless `missing` comes in, and the level then (none: no level)."""

    on: date
    to: Band | None
    missing: int


@dataclass(frozen=True)
class Rise:
    """The next level above, and what is missing to it."""

    to: Band
    missing: int


def leaves_on(one: Definition, row: Reason) -> date | None:
    """The first day on which a row no longer counts; none where it always will."""
    if one.frame.span is not Span.LAST_DAYS:
        return None
    return row.on + timedelta(days=one.frame.number + 1)


def fall(one: Definition, rows: Sequence[Reason], bands: Sequence[Band]) -> Fall | None:
    """When rows leaving the window will cost the level; none where they will not, or no day can be told."""
    if one.operation not in (Operation.TOTAL, Operation.COUNT) or one.frame.span is not Span.LAST_DAYS:
        return None
    worth = {row.row_id: row.amount if one.operation is Operation.TOTAL else 1 for row in rows}
    left = sum(worth.values())
    now = level_for(left, bands)
    if now is None:
        return None
    for on, same_day in groupby(sorted(rows, key=lambda row: row.on), key=lambda row: row.on):
        left -= sum(worth[row.row_id] for row in same_day)
        then = level_for(left, bands)
        if (then.position if then else 0) < now.position:
            return Fall(on + timedelta(days=one.frame.number + 1), then, (now.minimum or 0) - left)
    return None


def rise(value: int | None, bands: Sequence[Band]) -> Rise | None:
    """The way to the next level above."""
    found = next_above(value, bands)
    return Rise(*found) if found else None
