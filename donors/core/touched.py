"""What change sets have touched: the ids that a column holds or held in the rows that they made, changed or removed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Select, Table, cast, select

from donors.core.changes import JournalEntry


def held(table: Table, column: str, changes: Sequence[int]) -> tuple[Select[Any], ...]:
    """Selects of the ids that a column of a table holds now, and held before, in all rows that change sets touched.

    What is empty is not among them.
    """
    noted = (JournalEntry.change_set_id.in_(changes), JournalEntry.table_name == table.name)
    now, before = table.c[column], cast(JournalEntry.before[column].as_string(), BigInteger)
    return (
        select(now).where(table.c.created_in.in_(changes), now.is_not(None)),
        select(now).where(table.c.id.in_(select(JournalEntry.row_id).where(*noted)), now.is_not(None)),
        select(before).where(*noted, before.is_not(None)),
    )
