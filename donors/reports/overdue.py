"""Overdue moves: planned and past their day, by how long, with how often they were put off and why the last time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.known import KnownAt, seen
from donors.core.paging import ALL, Part
from donors.pipeline.models import PLANNED, Move, Prospect, Stage
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.sieve import seen as seen_people
from donors.pipeline.queries.sieve import seen_moves

AGES = (("1 to 7", 7), ("8 to 30", 30), ("31 to 90", 90), ("more than 90", None))
"""Days late: words, and the most days of an age (none: no most)."""


@dataclass(frozen=True)
class OverdueQuestion:
    """As of a day, for a pipeline and an officer or all; of one age (its place in AGES) or of all (none)."""

    on: date
    which: Which
    age: int | None = None
    known: KnownAt | None = None


@dataclass(frozen=True)
class Overdue:
    """One planned move that is late. `put_off`: how often it was given another day, `why`: said the last time."""

    move_id: int
    constituent_id: int
    name: str
    purpose: str
    method: str
    officer: str | None
    stage: str | None
    due_on: date
    late: int
    put_off: int
    why: str


@dataclass(frozen=True)
class OverdueMoves:
    """The report: how many by age, how many are asked for, and a page of them, the longest first."""

    asked: OverdueQuestion
    by_age: tuple[int, ...]
    total: int
    rows: tuple[Overdue, ...]

    @property
    def all(self) -> int:
        """How many are late, whatever the age."""
        return sum(self.by_age)


def age_of(late: int) -> int:
    """The place in AGES of so many days late."""
    return next(place for place, (_, most) in enumerate(AGES) if most is None or late <= most)


def overdue_moves(session: Session, asked: OverdueQuestion, *, part: Part = ALL) -> OverdueMoves:
    """Makes the report. `part` may be sorted by name, move, officer, stage and due."""
    late = _late(asked)
    place = case(*((late.c.due_on >= asked.on - timedelta(days=most), n) for n, (_, most) in _closed()), else_=_last())
    counts: dict[int, int] = dict(iter(session.execute(seen(select(place, func.count()).group_by(place), asked.known))))
    by_age = tuple(counts.get(n, 0) for n in range(len(AGES)))
    page = select(late)
    if asked.age is not None:
        page = page.where(place == asked.age)
    own = {"name": late.c.sort_name, "move": func.lower(late.c.purpose)}
    keys = own | {"officer": late.c.officer, "stage": late.c.stage, "due": late.c.due_on}
    found = session.execute(seen(part.of(page, keys, late.c.due_on, late.c.move_id), asked.known)).all()
    told = _put_off(session, [row.move_id for row in found], asked.known)
    rows = tuple(_row(row, asked.on, told.get(row.move_id, (0, ""))) for row in found)
    return OverdueMoves(asked, by_age, sum(by_age) if asked.age is None else by_age[asked.age], rows)


def _closed() -> list[tuple[int, tuple[str, int]]]:
    return [(n, (words, most)) for n, (words, most) in enumerate(AGES) if most is not None]


def _last() -> int:
    return len(AGES) - 1


def _row(row: Any, on: date, told: tuple[int, str]) -> Overdue:
    named = (row.move_id, row.constituent_id, row.name, row.purpose, row.method, row.officer, row.stage)
    return Overdue(*named, row.due_on, (on - row.due_on).days, *told)


def _late(asked: OverdueQuestion) -> Any:
    sees = asked.which.sees
    conditions: list[ColumnElement[bool]] = [Move.state == PLANNED, Move.due_on < asked.on]
    if asked.which.officer_id is not None:
        conditions.append(Move.officer_id == asked.which.officer_id)
    if asked.which.pipeline_id is not None:
        conditions.append(Prospect.pipeline_id == asked.which.pipeline_id)
    statement = (
        select(
            Move.id.label("move_id"),
            Move.constituent_id,
            Constituent.name,
            Constituent.sort_name,
            Move.purpose,
            Move.method,
            User.name.label("officer"),
            Stage.name.label("stage"),
            Move.due_on,
        )
        .join(Constituent, Constituent.id == Move.constituent_id)
        .outerjoin(User, User.id == Move.officer_id)
        .outerjoin(Prospect, Prospect.id == Move.prospect_id)
        .outerjoin(Stage, Stage.id == Prospect.stage_id)
        .where(*conditions, *seen_people(sees), seen_moves(sees))
    )
    return statement.subquery("late")


def _put_off(session: Session, ids: Collection[int], known: KnownAt | None) -> dict[int, tuple[int, str]]:
    """Move → how often it was given another day, and why the last time. The journal keeps each day that it had."""
    entries = (
        select(JournalEntry.row_id, JournalEntry.before, ChangeSet.why)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(
            JournalEntry.table_name == "move", JournalEntry.act == "update", among(session, JournalEntry.row_id, ids)
        )
        .order_by(JournalEntry.id)
    )
    if known is not None:
        entries = entries.where(ChangeSet.at <= known.at)
    found: dict[int, tuple[int, str]] = {}
    for move_id, before, why in session.execute(entries):
        if "due_on" in before:
            found[move_id] = (found.get(move_id, (0, ""))[0] + 1, why)
    return found
