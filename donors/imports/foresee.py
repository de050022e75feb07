"""What a small file would do to levels: it is applied, looked at, and rolled back, all before anybody sees it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.imports import queries
from donors.imports.judge import Desk
from donors.imports.models import FileImport
from donors.imports.write import write
from donors.workflows.imports import refresh_some, stale, touched

SMALL = 500
"""Rows that are tried out within a check: about as long as it takes to apply them."""


def level_changes(session: Session, row: FileImport, desk: Desk, *, on: date, at: datetime) -> int:
    """How many of those who are here already would have another level. Nothing of it stays.

    Raises Conflict.
    """
    with session.begin_nested() as trial:
        change = open_change(session, f"import.{row.kind}", act=Act(row.uploaded_by, at, "import"))
        for number in range(row.parts):
            decided = {line: one.decision for line, one in queries.rows_of_part(session, row.id, number).items()}
            decisions = {line: one for line, one in decided.items() if one is not None}
            write(session, desk, queries.part_rows(session, row.id, number), decisions, within=change)
        task = stale(touched(session, change), of=queries.count_constituents(session), cause="import")
        after: int | None = 0
        while after is not None:
            after = refresh_some(session, task, after=after, within=change, on=on)
        found = queries.level_changes(session, change.id)
        trial.rollback()
    return found
