"""Pictures of all rows, to compare what an undo of a merge gives back and what it leaves alone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from donors.constituents.models import Alias
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base, is_sqlite
from donors.core.images import recorded_tables
from donors.workflows.merging.decide import OWNERS, unit_of
from donors.workflows.merging.rules import RULES, stays_behind
from donors.workflows.undone import ALONG

Row = tuple[str, int]
Picture = Mapping[Row, Mapping[str, Any]]
APART = {"version", "shared"}
DERIVED = {*ALONG, "constituent_alias"}
SETTLED = {("credit", "constituent_id"), ("move", "constituent_id"), ("task", "constituent_id")}
"""Columns that may follow what goes back; one primary address and names of households are settled as well."""


def picture(session: Session) -> Picture:
    """All recorded rows but those that follow from others: (table, id) → columns."""
    session.flush()
    connection = session.connection()
    found: dict[Row, dict[str, Any]] = {}
    for table in recorded_tables(Base.metadata):
        if table.name not in DERIVED:
            rows = connection.exec_driver_sql(f"SELECT * FROM {table.name}")
            names = {column.name for column in table.c} - APART
            found |= {(table.name, row.id): {name: row._mapping[name] for name in names} for row in rows}
    return found


def touched_since(session: Session, merge: int) -> Mapping[Row, Mapping[str, list[bool]]]:
    """Row → column → for each act since that set it, whether it was a later merge, or undid this or a later one."""
    later = (ChangeSet.kind == "constituent.merge", ChangeSet.id >= merge)
    merges = set(session.scalars(select(ChangeSet.id).where(*later)))
    undos = select(ChangeSet.id).where(ChangeSet.undoes_id.in_(merges))
    only_pass_on = merges | set(session.scalars(undos))
    found: dict[Row, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    entries = select(JournalEntry).where(JournalEntry.change_set_id > merge)
    for entry in session.scalars(entries):
        for name in entry.before or Base.metadata.tables[entry.table_name].c.keys():
            found[entry.table_name, entry.row_id][name].append(entry.change_set_id in only_pass_on)
    return found


def not_given_back(session: Session, before: Picture, now: Picture, merge: int, undo: int) -> Iterator[str]:
    """Fields that nobody has touched since the merge and that are not as they were before it."""
    aliases = session.execute(select(Alias.old_id, Alias.constituent_id))
    led = {old: living for old, living in aliases}
    touched = {row: dict(columns) for row, columns in touched_since(session, merge).items()}
    ours = select(JournalEntry).where(JournalEntry.change_set_id == merge)
    merged = {(one.table_name, one.row_id) for one in session.scalars(ours)}
    own = defaultdict[Row, set[str]](set)
    for one in session.scalars(select(JournalEntry).where(JournalEntry.change_set_id == undo)):
        own[one.table_name, one.row_id] |= set(one.before)
    for row, columns in before.items():
        set_since = touched.get(row, {})
        if row not in now:
            if not set_since or (row in merged and all(map(all, set_since.values()))):
                yield f"{row} is gone"
            continue
        others = {
            unit_of(row[0], name)
            for name, acts in set_since.items()
            if not (name in own[row] and len(acts) == 1) and not (name in OWNERS and row in merged and all(acts))
        }
        for name, value in columns.items():
            is_led = name in OWNERS and now[row][name] == led.get(value)
            is_kept = now[row][name] == value or is_led or name == "is_primary"
            if not is_kept and unit_of(row[0], name) not in others:
                yield f"{row} {name}: {value!r} is {now[row][name]!r}"


def disturbed(session: Session, before: Picture, now: Picture, merge: int) -> Iterator[str]:
    """Rows that the merge had not touched, and that its undo has changed or removed all the same."""
    ours = select(JournalEntry).where(JournalEntry.change_set_id == merge)
    merged = {(one.table_name, one.row_id) for one in session.scalars(ours)}
    handed = set(_passed_on(session, merge))
    for row, columns in before.items():
        if row in merged or columns["created_in"] == merge or row[0] == "constituent":
            continue
        if row not in now:
            yield f"{row} is gone"
            continue
        for name, value in columns.items():
            may_follow = name == "is_primary" or (row[0], name) in SETTLED or (row in handed and name in OWNERS)
            if now[row][name] != value and not may_follow:
                yield f"{row} {name}: {value!r} is {now[row][name]!r}"


def _passed_on(session: Session, merge: int) -> Iterator[Row]:
    """What undos since had brought back, and given to whom it was by then."""
    undos = select(ChangeSet.id).where(ChangeSet.kind == "undo", ChangeSet.id > merge)
    entries = select(JournalEntry).where(JournalEntry.change_set_id.in_(undos), JournalEntry.act == "update")
    for one in session.scalars(entries):
        if OWNERS & one.before.keys():
            yield one.table_name, one.row_id


def orphans(session: Session) -> Iterator[str]:
    """Rows that point at nobody, or at somebody who is another record now."""
    gone = select(Base.metadata.tables["constituent_alias"].c.old_id)
    for (name, column), rule in RULES.items():
        table = Base.metadata.tables[name]
        if rule is not stays_behind and name != "start_run":
            for row in session.execute(select(table).where(table.c[column].in_(gone))):
                yield f"{name} {row} belongs to a record that was merged away"
    if is_sqlite(session):
        yield from (f"{row} points at nothing" for row in session.execute(text("PRAGMA foreign_key_check")))
