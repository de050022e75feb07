"""A whole database in one portable file: a zip of one JSON-lines member per table and a manifest.

The file is read from one snapshot, so it may be written while people work. It holds plain values (dates in ISO form,
binary in base64), so that what came from SQLite goes into PostgreSQL and the other way round. Tables are reflected,
not taken from models: an old file is loaded into the tables of its own revision and migrated from there.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    select,
    text,
)

from donors.core.errors import Invalid

FORMAT = 1
ROWS_AT_ONCE = 2000
REVISIONS = "alembic_version"


@dataclass(frozen=True)
class Manifest:
    """What a file holds: its format, the revision of its tables, when it was written (UTC, ISO), rows and digests by
    table, and the next ids, which are never used twice even when the newest rows are gone."""

    format: int
    revision: str
    written_at: str
    rows: dict[str, int]
    digests: dict[str, str]
    last_ids: dict[str, int]


def write_archive(connection: Connection, path: Path, *, at: datetime) -> Manifest:
    """Writes all tables, as this connection's transaction sees them, to a new file."""
    tables = reflected(connection)
    rows: dict[str, int] = {}
    digests: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for table in tables:
            with archive.open(member(table.name), "w", force_zip64=True) as sink:
                rows[table.name], digests[table.name] = _write_table(connection, table, sink)
        revision = str(connection.execute(text(f"SELECT version_num FROM {REVISIONS}")).scalar_one())  # noqa: S608 - a constant
        manifest = Manifest(FORMAT, revision, at.isoformat(), rows, digests, _last_ids(connection, tables))
        archive.writestr("manifest.json", json.dumps(asdict(manifest), indent=1))
    return manifest


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file. Raises Invalid when the file is no archive, or one of another format, or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = Manifest(**json.loads(archive.read("manifest.json")))
            for name, digest in manifest.digests.items():
                if _digest(archive, name) != digest:
                    raise Invalid("file", path.name, f"is damaged: table {name} is not as it was written")
    except (zipfile.BadZipFile, KeyError, TypeError, json.JSONDecodeError) as error:
        raise Invalid("file", path.name, "is not a backup", "Choose a file that `flask backup` wrote.") from error
    if manifest.format != FORMAT:
        raise Invalid("file", path.name, f"has format {manifest.format}, we read {FORMAT}", "Update Perennial first.")
    return manifest


def load_archive(connection: Connection, path: Path, manifest: Manifest) -> None:
    """Fills the empty tables of the manifest's revision. Raises Invalid when one of them has rows already."""
    tables = reflected(connection)
    for table in tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise Invalid("database", table.name, "is not empty", "Restore into a new database.")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    with zipfile.ZipFile(path) as archive:
        for table in tables:
            if table.name in manifest.rows:
                with archive.open(member(table.name)) as source:
                    _load_table(connection, table, source)
    _restore_ids(connection, tables, manifest.last_ids)


def reflected(connection: Connection) -> list[Table]:
    """The tables that the database has, parents first, without the list of migrations."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != REVISIONS]


def member(table_name: str) -> str:
    """Where a table lies in the file."""
    return f"tables/{table_name}.jsonl"


def _write_table(connection: Connection, table: Table, sink: IO[bytes]) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table).order_by(*table.primary_key))
    for row in result:
        line = json.dumps([_plain(value) for value in row], separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        sink.write(line)
        count += 1
    return count, digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _digest(archive: zipfile.ZipFile, table_name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(member(table_name)) as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _load_table(connection: Connection, table: Table, source: IO[bytes]) -> None:
    columns = list(table.columns)
    for column in columns:
        if isinstance(column.type, JSON):
            column.type.none_as_null = True
    readers = [_reader(column, connection.dialect.name) for column in columns]
    own_ties = [index for index, column in enumerate(columns) if _points_at(column, table)]
    late: list[dict[str, Any]] = []
    for lines in _batches(source):
        rows = [[read(value) for read, value in zip(readers, json.loads(line), strict=True)] for line in lines]
        late.extend(_hold_back(row, columns, own_ties) for row in rows if any(row[i] is not None for i in own_ties))
        connection.execute(table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])
    for held in late:
        key = held.pop("id")
        connection.execute(table.update().where(table.c.id == key).values(**held))


def _points_at(column: Column[Any], table: Table) -> bool:
    return any(key.column.table is table for key in column.foreign_keys)


def _hold_back(row: list[Any], columns: list[Column[Any]], own_ties: list[int]) -> dict[str, Any]:
    """Takes the ties of a row to its own table out of it, to be set when all rows are there."""
    held = {columns[i].name: row[i] for i in own_ties}
    for i in own_ties:
        row[i] = None
    return held | {column.name: value for column, value in zip(columns, row, strict=True) if column.name == "id"}


def _batches(source: IO[bytes]) -> Iterator[list[bytes]]:
    while lines := list(islice(source, ROWS_AT_ONCE)):
        yield lines


def _reader(column: Column[Any], dialect: str) -> Callable[[Any], Any]:
    if isinstance(column.type, DateTime):
        return lambda value: None if value is None else _instant(value, dialect)
    if isinstance(column.type, Date):
        return lambda value: None if value is None else date.fromisoformat(value)
    if isinstance(column.type, Boolean):
        return lambda value: None if value is None else bool(value)
    if isinstance(column.type, LargeBinary):
        return lambda value: None if value is None else base64.b64decode(value)
    return lambda value: value


def _instant(value: str, dialect: str) -> datetime:
    at = datetime.fromisoformat(value).astimezone(UTC)
    return at.replace(tzinfo=None) if dialect == "sqlite" else at


def _last_ids(connection: Connection, tables: list[Table]) -> dict[str, int]:
    if connection.dialect.name == "sqlite":
        return {name: seq for name, seq in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")}
    found = {}
    for table in tables:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id"))) if "id" in table.c else None
        if sequence is not None:
            last = text("SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename = :name")
            found[table.name] = connection.scalar(last, {"name": sequence}) or 0
    return found


def _restore_ids(connection: Connection, tables: list[Table], last_ids: dict[str, int]) -> None:
    for table in tables:
        last = last_ids.get(table.name, 0)
        if "id" not in table.c or not last:
            continue
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, last))
        else:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, last)))
