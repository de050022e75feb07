"""Undo of a change set: what it made goes, what it changed or removed comes back, and the undo is a change set itself.

Rows are deleted by SQL, many at a time, with their images in the journal; changed and removed rows come back many at
a time too. Big undos go in parts, each in a transaction of its caller, and go on after a kill: what is left is always
read from the database. An undo can be undone in its turn. Who says what is to be spared keeps what was built upon the
act since: `undo_since` tells what that is.

Tables without `created_in` hold derived values: where they point at a row that goes, the pointer is emptied or the row
goes too. Figures are not recomputed here; `touched` and `values_touched` tell workflows what to refresh.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, MetaData, Table, delete, func, insert, literal, null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.core.changes import FINAL, Act, ChangeSet, JournalEntry, open_change
from donors.core.db import Base, is_sqlite
from donors.core.errors import Blocked
from donors.core.images import image_of, is_recorded
from donors.core.undo_plan import plan_undo
from donors.core.undo_reach import NOTHING, Reach, Spared, pointers_at, reach_of, tables_changed, tables_made
from donors.core.undo_restore import restore_some

PART = 5000


@dataclass(frozen=True)
class Touched:
    """How many rows of a table an undo touched, and the lowest and highest id among them."""

    table: str
    rows: int
    lowest: int
    highest: int


def undo(
    session: Session,
    change_set: ChangeSet,
    *,
    act: Act,
    along: Collection[str] = (),
    spared: Spared | None = None,
    tables: MetaData = Base.metadata,
) -> ChangeSet:
    """Undoes a change set in this transaction and returns the undo. For small ones; big ones go in parts.

    Raises Blocked, with sentences, when something stands in the way or the change set is undone already. `spared` is
    left as it is: who gives it has looked at what stands in the way.
    """
    undoing = begin_undo(session, change_set, act=act, along=along, blocking=spared is None, tables=tables)
    reach = _reach(change_set, undoing, spared=spared or NOTHING, tables=tables)
    session.flush()
    while _undo_some(session, reach, undoing, PART):
        pass
    session.expire_all()
    _finish(session, reach, change_set, undoing)
    return undoing


def begin_undo(
    session: Session,
    change_set: ChangeSet,
    *,
    act: Act,
    along: Collection[str] = (),
    blocking: bool = True,
    tables: MetaData = Base.metadata,
) -> ChangeSet:
    """Opens the undo of a change set; `undo_part` then does the work. An undo that was begun before is taken up again.

    `along`: see `plan_undo`; it is kept with the undo. Raises Blocked as `undo` does; `blocking`: whether what was
    built upon the change set stands in the way.
    """
    session.refresh(change_set, with_for_update=True)
    if change_set.state in ("undone", FINAL):
        said = "It was undone already." if change_set.state == "undone" else "It was for good."
        raise Blocked("This cannot be undone", (said,))
    begun = undo_of(session, change_set)
    if change_set.state == "undoing" and begun is not None:
        return begun
    plan = plan_undo(session, change_set, along=along, tables=tables) if blocking else None
    if plan is not None and plan.obstacles:
        raise Blocked("This cannot be undone", plan.reasons)
    undoing = open_change(session, "undo", act=act)
    undoing.undoes_id = change_set.id
    undoing.state = "open"
    undoing.outcome = {"along": sorted(along)}
    change_set.state = "undoing"
    session.flush()
    return undoing


def undo_of(session: Session, change_set: ChangeSet) -> ChangeSet | None:
    """The latest undo of a change set, finished or not."""
    newest = select(ChangeSet).where(ChangeSet.undoes_id == change_set.id).order_by(ChangeSet.id.desc())
    return session.scalar(newest.limit(1))


def undo_part(
    session: Session,
    change_set: ChangeSet,
    *,
    within: ChangeSet,
    limit: int = PART,
    spared: Spared = NOTHING,
    tables: MetaData = Base.metadata,
) -> int:
    """Undoes up to `limit` rows more and returns how many; 0 means that it is done and both change sets say so.

    Commit after each part, and write nothing else under `within` before the 0: its journal is how far the undo came.
    Raises Blocked when rows are left that the database will not let go.
    """
    reach = _reach(change_set, within, spared=spared, tables=tables)
    session.flush()
    done = 0
    while done < limit and (step := _undo_some(session, reach, within, limit - done)):
        done += step
    session.expire_all()
    if not done:
        _finish(session, reach, change_set, within)
    return done


def _reach(change_set: ChangeSet, undoing: ChangeSet, *, spared: Spared, tables: MetaData) -> Reach:
    along = frozenset((undoing.outcome or {}).get("along", ()))
    return reach_of(change_set, tables=tables, along=along, spared=spared)


def _undo_some(session: Session, reach: Reach, undoing: ChangeSet, limit: int) -> int:
    return _delete_some(session, reach, undoing, limit) or restore_some(session, reach, undoing, limit)


def _finish(session: Session, reach: Reach, change_set: ChangeSet, undoing: ChangeSet) -> None:
    stuck = tuple(_stuck(session, reach, undoing))
    if stuck:
        raise Blocked("This cannot be undone to its end", stuck)
    change_set.state, undoing.state = "done" if reach.spared.partly else "undone", "done"
    if change_set.undoes_id is not None:
        session.get_one(ChangeSet, change_set.undoes_id).state = "done"
    session.flush()


def _stuck(session: Session, reach: Reach, undoing: ChangeSet) -> Iterator[str]:
    kept = [(table, select(table.c.id).where(reach.made(table))) for table in tables_made(session, reach)]
    left = [(table, reach.left(table, undoing)) for table in tables_changed(session, reach)]
    for table, ids in kept + left:
        row_id = session.scalar(ids.limit(1))
        if row_id is not None:
            yield f"{table.name.replace('_', ' ').capitalize()} {row_id} is held by other rows."


def _delete_some(session: Session, reach: Reach, undoing: ChangeSet, limit: int) -> int:
    done = 0
    for table in reversed(tables_made(session, reach)):
        made = select(table.c.id).where(reach.made(table))
        newest = made.order_by(table.c.id.desc()).limit(limit - done).subquery()
        lowest, rows = session.execute(select(func.min(newest.c.id), func.count()).select_from(newest)).one()
        if rows and _deleted(session, reach, undoing, table, lowest):
            done += int(rows)
        if done >= limit:
            break
    return done


def _deleted(session: Session, reach: Reach, undoing: ChangeSet, table: Table, lowest: int) -> bool:
    chosen = reach.made(table) & (table.c.id >= lowest)
    version = table.c.version if "version" in table.c else null()
    image = image_of(table, sqlite=is_sqlite(session))
    entry = select(literal(undoing.id), literal(table.name), table.c.id, literal("delete"), version, image)
    columns = ["change_set_id", "table_name", "row_id", "act", "version", "before"]
    try:
        with session.begin_nested():
            session.execute(insert(JournalEntry).from_select(columns, entry.where(chosen).order_by(table.c.id)))
            _let_go(session, reach, table, select(table.c.id).where(chosen))
            session.execute(delete(table).where(chosen), execution_options={"synchronize_session": False})
    except IntegrityError:  # rows that come back first may free these
        return False
    return True


def _let_go(session: Session, reach: Reach, table: Table, ids: Any) -> None:
    for pointer in pointers_at(table, reach.tables):
        if is_recorded(pointer.table):
            continue
        pointing = pointer.in_(ids)
        if pointer.nullable:
            session.execute(update(pointer.table).where(pointing).values({pointer: None}))
        else:
            session.execute(delete(pointer.table).where(pointing))


def touched(session: Session, undoing: ChangeSet) -> tuple[Touched, ...]:
    """The tables and the ranges of ids that an undo has touched so far."""
    found = (
        select(JournalEntry.table_name, func.count(), func.min(JournalEntry.row_id), func.max(JournalEntry.row_id))
        .where(JournalEntry.change_set_id == undoing.id)
        .group_by(JournalEntry.table_name)
        .order_by(JournalEntry.table_name)
    )
    return tuple(Touched(*row) for row in session.execute(found))


def values_touched(
    session: Session, undoing: ChangeSet, *, table: str, column: str, tables: MetaData = Base.metadata
) -> set[int]:
    """The ids that a column holds or held, before or since, in all rows of a table that an undo has touched so far.

    So `credit` with `constituent_id` gives everybody whose figures are stale.
    """
    ours, there = JournalEntry.table_name == table, tables.tables[table].c
    held = select(JournalEntry.before[column].as_string()).where(_of_both(undoing), ours).distinct()
    found = {int(value) for value in session.scalars(held) if value is not None}
    ids = select(JournalEntry.row_id).where(JournalEntry.change_set_id == undoing.id, ours)
    return found | {value for value in session.scalars(select(there[column]).where(there.id.in_(ids))) if value}


def tables_touched(session: Session, undoing: ChangeSet) -> set[str]:
    """The tables of which an undo, or the change set that it undoes, has written rows so far."""
    return set(session.scalars(select(JournalEntry.table_name).where(_of_both(undoing)).distinct()))


def _of_both(undoing: ChangeSet) -> ColumnElement[bool]:
    return JournalEntry.change_set_id.in_((undoing.id, undoing.undoes_id))
