"""Small tables of rules that every act reads, as one text each.

What is made of such a text may be kept by its content: it cannot be stale, whoever has changed the rules meanwhile.
"""

import json
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from donors.core.db import is_sqlite

Rows = list[list[Any]]


class Packed:
    """A query of plain columns (numbers, texts, JSON) whose rows come as one JSON text, in no order."""

    def __init__(self, statement: Any) -> None:
        columns = statement.subquery().c
        self.sqlite = select(func.json_group_array(func.json_array(*columns))).scalar_subquery()
        self.postgresql = select(cast(func.json_agg(func.json_build_array(*columns)), Text)).scalar_subquery()


class Shelf:
    """Some packed queries that are read together, in one statement."""

    def __init__(self, *packed: Packed) -> None:
        self._sqlite = select(*(one.sqlite for one in packed))
        self._postgresql = select(*(one.postgresql for one in packed))

    def texts(self, session: Session) -> tuple[str, ...]:
        """The rows of each query at this moment."""
        found = session.execute(self._sqlite if is_sqlite(session) else self._postgresql).one()
        return tuple(text or "[]" for text in found)


def unpack(text: str) -> Rows:
    """The rows of a packed text, each a list in the order of the columns."""
    rows: Rows = json.loads(text)
    return rows
