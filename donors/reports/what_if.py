"""What if a track, or a figure below it, were another: who would go where, and the people behind each number.

Nothing is written. Counts are of everybody, for keeping the change moves everybody; lists hold what the viewer may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, false, func, inspect, select, true
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.constituents.search import matching_ids
from donors.core.fields import Field, FieldSet, Kind, joined
from donors.core.paging import Page, Paging, turn
from donors.levels.settled import WAITS
from donors.levels.suppose import Supposed
from donors.pipeline.fields import CHARGE, OFFICER
from donors.reports.people import ANYBODY, NOBODY

UP, DOWN, IN, OUT, OVER, STAY = "up", "down", "in", "out", "over", "stay"
MOVED = (UP, DOWN, IN, OUT, OVER)
"""Ways to move. `over` is to a level in the place of one that goes."""
MOST_DAYS = 12
_OFFICER: Any = inspect(OFFICER.target).selectable.c.name
Cell = tuple[int | None, int | None]
"""The level now and the level to be; none is no level."""


@dataclass(frozen=True)
class Sums:
    """How many, and what their figures come to: by the measure of now, and by the one to be."""

    people: int = 0
    was: int = 0
    figure: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.people + other.people, self.was + other.was, self.figure + other.figure)


@dataclass(frozen=True)
class Outcome:
    """What would become of everybody on one track. `falls`: day → how many whose fall waits until then.

    `more` counts those whose fall waits for a day after the last of these.
    """

    supposed: Supposed
    cells: Mapping[Cell, Sums]
    falls: Mapping[date, int]
    more: int

    def way(self, cell: Cell) -> str:
        """Which way somebody goes who goes so."""
        return way_of(self.supposed, cell)

    def went(self, *ways: str) -> int:
        """How many would go in one of these ways."""
        return sum(sums.people for cell, sums in self.cells.items() if self.way(cell) in ways)

    @property
    def moved(self) -> int:
        """How many would be on another level, or on none, or come to one."""
        return self.went(*MOVED)

    @property
    def waiting(self) -> int:
        """How many would fall later."""
        return sum(self.falls.values()) + self.more

    def before(self, level: int | None) -> Sums:
        """Who stands on a level now."""
        return sum((sums for (old, _), sums in self.cells.items() if old == level), Sums())

    def after(self, level: int | None) -> Sums:
        """Who would stand on a level."""
        return sum((sums for (_, new), sums in self.cells.items() if new == level), Sums())


def way_of(supposed: Supposed, cell: Cell) -> str:
    """Which way somebody goes from a level to another."""
    old, new = cell
    if old == new:
        return STAY
    if old is None or new is None:
        return IN if old is None else OUT
    then, now = (supposed.places.get(level, 0) for level in (old, new))
    return OVER if then == now else UP if now > then else DOWN


def outcome(session: Session, supposed: Supposed) -> Outcome:
    """Counts a track."""
    table = supposed.table.c
    keys = (table.old_level, table.new_level)
    sums = (_sum(table.was), _sum(table.figure))
    rows = session.execute(select(*keys, func.count(), *sums).group_by(*keys))
    cells = {(old, new): Sums(people, was, figure) for old, new, people, was, figure in rows}
    waiting = select(table.falls_on, func.count()).where(table.why == WAITS)
    days = [(day, count) for day, count in session.execute(waiting.group_by(table.falls_on).order_by(table.falls_on))]
    more = sum(count for _, count in days[MOST_DAYS:])
    return Outcome(supposed, cells, dict(days[:MOST_DAYS]), more)


def _sum(column: Any) -> ColumnElement[int]:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


@dataclass(frozen=True)
class Whom:
    """Whom a list shows: by the level now and to be (an id, `NOBODY` or `ANYBODY`), the ways, and what was typed.

    `waits`: those whose fall waits for its day.
    """

    old: int = ANYBODY
    new: int = ANYBODY
    ways: frozenset[str] = frozenset(MOVED)
    text: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Mover:
    """Somebody in such a list. Levels are ids, none is no level; figures by the measure of now and the one to be."""

    id: int
    name: str
    kind: str
    old: int | None
    new: int | None
    was: int | None
    figure: int | None
    falls_on: date | None
    falls_to: int | None
    why: str
    officer: str | None


SORTS = ("name", "now", "would_be", "figure", "officer", "falls_on")
"""What a list can be sorted by."""


def movers(session: Session, supposed: Supposed, whom: Whom, paging: Paging, *, sees: Sight) -> Page[Mover]:
    """A page of those whom a list shows, sorted and searched by the database."""
    known = _fields(supposed)
    statement = _movers(session, supposed, whom).where(is_visible(sees))
    page = turn(session, statement, paging, fields=known, tie=Constituent.id)
    return Page(tuple(Mover(*row) for row in page.rows), page.total, page.number, page.size, page.sort)


def _movers(session: Session, supposed: Supposed, whom: Whom) -> Select[Any]:
    table = supposed.table.c
    columns = (table.old_level, table.new_level, table.was, table.figure, table.falls_on, table.falls_to, table.why)
    shown: Select[Any] = select(Constituent.id, Constituent.name, Constituent.kind, *columns, _OFFICER)
    start = shown.select_from(supposed.table).join(Constituent, Constituent.id == table.constituent_id)
    conditions = [_on(table.old_level, whom.old), _on(table.new_level, whom.new), _typed(session, whom.text)]
    conditions.append(table.why == WAITS if whom.waits else _way(supposed).in_(sorted(whom.ways)))
    return joined(start, (CHARGE, OFFICER)).where(*conditions)


def _on(column: Any, level: int) -> ColumnElement[bool]:
    if level == ANYBODY:
        return true()
    return column.is_(None) if level == NOBODY else column == level  # type: ignore[no-any-return]  # a column is Any


def _typed(session: Session, text: str) -> ColumnElement[bool]:
    if not text.strip():
        return true()
    found = matching_ids(session, text)
    return false() if found is None else Constituent.id.in_(found)


def _way(supposed: Supposed) -> ColumnElement[str]:
    """`way_of` as SQL."""
    old, new = supposed.table.c.old_level, supposed.table.c.new_level
    then, now = (_place(supposed, column) for column in (old, new))
    return case(
        (old.is_not_distinct_from(new), STAY),
        (old.is_(None), IN),
        (new.is_(None), OUT),
        (then == now, OVER),
        (now > then, UP),
        else_=DOWN,
    )


def _place(supposed: Supposed, column: Any) -> Any:
    return case(dict(supposed.places), value=column, else_=0) if supposed.places else 0


def _fields(supposed: Supposed) -> FieldSet:
    table = supposed.table.c
    kinds = {
        "name": (Kind.TEXT, Constituent.sort_name),
        "now": (Kind.NUMBER, _place(supposed, table.old_level)),
        "would_be": (Kind.NUMBER, _place(supposed, table.new_level)),
        "figure": (Kind.NUMBER, func.coalesce(table.figure, table.was)),
        "officer": (Kind.TEXT, _OFFICER),
        "falls_on": (Kind.DATE, table.falls_on),
    }
    return FieldSet(
        "constituent", (Field(name, name, kind, "constituent", column) for name, (kind, column) in kinds.items())
    )
