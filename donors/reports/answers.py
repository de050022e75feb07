"""Answers: what costs a pass over all gifts is found once, and kept until something that reports read has changed.

An answer is kept with a stamp of the data. The stamp is read before the answer is found, so that an answer may be
newer than its stamp, never older; one look at the newest rows and journal entries of the tables that reports read
tells whether it still holds.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, not_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donors.accounts.models import Grant
from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.changes import JournalEntry
from donors.core.claims import changed
from donors.core.db import Base, is_sqlite
from donors.core.settings import Setting
from donors.giving.models import Credit
from donors.levels.models import Level, Track
from donors.reports.models import Answer
from donors.rollups.models import Everybody, RollupDefinition
from donors.volunteering.models import Shift

READ: tuple[Any, ...] = (
    Credit,
    Shift,
    Constituent,
    HouseholdMembership,
    Grant,
    Setting,
    RollupDefinition,
    Track,
    Level,
)
"""The tables that kept answers are made from. A change of other tables leaves them as they are."""
LATE = 1_000
"""Among so many newest rows, one is noticed that was numbered before others and written after them."""

WRITERS = text(
    """
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    """
)
"""Whether anybody else has written to this database and not yet committed. PostgreSQL holds this lock from before a
row is numbered until the transaction ends; what goes on in other databases of the server does not count."""

Rows = Sequence[Sequence[Any]]
Write = Callable[[Session], None]


@dataclass(frozen=True)
class Memory:
    """Where answers are kept, and the tables that they are made from.

    `later` carries a writing out once the reading is over; `at` is the present instant.
    """

    later: Callable[[Write], None]
    at: datetime
    reads: Sequence[Any] = READ


def answered(
    session: Session,
    memory: Memory | None,
    name: str,
    asked: Mapping[str, Any],
    find: Callable[[], Any],
    *,
    also: Sequence[Any] = (),
) -> Rows:
    """The rows that `find()` returns (plain values only), or those that it returned when the data were the same.

    `also` are tables that it reads besides those of the memory.
    """
    if memory is None:
        return list(find())
    key = hashlib.sha256(json.dumps([name, dict(asked)], sort_keys=True).encode()).hexdigest()
    now = stamp(session, (*memory.reads, *also))
    kept = session.execute(select(Answer.rows).where(Answer.key == key, Answer.stamp == now)).scalar()
    if kept is not None:
        return list(kept["rows"])
    rows = [list(row) for row in find()]
    if is_settled(session):
        values = {"key": key, "stamp": now, "rows": {"rows": rows}, "made_at": memory.at}
        memory.later(lambda own: _keep(own, values))
    return rows


def stamp(session: Session, reads: Sequence[Any] = READ) -> str:
    """What tells one state of the data from another: the newest rows of each table, and its newest journal entry."""
    columns = [column for table in reads for column in (*_newest(table), _last_change(table))]
    found = session.execute(select(*columns)).one()
    return " ".join(str(value or 0) for value in found)


def _newest(table: type[Base]) -> tuple[Any, Any]:
    key = table.__table__.c.id
    newest = select(func.max(key)).scalar_subquery()
    late = select(func.count()).select_from(table.__table__).where(key > newest - LATE)
    return newest, late.scalar_subquery()


def _last_change(table: type[Base]) -> Any:
    entries = select(func.max(JournalEntry.id)).where(JournalEntry.table_name == table.__table__.name)  # type: ignore[attr-defined]  # a table
    return entries.scalar_subquery()


def is_settled(session: Session) -> bool:
    """Whether nobody is writing at this moment, and no fiscal years are being labelled anew."""
    alone = select(not_(exists(select(Everybody.id))))
    if not session.scalar(alone):
        return False
    if is_sqlite(session):
        return True  # one writer at a time: what is not committed is not numbered either
    return not session.scalar(WRITERS)


def _keep(session: Session, values: dict[str, Any]) -> None:
    into: Any = sqlite.insert(Answer) if is_sqlite(session) else postgresql.insert(Answer)
    newer = {name: values[name] for name in ("stamp", "rows", "made_at")}
    session.execute(into.values(values).on_conflict_do_update(index_elements=[Answer.key], set_=newer))


def forget(session: Session, *, before: datetime, limit: int) -> int:
    """Removes answers that were found before an instant, at most so many, and returns their number."""
    old = select(Answer.key).where(Answer.made_at < before).order_by(Answer.made_at).limit(limit)
    return changed(session, delete(Answer).where(Answer.key.in_(list(session.scalars(old)))))
