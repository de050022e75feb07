"""Known at: any statement as it would have answered at an earlier instant, without what was recorded since.

Each recorded table that a statement reads gives way to a subquery of the same name and columns: the rows that were
there already and have not been touched since, and those that have, as they were, rebuilt from the journal. Nothing is
written. An act was known from the instant of its change set on; what was undone was known until it was undone.
Settings and definitions are no facts: they are those of now, and so are labels of fiscal years.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Subquery,
    Table,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.sql.visitors import replacement_traverse

from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base, is_sqlite
from donors.core.errors import Invalid
from donors.core.given import given
from donors.core.images import decoded_row, is_recorded
from donors.core.labels import YEAR_OF
from donors.core.settings import organization

Statement = TypeVar("Statement", bound=Any)
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class KnownAt:
    """What was known at an instant. The journal is read once for each table, when a statement asks for it.

    `only` names tables, where a statement shall see those as they were and all others as they are.
    """

    session: Session
    at: datetime
    tables: MetaData = Base.metadata
    only: frozenset[str] = frozenset()
    _made: dict[str, Subquery] = field(default_factory=dict)

    def see(self, statement: Statement) -> Statement:
        """The statement over what was known, for this session within this transaction."""
        if self._first_since is None:
            return statement
        seen: Statement = replacement_traverse(statement, {}, self._instead)
        return seen

    def instead_of(self, table: FromClause) -> FromClause:
        """A table, or what was known of it where it holds recorded rows."""
        known = self._instead(table) if self._first_since is not None else None
        return table if known is None else known

    def _instead(self, element: Any, **_: Any) -> Any:
        if isinstance(element, Table):
            return self._table(element.name)
        if isinstance(element, Column) and isinstance(element.table, Table):
            table = self._table(element.table.name)
            return None if table is None else table.c[element.key]
        return None

    def _table(self, name: str) -> Subquery | None:
        table = self.tables.tables.get(name)
        if table is None or not is_recorded(table) or (self.only and name not in self.only):
            return None
        if name not in self._made:
            self._made[name] = self._known(table)
        return self._made[name]

    @cached_property
    def _first_since(self) -> int | None:
        """The lowest id of a change set that came later."""
        first: int | None = self.session.scalar(select(func.min(ChangeSet.id)).where(ChangeSet.at > self.at))
        return first

    @cached_property
    def _already(self) -> Sequence[int]:
        """Change sets that were known although one of a lower id was not: hosts do not agree to the millisecond."""
        already = select(ChangeSet.id).where(ChangeSet.id > self._first_since, ChangeSet.at <= self.at)
        return self.session.scalars(already).all()

    def _was_known(self, change_set_id: Any) -> ColumnElement[bool]:
        before: ColumnElement[bool] = change_set_id < literal(self._first_since, BigInteger)
        return or_(before, among(self.session, change_set_id, self._already)) if self._already else before

    def _known(self, table: Table) -> Subquery:
        entries = self._entries(table)
        touched = list(dict.fromkeys(entry.row_id for entry in entries))
        there = select(table).where(self._was_known(table.c.created_in), self._untouched(table, touched))
        rows = self._rebuilt(table, entries)
        return (there.union_all(given(self.session, table, rows)) if rows else there).subquery(table.name)

    def _entries(self, table: Table) -> Sequence[Any]:
        """What happened to rows since, the latest first, except that rows which came since were removed."""
        made_in = cast(JournalEntry.before["created_in"].as_string(), BigInteger)
        since = select(JournalEntry.row_id, JournalEntry.act, JournalEntry.before).where(
            JournalEntry.table_name == table.name,
            JournalEntry.change_set_id >= self._first_since,
            not_(self._was_known(JournalEntry.change_set_id)),
            or_(JournalEntry.act != "delete", self._was_known(made_in)),
        )
        return self.session.execute(since.order_by(JournalEntry.id.desc())).all()

    def _untouched(self, table: Table, touched: Sequence[int]) -> ColumnElement[bool]:
        if not touched:
            return true()
        if is_sqlite(self.session):
            return not_(among(self.session, table.c.id, touched))
        # An anti-join: through a long NOT IN, PostgreSQL may go for every row.
        ids = func.unnest(literal(touched, ARRAY(BigInteger))).table_valued("id").render_derived()
        return not_(exists(select(ids.c.id).where(ids.c.id == table.c.id)))

    def _rebuilt(self, table: Table, entries: Sequence[Any]) -> list[Row]:
        """The rows that were touched since, as they were; those that were not there fall away."""
        rows: dict[int, Row | None] = self._there(table, {entry.row_id for entry in entries})
        for entry in entries:
            rows[entry.row_id] = _before(table, rows.get(entry.row_id), entry.act, entry.before)
        known = [row for row in rows.values() if row is not None]
        for column in table.c:
            if (day := column.info.get(YEAR_OF)) is not None:
                fiscal = organization(self.session).fiscal
                for row in known:
                    row[column.key] = fiscal.year_of(row[day])
        return known

    def _there(self, table: Table, ids: set[int]) -> dict[int, Row | None]:
        """Those of the rows that are there now, and were."""
        if not ids:
            return {}
        now = select(table).where(among(self.session, table.c.id, ids), self._was_known(table.c.created_in))
        return {row.id: dict(row._mapping) for row in self.session.execute(now)}


def read_instant(typed: str, zone: str) -> datetime:
    """The instant that was typed, in the organization's zone where it names none; a day stands for its last moment.

    Raises Invalid.
    """
    try:
        read = datetime.fromisoformat(typed)
        last = read if len(typed) > len("2026-09-30") else read + timedelta(days=1, microseconds=-1)
        return (last if last.tzinfo else last.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        remedy = "Write a day like 2026-09-30, or an instant like 2026-09-30T14:00."
        raise Invalid("known at", typed[:40], "is neither a day nor an instant", remedy) from error


def seen(statement: Statement, known_at: KnownAt | None) -> Statement:
    """The statement over what was known at an instant; over all that is known, where there is none."""
    return statement if known_at is None else known_at.see(statement)


def _before(table: Table, row: Row | None, act: str, before: Row) -> Row | None:
    """A row as it was before an entry of the journal; none where it was not there."""
    if act == "delete":
        return dict(_usual(table)) | decoded_row(table, before)
    if row is None or act == "restore":
        return None
    return row | decoded_row(table, before)


def _usual(table: Table) -> Iterator[tuple[str, Any]]:
    """What columns hold that are younger than an image."""
    for column in table.c:
        default = column.default
        yield column.key, default.arg if isinstance(default, ScalarElementColumnDefault) else None
