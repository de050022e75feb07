"""Some edges: what the edge rows say of everybody, for some by their ids: for pages of lists.

It is for tracks on which bands alone decide.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.core.db import day_date, day_number
from donors.core.whole_sum import WholeSum
from donors.levels.decide import Band, level_for, next_above
from donors.reports.ahead import fall, leaves_on
from donors.reports.edge_rows import NEAR, EdgesQuestion, leaves
from donors.rollups.definition import Definition
from donors.rollups.queries import Reason, definition, values_as_of
from donors.rollups.series import rows_since


class Way(NamedTuple):
    """Where somebody is and what is ahead: the words are those of `edges.Edge`."""

    level: Band | None
    to: Band | None
    figure: int
    missing: int
    stake: int
    on: date | None


def ways_of(session: Session, asked: EdgesQuestion, which: str, ids: Sequence[int]) -> dict[int, Way]:
    """What is ahead of each of some, by id."""
    one, bands = definition(session, asked.of.ladder.measure), asked.of.ladder.bands
    rows = _rows(session, one, asked, ids) if leaves(one) else {}
    found = {}
    for id_, values in values_as_of(session, ids, on=asked.of.on, known=(one,)).items():
        figure = values[one.key]
        assert isinstance(figure, int)  # noqa: S101 - figures of tracks are whole numbers
        find = _near if which == NEAR else _falling
        found[id_] = find(one, figure, rows.get(id_, ()), bands)
    return found


def _near(one: Definition, figure: int, rows: Sequence[Reason], bands: Sequence[Band]) -> Way:
    above = next_above(figure, bands)
    to, missing = above or (None, 0)
    first = min((row.on for row in rows), default=None)
    until = leaves_on(one, Reason(0, first, 0, 0, decides=False)) if first else None
    return Way(level_for(figure, bands), to, figure, missing, missing, until)


def _falling(one: Definition, figure: int, rows: Sequence[Reason], bands: Sequence[Band]) -> Way:
    level, ahead = level_for(figure, bands), fall(one, rows, bands)
    if level is None or ahead is None:
        return Way(level, level, figure, 0, 0, None)
    left = (level.minimum or 0) - ahead.missing
    return Way(level, ahead.to, figure, ahead.missing, figure - left, ahead.on)


def _rows(session: Session, one: Definition, asked: EdgesQuestion, ids: Sequence[int]) -> dict[int, list[Reason]]:
    """What is within the window of each."""
    on = day_number(asked.of.on)
    rows = rows_since(one, asked.of.on - timedelta(days=one.frame.number))
    lasting = or_(rows.c.counts_to.is_(None), rows.c.counts_to > on)
    statement = (
        select(rows.c.owner_id, rows.c.row_id, rows.c.given_on, WholeSum(rows.c.amount))
        .where(rows.c.owner_id.in_(ids), rows.c.given_on <= on, rows.c.counts_from <= on, lasting)
        .group_by(rows.c.owner_id, rows.c.row_id, rows.c.given_on)
    )
    found: dict[int, list[Reason]] = defaultdict(list)
    for owner, row_id, given_on, amount in session.execute(statement):
        found[owner].append(Reason(row_id, day_date(given_on), amount, 0, decides=False))
    return found
