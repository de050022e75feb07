"""All that a database holds, to compare what it was before an act with what it is after its undo."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows of all tables, without the record of changes, versions and marks that only make figures faster."""
    session.flush()
    apart = {ChangeSet.__tablename__, JournalEntry.__tablename__, "dirty", "owner_mark"}
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in apart:
            columns = [one for one in table.c if one.name not in {"version", "shared"}]
            found[table.name] = sorted(str(tuple(row)) for row in session.execute(select(*columns)))
    return found
