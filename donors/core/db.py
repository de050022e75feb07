"""The database: declarative base, column types, engine hooks, and the one place that commits.

Domain code is handed a plain `Session`; only this module knows Flask-SQLAlchemy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, cast

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    event,
    orm,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from donors.core.folding import fold_or_none

Session = orm.Session
"""The type of a session, for parts that may not name SQLAlchemy: pages, api, commands."""

EPOCH = date(1970, 1, 1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A date kept as the number of days since 1970-01-01, so that SQL can subtract and pack it."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        return None if value is None else day_number(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        return None if value is None else day_date(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self if isinstance(value, date) else Integer()


def day_number(on: date) -> int:
    """Days since 1970-01-01."""
    return (on - EPOCH).days


def day_date(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=number)


BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")
Id = Annotated[int, mapped_column(BigId, primary_key=True, sort_order=-1)]
Minor = Annotated[int, mapped_column(BigInteger)]
"""Minor units of a currency."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base of all tables."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={int: BigId, str: Text, date: Date, datetime: Instant(), dict[str, Any]: Json},
    )


class Recorded:
    """A row that belongs to the change set that created it. Ids rise with creation and are never used again."""

    __table_args__: Any = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        own = cls.__dict__.get("__table_args__", ())
        if "__tablename__" in cls.__dict__:
            cls.__table_args__ = (*own, {"sqlite_autoincrement": True})
        super().__init_subclass__(**kwargs)

    id: Mapped[Id]

    @declared_attr
    @classmethod
    def created_in(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("change_set.id"), index=True, sort_order=90)


class Editable(Recorded):
    """A recorded row that people edit: `version` rises by one with each change and is compared before it is written."""

    version: Mapped[int] = mapped_column(default=1, sort_order=91)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class HouseSession(BoundSession):
    """A session that can be told to read only: `session.info["reading"] = True` before its first statement."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if not self.info.get("reading") or not isinstance(bind, Engine):
            return bind
        return cast(Engine, self.info.setdefault("reading_engine", bind.execution_options(reading=True)))


_db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": HouseSession})


def init_db(app: Flask, *, migrations: str) -> None:
    """Binds the database of `app.config["SQLALCHEMY_DATABASE_URI"]`, hooks its engine, names the migrations' folder."""
    _db.init_app(app)
    Migrate(app, _db, directory=migrations)
    with app.app_context():
        hook_engine(_db.engine)


def hook_engine(engine: Engine) -> None:
    """Gives SQLite our own BEGIN (IMMEDIATE for writers) and safe pragmas; gives PostgreSQL read-only reading."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "busy_timeout = 15000",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -65536",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("fold", 1, fold_or_none, deterministic=True)


def _begin_sqlite(connection: Connection) -> None:
    reading = bool(connection.get_execution_options().get("reading"))
    if connection.info.get("query_only") is not reading:  # setting it expires every prepared statement
        connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
        connection.info["query_only"] = reading
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("reading"):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def current_session() -> Session:
    """The session of this request, job or command."""
    return cast(Session, _db.session())


def is_sqlite(session: Session) -> bool:
    """Whether the session speaks to SQLite (otherwise it is PostgreSQL)."""
    return session.get_bind().dialect.name == "sqlite"


def read_only() -> None:
    """Makes this request's session read only. Call it before the first statement."""
    _db.session().info["reading"] = True


def settle(*, keep: bool) -> None:
    """Ends a request: commits what was written, or rolls it back."""
    if keep:
        _db.session.commit()
    else:
        _db.session.rollback()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction for jobs and commands: commits at the end, rolls back on any error. Needs an app context."""
    _db.session.remove()
    session = current_session()
    try:
        if not is_sqlite(session):
            session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _db.session.remove()


@contextmanager
def separate_transaction() -> Iterator[Session]:
    """A short transaction of its own, for what must outlive a rollback (failed logins, job attempts).

    Call it only when the request's own session holds no write lock: before it begins or after it was settled.
    """
    with Session(_db.engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def own_transaction() -> Iterator[Session]:
    """As `transaction`, with a session that no other thread has: for work side by side. Needs an app context."""
    with Session(_db.engine) as session, session.begin():
        if not is_sqlite(session):
            session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session


@contextmanager
def separate_reading() -> Iterator[Session]:
    """A session of its own that reads and lets go, so that a request can look around before it takes the write lock."""
    with Session(_db.engine.execution_options(reading=True), expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """A long reading that sees the database as it is at its beginning, whatever is written meanwhile."""
    engine = _db.engine.execution_options(reading=True)
    if engine.dialect.name != "sqlite":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine) as session:
        if engine.dialect.name != "sqlite":
            session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session
