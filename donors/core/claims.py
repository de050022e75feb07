"""What claims and leases need of a database: its own clock, and inserts that give way to what is there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CursorResult, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donors.core.db import Base, is_sqlite


def database_now(session: Session) -> datetime:
    """The database's own time, aware, in UTC: hosts whose clocks differ agree on it. Moves within a transaction."""
    if is_sqlite(session):
        found = session.execute(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(found).replace(tzinfo=UTC)
    instant: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return instant.astimezone(UTC)


def insert_new(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Inserts the rows whose keys are not taken yet and returns how many those were."""
    if not rows:
        return 0
    into = sqlite.insert(model) if is_sqlite(session) else postgresql.insert(model)
    return changed(session, into.values(list(rows)).on_conflict_do_nothing())


def changed(session: Session, statement: Any) -> int:
    """Executes an insert, update or delete and returns the number of rows that it changed."""
    result = session.execute(statement, execution_options={"synchronize_session": False, "preserve_rowcount": True})
    return result.rowcount if isinstance(result, CursorResult) else 0
