"""What has become since of the rows that a change set wrote: for undos that keep what others did since. Reads only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, Table, func, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.images import decoded, is_recorded
from donors.core.undo_plan import amended_since, pointing_at
from donors.core.undo_reach import Reach, Row, in_force, pointers, pointers_at, reach_of, tables_changed, tables_made


@dataclass(frozen=True)
class Setting:
    """A column that a change set had set and others set again: its value before, after and now.

    `by` are the change sets that did, in their order; `among` are all columns of the row that the first one had set.
    """

    row: Row
    column: str
    before: Any
    after: Any
    now: Any
    by: tuple[int, ...]
    among: frozenset[str]


@dataclass(frozen=True)
class Since:
    """What others did since to the rows that it changed, and to those that it `made`.

    `gone` are rows that there is nothing to be done with: changed ones that are no more, removed ones that are there
    again. `removed_by` says which change set that stands has removed one of the first.

    `ties` are pairs of rows: one that it made, and one that it made or changed, at which the first points.
    """

    settings: tuple[Setting, ...]
    gone: frozenset[Row]
    removed_by: Mapping[Row, int]
    made: frozenset[Row]
    built_upon: frozenset[Row]
    ties: tuple[tuple[Row, Row], ...]


def since(
    session: Session, change_set: ChangeSet, *, along: Collection[str] = (), tables: MetaData = Base.metadata
) -> Since:
    """What became of all that a change set wrote. Rows of tables `along` count for nothing that is built upon it."""
    reach = reach_of(change_set, tables=tables, along=frozenset(along))
    settings: list[Setting] = []
    gone: set[Row] = set()
    removed_by: dict[Row, int] = {}
    for table in tables_changed(session, reach):
        histories = _histories(session, reach, table)
        settings += _settings(session, table, histories)
        missing = _gone(session, table, histories)
        gone |= missing | _there_again(session, reach, table)
        removed_by |= {row: by for row in missing if (by := histories[row[1]].removed_by) is not None}
    made = {table: ids for table in tables_made(session, reach) if (ids := _made(session, reach, table))}
    return Since(
        settings=tuple(settings),
        gone=frozenset(gone),
        removed_by=removed_by,
        made=frozenset((table.name, row_id) for table, ids in made.items() for row_id in ids),
        built_upon=frozenset(row for table in made for row in _built_upon(session, reach, table)),
        ties=tuple(tie for table in made for tie in _ties(session, reach, table)),
    )


@dataclass
class _History:
    """A row that the change set changed: its columns before and after, and by whom each was set since."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    setters: dict[str, list[int]] = field(default_factory=dict)
    removed: bool = False
    removed_by: int | None = None


def _histories(session: Session, reach: Reach, table: Table) -> dict[int, _History]:
    ours = (JournalEntry.change_set_id == reach.change_set_id, JournalEntry.table_name == table.name)
    changed = select(JournalEntry.row_id).where(*ours, JournalEntry.act == "update")
    first = select(func.min(JournalEntry.id)).where(*ours).scalar_subquery()
    told = (
        select(JournalEntry.row_id, JournalEntry.act, JournalEntry.before, ChangeSet.id, in_force())
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == table.name, JournalEntry.row_id.in_(changed), JournalEntry.id >= first)
    )
    found: dict[int, _History] = {}
    for row_id, act, before, by, stands in session.execute(told.order_by(JournalEntry.id)):
        history = found.setdefault(row_id, _History())
        if by == reach.change_set_id:
            history.before = before | history.before
            continue
        if act == "delete":
            history.removed, history.removed_by = True, by if stands else None
        for column in before.keys() & history.before.keys() if act == "update" else ():
            history.after.setdefault(column, before[column])
            if stands:
                history.setters.setdefault(column, []).append(by)
    return found


def _settings(session: Session, table: Table, histories: dict[int, _History]) -> Iterator[Setting]:
    ids = [row_id for row_id, history in histories.items() if history.setters]
    now = {row.id: row for row in session.execute(select(table).where(among(session, table.c.id, ids)))} if ids else {}
    for row_id, row in now.items():
        history = histories[row_id]
        for name, setters in history.setters.items():
            before, after = (decoded(table.c[name], held[name]) for held in (history.before, history.after))
            yield Setting(
                row=(table.name, row_id),
                column=name,
                before=before,
                after=after,
                now=getattr(row, name),
                by=tuple(setters),
                among=frozenset(history.before),
            )


def _gone(session: Session, table: Table, histories: dict[int, _History]) -> set[Row]:
    removed = {row_id for row_id, history in histories.items() if history.removed}
    there = set(session.scalars(select(table.c.id).where(among(session, table.c.id, removed)))) if removed else set()
    return {(table.name, row_id) for row_id in removed - there}


def _there_again(session: Session, reach: Reach, table: Table) -> set[Row]:
    removed = reach.entries(table, "delete")
    return {(table.name, row_id) for row_id in session.scalars(select(table.c.id).where(table.c.id.in_(removed)))}


def _made(session: Session, reach: Reach, table: Table) -> Sequence[int]:
    return session.scalars(select(table.c.id).where(reach.made(table))).all()


def _built_upon(session: Session, reach: Reach, table: Table) -> Iterator[Row]:
    for row_id, _ in session.execute(amended_since(reach, table, counts=in_force())):
        yield table.name, row_id
    for pointer in pointers_at(table, reach.tables):
        if is_recorded(pointer.table) and pointer.table.name not in reach.along:
            for _, target, _ in session.execute(pointing_at(reach, table, pointer)):
                yield table.name, target


def _ties(session: Session, reach: Reach, table: Table) -> Iterator[tuple[Row, Row]]:
    for pointer, target in pointers(table):
        theirs = target.table
        ours = reach.made(theirs) | theirs.c.id.in_(reach.entries(theirs, "update"))
        tied = select(table.c.id, pointer).where(reach.made(table), pointer.in_(select(theirs.c.id).where(ours)))
        for row_id, other_id in session.execute(tied):
            yield (table.name, row_id), (theirs.name, other_id)
