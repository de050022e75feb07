"""People: who is behind a number of the level report, a page at a time, the largest figure first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.paging import Page, Paging, count_pages
from donors.reports.answers import Memory
from donors.reports.levels import way_of
from donors.reports.order import in_kept_order, turned
from donors.reports.stands import Question, as_known, cause, hanging_on, pairs, way

NOBODY, ANYBODY = 0, -1
"""In place of a level: no level, and any level or none."""


@dataclass(frozen=True)
class Which:
    """Which people: by the level then and now (an id, `NOBODY` or `ANYBODY`), the way they went, what moved them."""

    then: int = ANYBODY
    now: int = ANYBODY
    ways: frozenset[str] = frozenset()
    cause: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody behind a number, with level and figure on both days; none where there was no level."""

    id: int
    name: str
    kind: str
    then_level: int | None
    now_level: int | None
    then_figure: int | None
    now_figure: int | None
    lifetime: int | None
    cause: str
    way: str


def turn_people(
    session: Session, asked: Question, which: Which, paging: Paging, *, memory: Memory | None = None
) -> Page[Person]:
    """One page of them. With a memory, who stands where on the list is kept, and only the page itself is read."""
    kept = hanging_on(session, asked.ladder, memory)
    if kept is None:
        total = count_people(session, asked, which)
        number = min(max(paging.number, 1), count_pages(total, paging.size))
        rows = people(session, asked, which, limit=paging.size, offset=(number - 1) * paging.size)
        return Page(tuple(rows), total, number, paging.size)
    about = {**asked.told, "then": which.then, "now": which.now, "ways": sorted(which.ways), "cause": which.cause}
    ids = in_kept_order(session, kept, "people", about, lambda: _ids(session, asked, which))
    page = turned(ids, paging)
    found = {row.id: row for row in people(session, replace(asked, only=page.ids), Which())}
    return Page(tuple(found[one] for one in page.ids), page.total, page.number, page.size)


def _ids(session: Session, asked: Question, which: Which) -> Iterable[int]:
    return session.scalars(as_known(session, asked, _people(session, asked, which).with_only_columns(Constituent.id)))


def count_people(session: Session, asked: Question, which: Which) -> int:
    """How many there are."""
    counted = select(func.count()).select_from(_people(session, asked, which).subquery())
    return session.scalar(as_known(session, asked, counted)) or 0


def people(
    session: Session, asked: Question, which: Which, *, limit: int | None = None, offset: int = 0
) -> list[Person]:
    """Some of them, or all."""
    return list(_read(session, asked, _people(session, asked, which).limit(limit).offset(offset)))


def _people(session: Session, asked: Question, which: Which) -> Any:
    found = pairs(session, asked)
    moved = cause(session, found.c, asked)
    conditions = [_on(found.c.then_level, which.then), _on(found.c.now_level, which.now)]
    if which.ways:
        conditions.append(way(found.c, asked.ladder).in_(sorted(which.ways)))
    if which.cause:
        conditions.append(moved == which.cause)
    figure = func.coalesce(found.c.now_figure, found.c.then_figure)
    return (
        select(Constituent.id, Constituent.name, Constituent.kind, *list(found.c)[1:], moved.label("cause"))
        .select_from(found)
        .join(Constituent, Constituent.id == found.c.constituent_id)
        .where(*(condition for condition in conditions if condition is not None))
        .order_by(figure.desc(), Constituent.id)
    )


def _on(column: Any, level: int) -> ColumnElement[bool] | None:
    if level == ANYBODY:
        return None
    return column.is_(None) if level == NOBODY else column == level  # type: ignore[no-any-return]  # a column is Any


def _read(session: Session, asked: Question, statement: Any) -> Iterator[Person]:
    positions = {band.id: band.position for band in asked.ladder.bands}
    for row in session.execute(as_known(session, asked, statement)):
        went = way_of(positions.get(row.then_level), positions.get(row.now_level))
        yield Person(**row._mapping, way=went)
