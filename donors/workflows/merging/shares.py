"""Which rows of a merge of many concern some of those who were merged: a wrong pair can part while the others stay."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.undo_reach import CHANGED, Row
from donors.workflows.merging.decide import OWNERS

PEOPLE = frozenset({*OWNERS, "old_id"} - {"prospect_id"})
"""Columns that hold a constituent's id."""

HANG_ON = {"prospect_id": "prospect", "run_id": "level_effect_run"}
"""Columns of rows without one, and the table whose rows say whose they are."""


@dataclass(frozen=True)
class Outside:
    """What of a merge does not concern somebody: whole rows, and columns that say whose a row is."""

    rows: frozenset[Row]
    columns: Mapping[Row, frozenset[str]]


def merged_by(session: Session, change: ChangeSet) -> set[int]:
    """Everybody who was merged into another record by a change set, whether they have parted since or not."""
    removed = select(JournalEntry.row_id, JournalEntry.before).where(
        JournalEntry.change_set_id == change.id, JournalEntry.table_name == "constituent"
    )
    return {row_id for row_id, before in session.execute(removed) if "deleted_at" in before}


def outside(
    session: Session, change: ChangeSet, made: Iterable[Row], *, ids: Collection[int], still: Collection[int]
) -> Outside:
    """What of a merge of many does not concern these, who part: it stays.

    `made` are the rows that the merge made, `still` those whom it merged and who do not part now: a row that would
    point at one of them does not come back before they do.
    """
    before = _before(session, change)
    there = _there(session, {*before, *made})
    values = {row: [before.get(row, {}), there.get(row, {})] for row in {*before, *made}}
    others = merged_by(session, change) - set(ids)
    rows, columns = set[Row](), dict[Row, frozenset[str]]()
    for row, held in values.items():
        was, now = held
        theirs = frozenset(name for name in PEOPLE & was.keys() if was[name] in others)
        torn = not now and bool(_named(was) & set(still))
        if torn or not _people(row, held, values) & set(ids) or (theirs and theirs == was.keys()):
            rows.add(row)
        elif now and theirs:
            columns[row] = theirs
    return Outside(frozenset(rows), columns)


def _before(session: Session, change: ChangeSet) -> dict[Row, dict[str, Any]]:
    """What the merge kept of the rows that it changed or removed: the earliest values."""
    entries = select(JournalEntry.table_name, JournalEntry.row_id, JournalEntry.before).where(
        JournalEntry.change_set_id == change.id, JournalEntry.act.in_(CHANGED)
    )
    found: dict[Row, dict[str, Any]] = {}
    for table, row_id, before in session.execute(entries.order_by(JournalEntry.id.desc())):
        found.setdefault((table, row_id), {}).update(before)
    return found


def _there(session: Session, rows: Iterable[Row]) -> dict[Row, dict[str, Any]]:
    """What says whose rows are, as they are now."""
    ids: dict[str, list[int]] = defaultdict(list)
    for name, row_id in rows:
        ids[name].append(row_id)
    found: dict[Row, dict[str, Any]] = {}
    for name, some in ids.items():
        table = Base.metadata.tables[name]
        columns = [table.c[one] for one in (*PEOPLE, *HANG_ON) if one in table.c]
        for row in session.execute(select(table.c.id, *columns).where(among(session, table.c.id, some))):
            found[name, row.id] = dict(row._mapping)
    return found


def _people(row: Row, held: Iterable[Mapping[str, Any]], values: Mapping[Row, list[dict[str, Any]]]) -> set[int]:
    """Whose a row is or was; of one that hangs on another row, whose that one is or was."""
    if row[0] == "constituent":
        return {row[1]}
    found = {one for each in held for one in _named(each)}
    told = [(table, each[column]) for each in held for column, table in HANG_ON.items() if each.get(column) is not None]
    for other in told:
        found |= {one for kept in values.get(other, []) if other != row for one in _named(kept)}
    return found


def _named(held: Mapping[str, Any]) -> set[int]:
    return {held[name] for name in PEOPLE if held.get(name) is not None}
