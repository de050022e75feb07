"""Many rows at once, as fast as the database takes them: ids taken in blocks, values sent by the driver itself.

For imports and other big writes. The rules stand with the callers: nothing is checked here.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import repeat
from typing import Any, Protocol, cast

from sqlalchemy import ARRAY, BindParameter, Column, ColumnElement, Connection, Table, any_, bindparam, literal, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from donors.core.db import Base, is_sqlite

Values = Sequence[Any]
Write = Callable[[Any], Any]


class _Copying(Protocol):
    def copy(self, statement: str) -> AbstractContextManager[Any]: ...


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return cast(Table, model.__table__)


def take_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Ids for `count` new rows, rising, never to be given out again; the rows are written in this transaction."""
    table = table_of(model).name
    if count == 0:
        return []
    if not is_sqlite(session):
        numbers = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return sorted(session.scalars(numbers, {"name": table, "count": count}))
    # The write lock is ours until the end of the transaction, and explicit ids move the table's sequence on.
    last = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}) or 0
    return list(range(last + 1, last + count + 1))


def load(session: Session, model: type[Base] | Table, columns: Sequence[str], rows: Iterable[Values]) -> None:
    """Inserts rows given as sequences of values in the order of `columns`. Other columns take their plain defaults."""
    table, connection = model if isinstance(model, Table) else table_of(model), session.connection()
    constants = _constants(table, columns)
    names = [*columns, *constants]
    writes = [_write(table.c[name], connection.dialect) for name in names]
    ready = _bound(rows, writes, tuple(constants.values()))
    if is_sqlite(session):
        _send(connection, table, names, ready)
    else:
        _copy(connection, table, names, ready)


def among(session: Session, column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """The condition that a column holds one of many values, sent as one: cheaper by far than a list of them."""
    if is_sqlite(session):
        own: BindParameter[str] = bindparam(
            "among", json.dumps(list(values)), unique=True
        )  # there may be several in one statement
        sent = text("SELECT value FROM json_each(:among)").bindparams(own)
        return cast(ColumnElement[bool], column.in_(sent.columns(value=column.type)))
    return cast(ColumnElement[bool], column == any_(literal(list(values), ARRAY(column.type))))


def spelled(value: str) -> BindParameter[str]:
    """A value that stands in the statement itself: only so SQLite sees that a partial index holds what is asked for."""
    return literal(value, literal_execute=True)


def look_over(session: Session, *models: type[Base]) -> None:
    """Lets PostgreSQL count tables that have grown, or shrunk, by much: until then it plans as if they were small."""
    if not is_sqlite(session):
        prepare = session.connection().dialect.identifier_preparer
        session.execute(text(f"ANALYZE {', '.join(prepare.format_table(table_of(model)) for model in models)}"))


def _constants(table: Table, columns: Sequence[str]) -> dict[str, Any]:
    """Columns that were left out and have a plain default."""
    return {
        column.name: column.default.arg
        for column in table.c
        if column.name not in columns and isinstance(column.default, ScalarElementColumnDefault)
    }


def _write(column: Column[Any], dialect: Dialect) -> Write | None:
    """How a value of the column goes to the driver; None: as it is."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _bound(rows: Iterable[Values], writes: Sequence[Write | None], constants: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Rows as the driver takes them. Column by column: many values of a column are the same."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return []
    told = [_told(column, write) for column, write in zip(columns, writes, strict=False)]
    rest = writes[len(columns) :]
    same = [repeat(value if write is None else write(value)) for value, write in zip(constants, rest, strict=True)]
    return list(zip(*told, *same, strict=False))


def _told(column: Sequence[Any], write: Write | None) -> Sequence[Any]:
    if write is None:
        return column
    try:
        known = {value: write(value) for value in set(column)}
    except TypeError:  # JSON: nothing to compare by
        return [write(value) for value in column]
    return [known[value] for value in column]


def _send(connection: Connection, table: Table, names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {_target(connection, table, names)} VALUES ({marks})", rows)  # noqa: S608 - names of models


def _copy(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    cursor = cast(_Copying, connection.connection.cursor())
    statement, driver = f"COPY {_target(connection, table, names)} FROM STDIN", connection.dialect.loaded_dbapi
    try:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:  # the driver itself was spoken to: its errors take the form that they have elsewhere
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error


def _target(connection: Connection, table: Table, names: Sequence[str]) -> str:
    prepare = connection.dialect.identifier_preparer
    return f"{prepare.format_table(table)} ({', '.join(prepare.quote(name) for name in names)})"
