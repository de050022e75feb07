"""The versions of a definition, out of its row and the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, JournalEntry
from donors.rollups.define import row_of
from donors.rollups.definition import Definition
from donors.rollups.models import RollupDefinition
from donors.rollups.queries import of_row
from donors.rollups.targets import Target

TABLE = RollupDefinition.__tablename__
UNTOLD = {"version", "created_in", "id"}


@dataclass(frozen=True)
class Version:
    """One edition of a definition: when, by whom and why it came, its columns, and which of them changed."""

    number: int
    at: datetime
    by_id: int | None
    change_set_id: int
    why: str
    columns: Mapping[str, Any]
    changed: tuple[str, ...]


def versions(session: Session, key: str) -> list[Version]:
    """All versions of the definition with this key, the newest first. Raises NotFound."""
    row = row_of(session, key)
    columns = {each.key: getattr(row, each.key) for each in inspect(RollupDefinition).column_attrs}
    found = []
    edits = (
        select(JournalEntry, ChangeSet)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == TABLE, JournalEntry.row_id == row.id)
        .order_by(JournalEntry.id.desc())
    )
    number = row.version
    for entry, change in session.execute(edits):
        changed = tuple(sorted(set(entry.before) - UNTOLD))
        found.append(_version(number, change, columns, changed))
        columns = {**columns, **entry.before}
        number -= 1
    first = session.get_one(ChangeSet, row.created_in)
    return [*found, _version(number, first, columns, ())]


def _version(number: int, change: ChangeSet, columns: Mapping[str, Any], changed: tuple[str, ...]) -> Version:
    return Version(number, change.at, change.by_id, change.id, change.why or "", dict(columns), changed)


def definitions_at(session: Session, at: datetime) -> tuple[Definition, ...]:
    """The definitions of constituents that are in use now, as they stood at an instant; a newer one as it was first."""
    rows = session.scalars(select(RollupDefinition).where(RollupDefinition.is_active)).all()
    undone: dict[int, dict[str, Any]] = {}
    later = (
        select(JournalEntry.row_id, JournalEntry.before)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == TABLE, JournalEntry.act == "update", ChangeSet.at > at)
        .order_by(JournalEntry.id.desc())
    )
    for row_id, before in session.execute(later):
        undone.setdefault(row_id, {}).update(before)
    found = (of_row(row, undone.get(row.id, {})) for row in sorted(rows, key=lambda row: row.position))
    return tuple(one for one in found if one.target.owner is Target.CONSTITUENT)
