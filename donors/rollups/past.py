"""Figures of everybody as of a day, as they are known or were known, in a table beside the stored ones.

The whole is read from one snapshot, part by part, so that nothing that happens meanwhile is half in it; each part is
written in a transaction of its own. Nobody waits for it but other writers, and those for one part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from donors.core.bulk import load
from donors.core.claims import changed
from donors.core.db import is_sqlite
from donors.core.known import KnownAt, seen
from donors.rollups.compile import figures
from donors.rollups.extent import Extent, Form, Scope
from donors.rollups.models import past_value, slot_column
from donors.rollups.pools import day_binds
from donors.rollups.queries import wanted_on
from donors.rollups.refresh import CHUNK, parts

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """The next constituents, up to the id `high`, and the rows of those who have figures."""

    high: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def past_parts(snapshot: Session, *, on: date, known_at: KnownAt | None = None, limit: int = CHUNK) -> Iterator[Part]:
    """All figures as the facts counted on a day, in order of id: to be kept by `keep_part`. Nothing is written."""
    asked = wanted_on(snapshot, on=on)
    columns = ("constituent_id", *(slot_column(one.slot) for one in asked.definitions), "as_of", "known_at")
    own = (on, None if known_at is None else known_at.at)
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal)
    extents = (Extent(form, Scope.RANGE, as_of=True, fresh=True) for form in (Form.SUMMED, Form.HOUSEHOLD))
    statements = [seen(figures(asked, extent), known_at) for extent in extents]
    if not is_sqlite(snapshot):
        snapshot.execute(text("SET LOCAL jit = off"))
    for low, high in parts(snapshot, limit=limit):
        found = (snapshot.execute(statement, binds | {"low": low, "high": high}) for statement in statements)
        yield Part(high, columns, tuple((*row, *own) for some in found for row in some))


def keep_part(session: Session, part: Part) -> None:
    """Writes the rows of a part; they are not there yet."""
    load(session, past_value, part.columns, part.rows)


def forget_some(session: Session, *, limit: int = CHUNK) -> int:
    """Deletes some rows of the former time and returns how many; 0 when none are left."""
    some = select(past_value.c.constituent_id).order_by(past_value.c.constituent_id).limit(limit).subquery()
    last = select(func.max(some.c.constituent_id)).scalar_subquery()
    return changed(session, delete(past_value).where(past_value.c.constituent_id <= last))
