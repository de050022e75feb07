"""Many rows into one table in few round trips."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from donors.core.db import Base, is_sqlite


def add_rows(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows, all with the same keys. Objects that the session holds do not learn of them.

    PostgreSQL's driver sends rows one by one unless something is returned; then hundreds share a statement.
    """
    if not rows:
        return
    table = cast(Table, model.__table__)
    statement = insert(table)
    if not is_sqlite(session):
        session.execute(statement.returning(next(iter(table.primary_key))), list(rows)).all()
    else:
        session.execute(statement, list(rows))
