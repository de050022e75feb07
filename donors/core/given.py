"""Rows that come with a statement, all of them as one parameter: it reads them as if they stood in their table."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Select, Table, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from donors.core.changes import plain
from donors.core.db import Day, day_number, is_sqlite


def given(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> Select[Any]:
    """A select of these rows with the columns of the table, typed as they are there."""
    dialect = session.connection().dialect
    writes = [(column.key, _write(column, dialect)) for column in table.c]
    sent = json.dumps(
        [{name: None if row[name] is None else write(row[name]) for name, write in writes} for row in rows]
    )
    if is_sqlite(session):
        each = func.json_each(literal(sent, Text)).table_valued("value").c.value
        return select(*(func.json_extract(each, f"$.{one.key}", type_=one.type).label(one.key) for one in table.c))
    typed = (Column(column.key, column.type) for column in table.c)
    records = func.jsonb_to_recordset(cast(literal(sent, Text), JSONB)).table_valued(*typed)
    return select(*records.render_derived(with_types=True).c)


def _write(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """How a value goes into JSON so that the database reads it as what it keeps."""
    if isinstance(column.type, Day):
        return day_number
    if dialect.name != "sqlite":
        return plain
    return column.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _written(value: Any, write: Callable[[Any], Any]) -> Any:
    return None if value is None else write(value)
