"""Keeping exactly what was rehearsed: a rehearsal has a mark, and who keeps it finds the world as it was, or is told.

What counts is the outcome, person by person: acts of others in between are no matter where they change nothing in it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.core.packed import unpack
from donors.levels.rules import texts
from donors.levels.suppose import Supposed

MOST_KINDS = 6
READ = 10_000


@dataclass(frozen=True)
class Mark:
    """What a rehearsal stood on: day, newest change set, rules; and its outcome. The last two are digests."""

    on: date
    newest: int
    rules: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.on.isoformat()}.{self.newest}.{self.rules}.{self.outcome}"


def read_mark(text: str) -> Mark:
    """A mark as a form carries it. Raises Invalid."""
    day, newest, rules, outcome = [*text.split("."), "", "", "", ""][:4]
    try:
        return Mark(date.fromisoformat(day), int(newest), rules, outcome)
    except ValueError:
        raise Invalid("rehearsal", text, "cannot be read", "Rehearse again.") from None


def mark_of(session: Session, supposed: Iterable[Supposed], *, on: date) -> Mark:
    """The mark of a rehearsal on a day."""
    newest = session.scalar(select(func.max(ChangeSet.id))) or 0
    return Mark(on, newest, _digest(_rules(session)), _digest(_told(session, supposed)))


def _rules(session: Session) -> Iterable[str]:
    return (json.dumps(row) for text in texts(session) for row in sorted(unpack(text), key=json.dumps))


def _told(session: Session, supposed: Iterable[Supposed]) -> Iterable[str]:
    """Who would be where, of those who move or whose fall waits, in the order of their ids."""
    for one in supposed:
        table = one.table.c
        columns = (table.constituent_id, table.old_level, table.new_level, table.falls_on, table.falls_to)
        differing = table.old_level.is_distinct_from(table.new_level) | table.falls_on.is_not(None)
        rows = session.execute(select(*columns).where(differing).order_by(table.constituent_id))
        for row in rows.yield_per(READ):
            yield f"{one.after.id} {tuple(row)}"


def _digest(lines: Iterable[str]) -> str:
    found = hashlib.sha256()
    for line in lines:
        found.update(line.encode() + b"\n")
    return found.hexdigest()[:16]


@dataclass(frozen=True)
class Since:
    """What has happened since a rehearsal: whether the rules are others, another day has come, and acts by their kind.

    `more` counts acts of kinds that are not named.
    """

    rules: bool
    day: bool
    acts: tuple[tuple[str, int], ...]
    more: int


def since(session: Session, then: Mark, now: Mark) -> Since:
    """What lies between two rehearsals."""
    newer = select(ChangeSet.kind, func.count()).where(ChangeSet.id > then.newest).group_by(ChangeSet.kind)
    kinds = [(kind, count) for kind, count in session.execute(newer.order_by(func.count().desc(), ChangeSet.kind))]
    more = sum(count for _, count in kinds[MOST_KINDS:])
    return Since(then.rules != now.rules, then.on != now.on, tuple(kinds[:MOST_KINDS]), more)
