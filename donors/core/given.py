"""Rows that come with a statement, all of them as one parameter: it reads them as if they stood in their table."""

import json
from collections.abc import Mapping, Sequence
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
    sent = json.dumps([{column.key: _sent(column, row[column.key], dialect) for column in table.c} for row in rows])
    if is_sqlite(session):
        each = func.json_each(literal(sent, Text)).table_valued("value").c.value
        return select(*(func.json_extract(each, f"$.{one.key}", type_=one.type).label(one.key) for one in table.c))
    typed = (Column(column.key, column.type) for column in table.c)
    records = func.jsonb_to_recordset(cast(literal(sent, Text), JSONB)).table_valued(*typed)
    return select(*records.render_derived(with_types=True).c)


def _sent(column: Column[Any], value: Any, dialect: Dialect) -> Any:
    """A value as JSON that the database reads as what it keeps."""
    if value is None or dialect.name != "sqlite":
        return day_number(value) if value is not None and isinstance(column.type, Day) else plain(value)
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    return value if write is None else write(value)
