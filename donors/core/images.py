"""Before-images: a row's columns as plain JSON in the journal, made by SQL for many rows at once and read back by type.

Both ways of writing (`changes.remove` for one row, `image_of` for many) give the same form: dates and instants in ISO
form, days as dates, yes and no as booleans, JSON as it is.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    MetaData,
    Table,
    case,
    func,
    literal,
    literal_column,
    null,
)

from donors.core.db import EPOCH, Day, Instant, day_date


def is_recorded(table: Table) -> bool:
    """Whether the table's rows belong to change sets."""
    return "created_in" in table.c and "id" in table.c


@lru_cache(maxsize=8)
def recorded_tables(tables: MetaData) -> tuple[Table, ...]:
    """The tables whose rows belong to change sets, those that are pointed at before those that point."""
    return tuple(table for table in tables.sorted_tables if is_recorded(table))


def image_of(table: Table, *, sqlite: bool) -> ColumnElement[Any]:
    """The SQL expression for the whole row as one JSON object."""
    if sqlite:
        return func.json_object(*(part for column in table.c for part in (_name(column), _in_sqlite(column))))
    return func.jsonb_build_object(*(part for column in table.c for part in (_name(column), _in_postgresql(column))))


def _name(column: Column[Any]) -> ColumnElement[str]:
    return literal_column(f"'{column.key}'")


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    return literal_column(f'"{column.table.name}"."{column.name}"')


def _in_sqlite(column: Column[Any]) -> ColumnElement[Any]:
    kind = column.type
    if isinstance(kind, Day):
        return func.date(_raw(column) * 86400, "unixepoch")
    if isinstance(kind, Instant):
        return case((column.is_(None), null()), else_=func.replace(_raw(column), " ", "T") + literal("+00:00"))
    if isinstance(kind, Boolean):
        return case((column.is_(None), null()), (column, func.json("true")), else_=func.json("false"))
    return func.json(column) if isinstance(kind, JSON) else column


def _in_postgresql(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Day):
        return literal(EPOCH, Date) + _raw(column)
    return column


def decoded(column: Column[Any], value: Any) -> Any:
    """The Python value that an image holds for a column."""
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, Day) and isinstance(value, int):
        return day_date(value)
    if isinstance(kind, Day | Date):
        return date.fromisoformat(value)
    if isinstance(kind, Instant):
        read = datetime.fromisoformat(value)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return bool(value) if isinstance(kind, Boolean) else value


def decoded_row(table: Table, image: dict[str, Any]) -> dict[str, Any]:
    """An image's values by column name; columns that are no more fall away."""
    return {name: decoded(table.c[name], value) for name, value in image.items() if name in table.c}
