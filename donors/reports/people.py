"""People: who is behind a number of the level report, a page at a time, the largest figure first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.reports.levels import way_of
from donors.reports.stands import Question, as_known, cause, pairs, way

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
