"""Runs migrations on the database of the current app, with SQLite's foreign keys held off until the end."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.types import BigInteger, Integer, TypeDecorator

KEPT_BY_HAND = ("search_index",)
"""Tables that models do not know, by the beginning of their names: made by hand in migrations, tested by hand."""


def engine() -> Engine:
    """The engine of the app in whose context we run."""
    found: Engine = current_app.extensions["migrate"].db.engine
    return found


def metadata() -> MetaData:
    """The tables of all parts."""
    found: MetaData = current_app.extensions["migrate"].db.metadata
    return found


def plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Writes our own column types as the plain ones beneath them."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        inner = item.impl_instance if hasattr(item, "impl_instance") else item.impl
        return "sa.DateTime(timezone=True)" if "DateTime" in type(inner).__name__ else "sa.Integer()"
    if isinstance(item, BigInteger) and "sqlite" in item._variant_mapping:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if type(item).__name__ == "JSON":
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Whether autogenerate looks at a table: not at those kept by hand."""
    return not (kind == "table" and name is not None and name.startswith(KEPT_BY_HAND))


def same_type(_context: Any, _inspected: Any, _metadata: Any, inspected_type: Any, _metadata_type: Any) -> bool | None:
    """On SQLite all integers are one type; elsewhere the default comparison decides."""
    if engine().dialect.name == "sqlite" and isinstance(inspected_type, Integer):
        return False
    return None


def run(connection: Connection) -> None:
    """Migrates in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        render_as_batch=True,
        render_item=plain_type,
        include_object=ours,
        compare_type=same_type,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"rows without their parent after migration: {broken[:5]}")


def main() -> None:
    """Migrates the app's database."""
    with engine().connect() as connection:
        raw = connection.connection.driver_connection
        if connection.dialect.name != "sqlite":
            run(connection)
            connection.commit()
            return
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            run(connection)
            connection.commit()
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys = ON")


main()
