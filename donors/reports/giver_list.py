"""Giver list: the people behind every number on givers, and the lists of those who have not given this year.

LYBUNT gave last year but unfortunately not this; SYBUNT some year before that, neither last year nor this. The two
lists share nobody. Searched, sorted and paged by the database.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, false, func, literal, select, true
from sqlalchemy import type_coerce as coerce
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.search import matching_ids
from donors.core.db import Day
from donors.core.fields import REGISTRY, Field, FieldSet, Kind, joined, joins_of
from donors.core.paging import Page, Paging, in_order, sorted_by, turn
from donors.levels.as_of import levels_as_of
from donors.levels.ladders import Ladder
from donors.reports.answers import Memory
from donors.reports.givers import GiversQuestion, giving_by_year, years_of
from donors.reports.order import found_among, in_kept_order, turned
from donors.reports.stands import hanging_on
from donors.reports.years import Year

SUBJECT = "giver"
SORTS = ("name", "last", "this", "change", "first_year", "largest", "last_on", "level", "officer")
"""What the list can be sorted by."""
CHUNK = 1_000

WHICH: Mapping[str, str] = {
    "givers": "Gave in the year",
    "prior": "Gave the year before",
    "retained": "Gave in both years",
    "lybunt": "Gave the year before, not in the year",
    "sybunt": "Gave earlier, in neither year",
    "new_prior": "First gave the year before",
    "new_retained": "First gave the year before, and again",
    "lapsed_new": "First gave the year before, not again",
    "repeat_prior": "Gave the year before and earlier",
    "repeat_retained": "Gave the year before and earlier, and again",
    "lapsed_repeat": "Gave the year before and earlier, not again",
    "new": "Gave for the first time",
    "recaptured": "Came back after a year or more without a gift",
    "upgraded": "Gave more than the year before",
    "same": "Gave the same as the year before",
    "downgraded": "Gave less than the year before",
}
"""Groups of givers of a year: word → what they have in common. `lybunt` are the lapsed, new and repeat together."""


@dataclass(frozen=True)
class Whom:
    """Which givers: a group, of which year; perhaps only those of a first year, or of a level (0: of no level) on the
    last day of the year before, or those whom `text` finds."""

    which: str
    year: Year
    first: Year | None = None
    ladder: Ladder | None = None
    level: int | None = None
    text: str = ""

    @property
    def told(self) -> Mapping[str, Any]:
        """The group as plain values, for what is kept of answers."""
        first, track = self.first.name if self.first else None, self.ladder.id if self.ladder else None
        names = {"which": self.which, "year": self.year.name, "first": first, "track": track, "level": self.level}
        return {**names, "rules": self.ladder.rule_version if self.ladder else None}


@dataclass(frozen=True)
class Giver:
    """Somebody on the list. Money in minor units; none where there was nothing. `first_year` is a place of a year."""

    id: int
    name: str
    kind: str
    last: int | None
    this: int | None
    first_year: int
    largest: int
    last_on: date
    level: str | None
    officer: str | None

    @property
    def change(self) -> int:
        """How much more than the year before."""
        return (self.this or 0) - (self.last or 0)


def givers(
    session: Session, asked: GiversQuestion, whom: Whom, paging: Paging, *, memory: Memory | None = None
) -> Page[Giver]:
    """One page of them. With a memory, who stands where on the list is kept, and only the page itself is read."""
    kept = hanging_on(session, whom.ladder, memory) if whom.ladder else memory
    if kept is not None:
        return _page(session, asked, whom, paging, kept)
    table, columns = _table(session, asked, whom)
    statement = _statement(session, whom, table, columns, paging)
    page = turn(session, statement, paging, fields=columns, tie=Constituent.id)
    return Page(tuple(Giver(*row) for row in page.rows), page.total, page.number, page.size, page.sort)


def _page(session: Session, asked: GiversQuestion, whom: Whom, paging: Paging, memory: Memory) -> Page[Giver]:
    everybody = replace(whom, text="")
    about = {**asked.told, **everybody.told, "sort": ",".join(map(str, paging.sort))}
    ids = in_kept_order(session, memory, "givers", about, lambda: _ids(session, asked, everybody, paging))
    page = turned(found_among(session, ids, whom.text), paging)
    table, columns = _table(session, asked, replace(everybody, ladder=None), only=page.ids)
    statement = _statement(session, replace(everybody, ladder=None), table, columns, Paging())
    rows = {row[0]: Giver(*row) for row in session.execute(statement.where(Constituent.id.in_(page.ids)))}
    return Page(tuple(rows[one] for one in page.ids), page.total, page.number, page.size, paging.sort)


def _ids(session: Session, asked: GiversQuestion, whom: Whom, paging: Paging) -> Iterable[int]:
    table, columns = _table(session, asked, whom)
    statement = _statement(session, whom, table, columns, paging).with_only_columns(Constituent.id)
    return session.scalars(in_order(statement, paging.sort, fields=columns, tie=Constituent.id))


def all_givers(session: Session, asked: GiversQuestion, whom: Whom, paging: Paging) -> Iterator[Giver]:
    """All of them, for files."""
    table, columns = _table(session, asked, whom)
    statement = _statement(session, whom, table, columns, paging)
    ordered = in_order(statement, paging.sort, fields=columns, tie=Constituent.id)
    for row in session.execute(ordered.execution_options(yield_per=CHUNK)):
        yield Giver(*row)


def _table(
    session: Session, asked: GiversQuestion, whom: Whom, *, only: Collection[int] | None = None
) -> tuple[Subquery, FieldSet]:
    """Whoever gave up to the year, with what they gave in the year and the year before; and the fields of the list.

    `only` are the units that are asked for, where these are some.
    """
    each = giving_by_year(asked, years_of(session, asked), gifts=True, only=only)
    table = _two_years(each, whom.year)
    own = REGISTRY.fields(session, "constituent")
    columns = (
        _field("last", "The year before", Kind.MONEY, table.c.last),
        _field("this", "This year", Kind.MONEY, table.c.this),
        _field("change", "Change", Kind.MONEY, func.coalesce(table.c.this, 0) - func.coalesce(table.c.last, 0)),
        _field("first_year", "First year", Kind.NUMBER, table.c.first),
        _field("largest", "Largest gift", Kind.MONEY, table.c.largest),
        _field("last_on", "Last gift", Kind.DATE, coerce(table.c.last_on, Day)),
    )
    borrowed = (own[name] for name in ("name", "level", "officer") if name in own)
    return table, FieldSet(SUBJECT, (*borrowed, *columns))


def _field(name: str, label: str, kind: Kind, column: Any) -> Field:
    return Field(name, label, kind, SUBJECT, column)


def _two_years(each: Subquery, year: Year) -> Subquery:
    last, this = (
        func.max(each.c.total).filter(each.c.place == literal(place, Integer)) for place in (year.place - 1, year.place)
    )
    ever = (func.min(each.c.place), func.max(each.c.largest), func.max(each.c.last_on))
    return (
        select(
            each.c.unit_id,
            last.label("last"),
            this.label("this"),
            *(column.label(name) for column, name in zip(ever, ("first", "largest", "last_on"), strict=True)),
        )
        .where(each.c.place <= year.place)
        .group_by(each.c.unit_id)
        .subquery("two_years")
    )


def _statement(session: Session, whom: Whom, table: Subquery, columns: FieldSet, paging: Paging) -> Select[Any]:
    level, officer = (columns.get(name) for name in ("level", "officer"))
    shown = (
        Constituent.id,
        Constituent.name,
        Constituent.kind,
        *(table.c[name] for name in ("last", "this", "first", "largest")),
        columns["last_on"].column.label("last_on"),
        *((one.column if one else literal(None)).label(name) for one, name in ((level, "level"), (officer, "officer"))),
    )
    needed = [one for one in (level, officer) if one]
    statement: Select[Any] = select(*shown).select_from(Constituent).join(table, table.c.unit_id == Constituent.id)
    statement = joined(statement, joins_of((*needed, *sorted_by(paging, columns))))
    return statement.where(_belongs(whom, table.c), *_of_level(session, whom, table), _typed(session, whom.text))


def _belongs(whom: Whom, row: Any) -> ColumnElement[bool]:
    """The condition that a giver belongs to a group."""
    of_first = true() if whom.first is None else row.first == literal(whom.first.place, Integer)
    return and_(CONDITIONS[whom.which](row, whom.year.place), of_first)


def _prior(row: Any, *more: Any) -> ColumnElement[bool]:
    return and_(row.last.is_not(None), *more)


def _new(row: Any, place: int) -> ColumnElement[bool]:
    """Whether the year before was the first."""
    return row.first == literal(place - 1, Integer)  # type: ignore[no-any-return]  # a column is Any


def _repeat(row: Any, place: int) -> ColumnElement[bool]:
    return row.first < literal(place - 1, Integer)  # type: ignore[no-any-return]  # a column is Any


CONDITIONS: Mapping[str, Callable[[Any, int], ColumnElement[bool]]] = {
    "givers": lambda row, _place: row.this.is_not(None),
    "prior": lambda row, _place: _prior(row),
    "retained": lambda row, _place: _prior(row, row.this.is_not(None)),
    "lybunt": lambda row, _place: _prior(row, row.this.is_(None)),
    "sybunt": lambda row, _place: and_(row.last.is_(None), row.this.is_(None)),
    "new_prior": lambda row, place: _prior(row, _new(row, place)),
    "new_retained": lambda row, place: _prior(row, _new(row, place), row.this.is_not(None)),
    "lapsed_new": lambda row, place: _prior(row, _new(row, place), row.this.is_(None)),
    "repeat_prior": lambda row, place: _prior(row, _repeat(row, place)),
    "repeat_retained": lambda row, place: _prior(row, _repeat(row, place), row.this.is_not(None)),
    "lapsed_repeat": lambda row, place: _prior(row, _repeat(row, place), row.this.is_(None)),
    "new": lambda row, place: row.first == literal(place, Integer),
    "recaptured": lambda row, place: and_(
        row.this.is_not(None), row.last.is_(None), row.first < literal(place, Integer)
    ),
    "upgraded": lambda row, _place: row.this > row.last,
    "same": lambda row, _place: row.this == row.last,
    "downgraded": lambda row, _place: row.this < row.last,
}
"""Group → its condition on a row of two years. `place` is that of the year."""


def _of_level(session: Session, whom: Whom, table: Subquery) -> tuple[ColumnElement[bool], ...]:
    """The condition of a level on the last day of the year before."""
    if whom.ladder is None or whom.level is None:
        return ()
    stood = levels_as_of(session, whom.ladder, on=year_end_before(whom.year))
    here = stood.c.level_id.is_not(None) if whom.level == 0 else stood.c.level_id == literal(whom.level)
    found = table.c.unit_id.in_(select(stood.c.constituent_id).where(here))
    return (~found,) if whom.level == 0 else (found,)


def year_end_before(year: Year) -> date:
    """The last day of the year before."""
    return year.first - timedelta(days=1)


def _typed(session: Session, text: str) -> ColumnElement[bool]:
    if not text.strip():
        return true()
    found = matching_ids(session, text)
    return false() if found is None else Constituent.id.in_(found)
