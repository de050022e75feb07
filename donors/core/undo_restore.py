"""Rows that a change set changed or removed come back: many at a time, in few statements for each set of columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, JournalEntry, plain
from donors.core.images import decoded_row
from donors.core.undo_reach import CHANGED, Reach, tables_changed


@dataclass(frozen=True)
class Image:
    """The columns of a row as they were before a change set; whether it removed the row."""

    row_id: int
    removed: bool
    columns: dict[str, Any]


def restore_some(session: Session, reach: Reach, undoing: ChangeSet, limit: int) -> int:
    """Sets or brings back up to `limit` rows that are left and returns how many; those that cannot yet stay left."""
    done = 0
    for table in tables_changed(session, reach):
        ids = session.scalars(reach.left(table, undoing).limit(limit - done)).all()
        for images in _alike(_images(session, reach, table, ids)) if ids else ():
            done += _restored(session, undoing, table, images)
        if done >= limit:
            break
    return done


def _images(session: Session, reach: Reach, table: Table, ids: Sequence[int]) -> list[Image]:
    """What the rows were before the change set: of several before-images of a row the earliest counts.

    Columns that are spared are left out.
    """
    entries = session.execute(
        select(JournalEntry.row_id, JournalEntry.act, JournalEntry.before)
        .where(JournalEntry.change_set_id == reach.change_set_id, JournalEntry.act.in_(CHANGED))
        .where(JournalEntry.table_name == table.name, JournalEntry.row_id.in_(ids))
        .order_by(JournalEntry.row_id, JournalEntry.id.desc())
    )
    found: dict[int, Image] = {}
    for row_id, act, before in entries:
        image = found.setdefault(row_id, Image(row_id, act == "delete", {}))
        spared = reach.spared.columns.get((table.name, row_id), frozenset())
        image.columns.update({name: value for name, value in before.items() if name not in spared})
    return list(found.values())


def _alike(images: Iterable[Image]) -> list[list[Image]]:
    """The images in groups that one statement can restore: those with the same columns."""
    groups: dict[tuple[bool, frozenset[str]], list[Image]] = {}
    for image in images:
        groups.setdefault((image.removed, frozenset(image.columns)), []).append(image)
    return list(groups.values())


def _restored(session: Session, undoing: ChangeSet, table: Table, images: Sequence[Image]) -> int:
    """Restores all, or one by one those that can be when some stand in each other's way."""
    restore = bring_back if images[0].removed else _set_back
    try:
        with session.begin_nested():
            restore(session, undoing, table, images)
    except IntegrityError:  # what a row points at, or what took its place, comes later
        return sum(_restored(session, undoing, table, [image]) for image in images) if len(images) > 1 else 0
    return len(images)


def bring_back(session: Session, undoing: ChangeSet, table: Table, images: Sequence[Image]) -> None:
    """Makes removed rows anew from their images, under their ids and the next versions."""
    versions = _versions(session, table, [image.row_id for image in images])
    rows = [decoded_row(table, image.columns) | _next_version(table, versions[image.row_id]) for image in images]
    session.execute(insert(table), rows)
    _note(session, undoing, table, "restore", ({"row_id": row["id"], "version": row.get("version")} for row in rows))


def _versions(session: Session, table: Table, ids: Sequence[int]) -> dict[int, int | None]:
    """The latest version of rows that were removed, maybe more than once."""
    own = (JournalEntry.table_name == table.name, JournalEntry.row_id.in_(ids))
    latest = select(JournalEntry.row_id, func.max(JournalEntry.version)).where(*own).group_by(JournalEntry.row_id)
    return {row_id: version for row_id, version in session.execute(latest)}


def _set_back(session: Session, undoing: ChangeSet, table: Table, images: Sequence[Image]) -> None:
    there = select(table).where(table.c.id.in_([image.row_id for image in images]))
    current = {row.id: dict(row._mapping) for row in session.execute(there)}
    _note(session, undoing, table, "update", (_entry(image, current.get(image.row_id, {})) for image in images))
    rows = [
        decoded_row(table, image.columns)
        | _next_version(table, current[image.row_id].get("version"))
        | {"row": image.row_id}
        for image in images
        if image.row_id in current
    ]
    if rows:
        session.execute(update(table).where(table.c.id == bindparam("row")), rows)


def _entry(image: Image, held: dict[str, Any]) -> dict[str, Any]:
    before = {name: plain(held[name]) for name in image.columns if name in held}
    return {"row_id": image.row_id, "before": before, "version": held.get("version")}


def _next_version(table: Table, version: int | None) -> dict[str, Any]:
    return {"version": (version or 0) + 1} if "version" in table.c else {}


def _note(session: Session, undoing: ChangeSet, table: Table, act: str, entries: Iterable[dict[str, Any]]) -> None:
    same = {"change_set_id": undoing.id, "table_name": table.name, "act": act, "before": {}}
    session.execute(insert(JournalEntry), [same | entry for entry in entries])
