"""Contact coverage: whom of a portfolio anybody has spoken with in the last months, and how."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.pipeline.models import MADE, Assignment, Move
from donors.pipeline.queries.sieve import running, seen

SPANS = (30, 90, 180)
NEVER = "never"
SILENT = "silent"
"""Kinds of people behind a number, beside the spans: never spoken with; not within the longest span."""


@dataclass(frozen=True)
class CoverageLine:
    """An officer's portfolio: those in charge as primary officer, spoken with within each of SPANS, never; and of the
    moves made with them in the longest span: all, substantive ones, visits."""

    officer_id: int
    officer: str
    size: int
    reached: tuple[int, ...]
    never: int
    moves: int = 0
    substantive: int = 0
    visits: int = 0

    def share(self, place: int) -> float:
        """The share of the portfolio that was spoken with in a span."""
        return self.reached[place] / self.size if self.size else 0.0

    @property
    def substantive_share(self) -> float | None:
        """Of the moves made, the share that were substantive; none without moves."""
        return self.substantive / self.moves if self.moves else None


@dataclass(frozen=True)
class CoveragePerson:
    """A constituent behind a number, with the day of the last substantive move, if any."""

    constituent_id: int
    name: str
    spoken_on: date | None


def coverage(session: Session, on: date, sees: Sight) -> list[CoverageLine]:
    """A line for each officer with a portfolio on a day, by name; in two statements."""
    spoken = _spoken(on)
    reached = [_sum(spoken.c.on > on - timedelta(days=days)) for days in SPANS]
    held = (
        select(User.id, User.name, func.count(Assignment.id), *reached, _sum(spoken.c.on.is_(None)))
        .join(Assignment, Assignment.officer_id == User.id)
        .join(Constituent, Constituent.id == Assignment.constituent_id)
        .outerjoin(spoken, spoken.c.constituent_id == Constituent.id)
        .where(Assignment.role == "primary", *running(on), *seen(sees))
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    made, found = _made(session, on, sees), []
    for officer_id, name, size, *counts in session.execute(held):
        *within, none = map(int, counts)
        found.append(CoverageLine(officer_id, name, size, tuple(within), none, *made.get(officer_id, ())))
    return found


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _made(session: Session, on: date, sees: Sight) -> dict[int, tuple[int, int, int]]:
    """Officer → moves of the longest span with their portfolio, whoever made them: all, substantive, visits."""
    moves = (
        select(
            Assignment.officer_id,
            func.count(Move.id),
            _sum(Move.is_substantive.expression),
            _sum(Move.method == "visit"),
        )
        .join(Constituent, Constituent.id == Assignment.constituent_id)
        .join(Move, Move.constituent_id == Constituent.id)
        .where(Assignment.role == "primary", *running(on), *seen(sees))
        .where(Move.state == MADE, ~Move.is_background)
        .where(Move.made_on <= on, Move.made_on > on - timedelta(days=SPANS[-1]))
        .group_by(Assignment.officer_id)
    )
    return {row[0]: (row[1], int(row[2]), int(row[3])) for row in session.execute(moves)}


@dataclass(frozen=True)
class Behind:
    """Which people: of an officer, `never`, `silent`, or one of SPANS as text (those spoken with in it); which part."""

    officer_id: int
    which: str
    limit: int = 50
    offset: int = 0


def coverage_people(session: Session, on: date, sees: Sight, behind: Behind) -> tuple[list[CoveragePerson], int]:
    """The people behind a number, the longest unspoken first, and how many there are."""
    spoken = _spoken(on)
    found = (
        select(Constituent.id, Constituent.name, spoken.c.on)
        .join(Assignment, Assignment.constituent_id == Constituent.id)
        .outerjoin(spoken, spoken.c.constituent_id == Constituent.id)
        .where(Assignment.officer_id == behind.officer_id, Assignment.role == "primary", *running(on), *seen(sees))
        .where(_bucket(spoken.c.on, behind.which, on))
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    ordered = found.order_by(spoken.c.on.is_not(None), spoken.c.on, Constituent.id)
    rows = session.execute(ordered.limit(behind.limit).offset(behind.offset))
    return [CoveragePerson(*row) for row in rows], total


def _bucket(day: ColumnElement[date], which: str, on: date) -> ColumnElement[bool]:
    if which == NEVER:
        return day.is_(None)
    if which == SILENT:
        return or_(day.is_(None), day <= on - timedelta(days=SPANS[-1]))
    return day > on - timedelta(days=int(which))


def _spoken(on: date) -> Subquery:
    """Constituent and day of the last substantive move."""
    return (
        select(Move.constituent_id, func.max(Move.made_on).label("on"))
        .where(Move.state == MADE, Move.is_substantive, Move.made_on <= on)
        .group_by(Move.constituent_id)
        .subquery()
    )
