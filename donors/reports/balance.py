"""Portfolio balance: how work and money lie on officers: constituents against the limit, asks, stages, hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.pipeline.asks.models import OPEN as OPEN_ASKS
from donors.pipeline.asks.queries import stood_on as asks_on
from donors.pipeline.models import MADE, Assignment, Move, Prospect, Stage
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.portfolio import sizes
from donors.reports.whereabouts import stood_on

DAYS = 90
"""Days over which hours are summed up."""


@dataclass(frozen=True)
class BalanceLine:
    """An officer on a day: constituents in charge (any role), prospects by stage kind, open asks in minor units.

    `minutes` of moves in the last 90 days; `untold` of them tell no time."""

    officer_id: int
    officer: str
    size: int
    stages: Mapping[str, int] = field(default_factory=dict)
    asks: int = 0
    minutes: int = 0
    moves: int = 0
    untold: int = 0

    @property
    def prospects(self) -> int:
        """Prospects as primary officer."""
        return sum(self.stages.values())


def balance(session: Session, on: date, which: Which) -> list[BalanceLine]:
    """A line for each officer with a portfolio on a day, by name; in a fixed number of statements."""
    held = sizes(session, on=on)
    names = select(User.id, User.name).where(User.id.in_(held)).order_by(User.name, User.id)
    mix: dict[int, dict[str, int]] = {}
    counted = stood_on(on, which, Assignment.officer_id, Stage.kind, func.count(Prospect.id))
    for officer_id, kind, number in session.execute(counted.group_by(Assignment.officer_id, Stage.kind)):
        mix.setdefault(officer_id, {})[kind] = number
    asks, spent = _asks(session, on, which), _spent(session, on)
    return [
        BalanceLine(one, name, held[one], mix.get(one, {}), asks.get(one, 0), *spent.get(one, (0, 0, 0)))
        for one, name in session.execute(names)
    ]


def _asks(session: Session, on: date, which: Which) -> dict[int, int]:
    """Officer → open asks of the prospects in their charge."""
    stood = asks_on(on).subquery()
    summed: Any = (
        stood_on(on, which, Assignment.officer_id, func.sum(stood.c.amount))
        .join(stood, stood.c.prospect_id == Prospect.id)
        .where(stood.c.status.in_(OPEN_ASKS))
        .group_by(Assignment.officer_id)
    )
    return {one: int(total or 0) for one, total in session.execute(summed)}


def _spent(session: Session, on: date) -> dict[int, tuple[int, int, int]]:
    """Officer → minutes of their moves, how many moves, how many of them tell no time."""
    told = func.sum(case((Move.minutes.is_(None), 1), else_=0))
    made = (
        select(Move.officer_id, func.coalesce(func.sum(Move.minutes), 0), func.count(Move.id), told)
        .where(Move.state == MADE, Move.made_on <= on, Move.made_on > on - timedelta(days=DAYS))
        .group_by(Move.officer_id)
    )
    return {row[0]: (int(row[1]), row[2], int(row[3])) for row in session.execute(made) if row[0] is not None}
