"""Reading change sets: what was done, by whom, and which rows it wrote."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import MetaData, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.errors import NotFound
from donors.core.paging import Page, count_pages


@dataclass(frozen=True)
class Wrote:
    """How many rows of one table a change set inserted, changed (or erased) and removed."""

    table: str
    inserted: int = 0
    changed: int = 0
    removed: int = 0


def change_set(session: Session, change_set_id: int) -> ChangeSet:
    """One change set. Raises NotFound."""
    found = session.get(ChangeSet, change_set_id)
    if found is None:
        raise NotFound("change", change_set_id)
    return found


def change_sets(
    session: Session, *, number: int = 1, size: int = 50, by: int | None = None, kind: str = "", through: str = ""
) -> Page[ChangeSet]:
    """Change sets, the newest first, of one user, of kinds that begin with `kind`, or through one door."""
    wanted = select(ChangeSet)
    if by is not None:
        wanted = wanted.where(ChangeSet.by_id == by)
    if kind:
        wanted = wanted.where(ChangeSet.kind.startswith(kind, autoescape=True))
    if through:
        wanted = wanted.where(ChangeSet.through == through)
    return _page(session, wanted, number, size)


def wrote(session: Session, change_set_id: int, *, tables: MetaData = Base.metadata) -> tuple[Wrote, ...]:
    """What a change set wrote, by table."""
    counts = [
        select(literal(table.name).label("name"), func.count().label("rows")).where(table.c.created_in == change_set_id)
        for table in tables.sorted_tables
        if "created_in" in table.c
    ]
    inserted = {name: rows for name, rows in session.execute(union_all(*counts)) if rows}
    journal = (
        select(JournalEntry.table_name, JournalEntry.act, func.count())
        .where(JournalEntry.change_set_id == change_set_id)
        .group_by(JournalEntry.table_name, JournalEntry.act)
    )
    kept = {(name, act): rows for name, act, rows in session.execute(journal)}
    names = sorted(set(inserted) | {name for name, _ in kept})
    return tuple(
        Wrote(
            name,
            inserted.get(name, 0),
            kept.get((name, "update"), 0) + kept.get((name, "erase"), 0),
            kept.get((name, "delete"), 0),
        )
        for name in names
    )


def entries(session: Session, change_set_id: int, *, limit: int = 100) -> Sequence[JournalEntry]:
    """The first before-images of a change set."""
    wanted = select(JournalEntry).where(JournalEntry.change_set_id == change_set_id).order_by(JournalEntry.id)
    return session.scalars(wanted.limit(limit)).all()


def _page(session: Session, wanted: Select[ChangeSet], number: int, size: int) -> Page[ChangeSet]:
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    shown = min(max(number, 1), count_pages(total, size))
    rows = session.scalars(wanted.order_by(ChangeSet.id.desc()).limit(size).offset((shown - 1) * size)).all()
    return Page(tuple(rows), total, shown, size)
