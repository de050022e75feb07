"""Change sets and the journal: who wrote what, when, why, through what. Undo, known-at views and repeats stand on it.

An insert is its own record (`created_in`); an update or a delete leaves a before-image in the journal.
Nothing here listens to the ORM: each write names its change set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar, cast

from sqlalchemy import ForeignKey, Index, inspect, select, update
from sqlalchemy import insert as insert_into
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from donors.core.bulk import take_ids
from donors.core.db import Base, Editable, Id, Recorded
from donors.core.errors import AlreadyDone, Conflict

Through = Literal["web", "cli", "job", "api", "import", "demo", "setup"]
State = Literal["open", "done", "undoing", "undone", "rolled back", "final"]
FINAL: State = "final"
"""Of an act that cannot be undone."""
Row = TypeVar("Row", bound=Recorded)


class ChangeSet(Base):
    """All that one act wrote. `by_id` is a user's id (none: the program); `outcome` answers a repeated request."""

    __tablename__ = "change_set"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    kind: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(default="")
    through: Mapped[str]
    request_key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="done")
    outcome: Mapped[dict[str, Any] | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), index=True)


class JournalEntry(Base):
    """What a row was before an update or a delete. `before` maps column names to plain JSON values.

    An update keeps the columns that changed, a delete keeps them all; `erase` says that a row lost something for good,
    and keeps nothing. Never deleted, and never updated but by an erasure, which takes words out of images.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_change_set_id_table_name_row_id", "change_set_id", "table_name", "row_id"),
        Index("ix_journal_table_name_row_id", "table_name", "row_id"),
        Index("ix_journal_table_name_id", "table_name", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"))
    table_name: Mapped[str]
    row_id: Mapped[int]
    act: Mapped[str]
    version: Mapped[int | None]
    before: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """Who does something, when, through what, and under which key: the part of a change set that edges know."""

    by: int | None
    at: datetime
    through: Through
    request_key: str | None = None
    why: str = ""


def open_change(session: Session, kind: str, *, act: Act) -> ChangeSet:
    """Opens a change set for an act such as `gift.record`.

    Raises AlreadyDone, with the outcome of the first time, when the act's request key was used before, also at this
    very moment: what the transaction did until now stands.
    """
    if act.request_key is not None:
        _refuse_repeat(session, act.request_key)
    change = ChangeSet(
        kind=kind, by_id=act.by, at=act.at, why=act.why, through=act.through, request_key=act.request_key, state="done"
    )
    if act.request_key is None:
        session.add(change)
        session.flush()
        return change
    try:
        with session.begin_nested():  # two more statements, for acts that may meet their own repeat
            session.add(change)
    except IntegrityError:
        _refuse_repeat(session, act.request_key)
        raise
    return change


def _refuse_repeat(session: Session, request_key: str) -> None:
    earlier = session.scalar(select(ChangeSet).where(ChangeSet.request_key == request_key))
    if earlier is not None:
        raise AlreadyDone(earlier.id, earlier.outcome or {})


def insert(session: Session, row: Row, *, within: ChangeSet) -> Row:
    """Adds a new row to a change set and gives it its id."""
    row.created_in = within.id
    session.add(row)
    session.flush()
    return row


def insert_many(session: Session, rows: Sequence[Row], *, within: ChangeSet) -> None:
    """Adds new rows of a table to a change set, in two statements, and gives them rising ids."""
    ids = take_ids(session, cast(type[Base], type(rows[0])), len(rows)) if rows else []
    for row, row_id in zip(rows, ids, strict=True):
        row.id, row.created_in = row_id, within.id
    session.add_all(rows)
    session.flush()


def amend(
    session: Session, row: Recorded, *, within: ChangeSet, expect: int | None = None, **values: Any
) -> dict[str, Any]:
    """Changes columns of a row and leaves a before-image of those that differ; returns them with their old values.

    `expect` is the version that the change was based on. Raises Conflict when the row has moved on since.
    Nothing is written when no value differs.
    """
    before = _differing(row, values)
    if expect is not None and expect != getattr(row, "version", None):
        raise Conflict(label(row), {name: getattr(row, name) for name in values}, values)
    if not before:
        return {}
    session.add(_entry(row, act="update", before=before, within=within))
    for name in before:
        setattr(row, name, values[name])
    kind, row_id = type(row), row.id
    try:
        session.flush()
    except StaleDataError as error:
        session.rollback()
        now = session.get(kind, row_id, populate_existing=True)
        current = {} if now is None else {name: getattr(now, name) for name in values}
        raise Conflict(label(row), current, values) from error
    return before


def amend_many(session: Session, rows: Sequence[Recorded], *, within: ChangeSet, **values: Any) -> None:
    """Gives many rows of a table the same values as `amend` would one by one, in two statements.

    The caller has locked them. Nothing is written for rows that have these values already.
    """
    differing = {row.id: (row, _differing(row, values)) for row in rows}
    changing = [(row, before) for row, before in differing.values() if before]
    if not changing:
        return
    kind = type(rows[0])
    session.execute(insert_into(JournalEntry), [_image(row, "update", before, within) for row, before in changing])
    ids = [row.id for row, _before in changing]
    rises = {"version": kind.version + 1} if issubclass(kind, Editable) else {}
    statement = update(kind).where(kind.id.in_(ids)).values(**values, **rises)
    session.execute(statement, execution_options={"synchronize_session": False})
    for row, _before in changing:
        for name, value in values.items():
            set_committed_value(row, name, value)
        if isinstance(row, Editable):
            set_committed_value(row, "version", row.version + 1)


def _differing(row: Recorded, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns whose values are others than these, with what they hold now."""
    return {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}


def remove(session: Session, row: Recorded, *, within: ChangeSet) -> None:
    """Deletes a row and keeps all of it in the journal. Raises Conflict when the row has moved on since it was read."""
    before = {column.key: getattr(row, column.key) for column in inspect(type(row)).columns}
    session.add(_entry(row, act="delete", before=before, within=within))
    session.delete(row)
    try:
        session.flush()
    except StaleDataError as error:
        session.rollback()
        raise Conflict(label(row), {}, {}) from error


def label(row: Recorded) -> str:
    """The words for a kind of row, for messages: `gift split`."""
    return str(inspect(type(row)).local_table.name).replace("_", " ")


def plain(value: Any) -> Any:
    """A value as JSON can hold it: dates and instants in ISO form."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _entry(row: Recorded, *, act: str, before: dict[str, Any], within: ChangeSet) -> JournalEntry:
    return JournalEntry(**_image(row, act, before, within))


def _image(row: Recorded, act: str, before: dict[str, Any], within: ChangeSet) -> dict[str, Any]:
    return {
        "change_set_id": within.id,
        "table_name": inspect(type(row)).local_table.name,
        "row_id": row.id,
        "act": act,
        "version": getattr(row, "version", None),
        "before": {name: plain(value) for name, value in before.items()},
    }
