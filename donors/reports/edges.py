"""Edges: who lacks little to a higher level, and who will fall from one soon by time alone; by when, and how much.

Set-based: what `ahead` says of one constituent, for everybody. Levels and figures are those of the day of the question.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy import type_coerce as coerce
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.db import Day, day_number
from donors.core.fields import REGISTRY, Field, FieldSet, Kind, joined, joins_of
from donors.core.paging import Page, Paging, in_order, sorted_by, turn
from donors.core.settings import organization
from donors.core.whole_sum import WholeSum
from donors.levels.decide import Band
from donors.levels.settle import Falling
from donors.reports.answers import Memory, answered
from donors.reports.edge_rows import FALLING, NEAR, EdgesQuestion, can_fall, edge_rows
from donors.reports.order import in_kept_order, turned
from donors.reports.stands import hanging_on

SORTS = ("name", "figure", "missing", "stake", "on", "officer")
SUBJECT = "edge"


@dataclass(frozen=True)
class Edge:
    """Somebody near an edge. `to` is the level above, or the one after the fall (none: no level).

    `stake`, by the track's measure: what is missing to the level above, or what leaves the window by the fall.
    `missing`: what is missing to the level above, or what would hold the level. `on`: from when more is missing, or the
    day of the fall; none where no day can be told.
    """

    id: int
    name: str
    level: Band | None
    to: Band | None
    figure: int
    missing: int
    stake: int
    on: date | None
    officer: str | None


@dataclass(frozen=True)
class Rung:
    """How many are near one level, or about to fall from it, and what is at stake in all."""

    band: Band
    people: int
    stake: int


def edges(
    session: Session, asked: EdgesQuestion, which: str, paging: Paging, *, memory: Memory | None = None
) -> Page[Edge]:
    """One page of those near an edge. With a memory, who stands where is kept, and only the page itself is read."""
    kept = hanging_on(session, asked.of.ladder, memory)
    if kept is not None:
        return _page(session, asked, which, paging, kept)
    statement, columns = _list(session, asked, which, paging)
    page = turn(session, statement, paging, fields=columns, tie=Constituent.id)
    return Page(tuple(_edges(session, asked, which, page.rows)), page.total, page.number, page.size, page.sort)


def _page(session: Session, asked: EdgesQuestion, which: str, paging: Paging, memory: Memory) -> Page[Edge]:
    about = {**asked.told, "sort": ",".join(map(str, paging.sort))}
    ids = in_kept_order(session, memory, f"edges {which}", about, lambda: _ids(session, asked, which, paging))
    page = turned(ids, paging)
    some = replace(asked, of=replace(asked.of, only=page.ids))
    rows = {row.id: row for row in all_edges(session, some, which, Paging())}
    return Page(tuple(rows[one] for one in page.ids), page.total, page.number, page.size, paging.sort)


def _ids(session: Session, asked: EdgesQuestion, which: str, paging: Paging) -> Iterable[int]:
    statement, columns = _list(session, asked, which, paging)
    found = statement.with_only_columns(Constituent.id)
    return session.scalars(in_order(found, paging.sort, fields=columns, tie=Constituent.id))


def all_edges(session: Session, asked: EdgesQuestion, which: str, paging: Paging) -> list[Edge]:
    """All of them, for files."""
    statement, columns = _list(session, asked, which, paging)
    ordered = in_order(statement, paging.sort, fields=columns, tie=Constituent.id)
    return _edges(session, asked, which, session.execute(ordered))


def rungs(session: Session, asked: EdgesQuestion, which: str, *, memory: Memory | None = None) -> tuple[Rung, ...]:
    """How many they are: by the level above where they are near it, by the level they fall from otherwise."""
    kept = hanging_on(session, asked.of.ladder, memory)
    rows = answered(
        session, kept, f"edges {which}", asked.told, lambda: session.execute(_counts(session, asked, which))
    )
    found = {level: (people, stake) for level, people, stake in rows}
    bands = reversed(asked.of.ladder.bands)
    return tuple(Rung(band, *found[band.id]) for band in bands if band.id in found)


def months(
    session: Session, asked: EdgesQuestion, *, memory: Memory | None = None
) -> tuple[tuple[date, int, int], ...]:
    """The falls to come by thirty days: the first day of each thirty, how many, what is at stake."""
    if not can_fall(session, asked):
        return ()
    kept = hanging_on(session, asked.of.ladder, memory)
    rows = answered(session, kept, "edges by month", asked.told, lambda: session.execute(_by_month(session, asked)))
    found = {part: (people, stake) for part, people, stake in rows}
    parts = range(-(-asked.days // 30))
    return tuple((asked.of.on + timedelta(days=1 + 30 * part), *found.get(part, (0, 0))) for part in parts)


def _by_month(session: Session, asked: EdgesQuestion) -> Any:
    table = edge_rows(session, asked, FALLING)
    part = (table.c.on - (day_number(asked.of.on) + 1)) // 30
    told = select(cast(part, Integer).label("part"), table.c.stake).subquery("parts")
    return select(told.c.part, func.count(), WholeSum(told.c.stake)).group_by(told.c.part)


def _counts(session: Session, asked: EdgesQuestion, which: str) -> Any:
    table = edge_rows(session, asked, which)
    level = table.c.to_level if which == NEAR else table.c.level_id
    return select(level, func.count(), WholeSum(table.c.stake)).group_by(level)


def _list(session: Session, asked: EdgesQuestion, which: str, paging: Paging) -> tuple[Select[Any], FieldSet]:
    table = edge_rows(session, asked, which)
    own = REGISTRY.fields(session, "constituent")
    kinds = {"figure": Kind.NUMBER, "missing": Kind.NUMBER, "stake": Kind.NUMBER, "on": Kind.DATE}
    columns = [Field(name, name, kind, SUBJECT, table.c[name]) for name, kind in kinds.items()]
    known = FieldSet(SUBJECT, [*(own[name] for name in ("name", "officer")), *columns])
    shown = (
        Constituent.id,
        Constituent.name,
        *(table.c[name] for name in ("level_id", "to_level", "figure", "missing", "stake")),
        coerce(table.c.on, Day()).label("on"),
        own["officer"].column.label("officer"),
    )
    statement = select(*shown).select_from(Constituent).join(table, table.c.constituent_id == Constituent.id)
    return joined(statement, joins_of((own["officer"], *sorted_by(paging, known)))), known


def _edges(session: Session, asked: EdgesQuestion, which: str, rows: Any) -> list[Edge]:
    ladder = asked.of.ladder
    found = (
        Edge(
            row.id,
            row.name,
            ladder.band(row.level_id),
            ladder.band(row.to_level),
            row.figure,
            row.missing,
            row.stake,
            row.on,
            row.officer,
        )
        for row in rows
    )
    return _held(session, asked, which, found)


def _held(session: Session, asked: EdgesQuestion, which: str, found: Iterable[Edge]) -> list[Edge]:
    """With the days on which a track lets them fall, where it holds levels for a while."""
    if which == NEAR:
        return list(found)
    ladder = asked.of.ladder
    falling = Falling(ladder.falls, ladder.grace_days, organization(session).fiscal)
    return [replace(one, on=falling.first_day(one.on) if one.on else None) for one in found]
