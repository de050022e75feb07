"""Portfolio review: one officer's prospects on a day, each with what a talk about it needs, and what is to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.known import KnownAt, seen
from donors.pipeline.asks.models import OPEN as OPEN_ASKS
from donors.pipeline.asks.queries import stood_on as asks_on
from donors.pipeline.models import MADE, PLANNED, Move
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.board import levels_of
from donors.pipeline.queries.sieve import seen_moves
from donors.pipeline.queries.stages import stages
from donors.reports.whereabouts import Stood, last_spoken, whereabouts
from donors.research.models import Rating

OLD = 365
"""Days after which a strategy is to be thought over again."""
SILENT = 90
"""Days without a substantive contact that are marked."""


@dataclass(frozen=True)
class Ask:
    """The open ask of a prospect that is largest: minor units, day, claimed odds in per cent; and the sum of all."""

    amount: int | None
    on: date | None
    odds: int | None
    total: int


@dataclass(frozen=True)
class Planned:
    """The next move; `purpose` is empty where the viewer may not read it."""

    purpose: str
    due_on: date


@dataclass(frozen=True)
class ReviewLine:
    """A prospect in a review. `capacity` in minor units; `flags` what is to be talked about, each in words."""

    stood: Stood
    days: int
    level: str
    spoken_on: date | None
    planned: Planned | None
    ask: Ask | None
    capacity: int | None
    flags: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether it is past the days of its stage."""
        limit = self.stood.stage.expected_days
        return bool(limit) and self.days > (limit or 0)

    @property
    def size(self) -> int:
        """What a picture draws it by: its open asks, or else its capacity."""
        return (self.ask.total if self.ask else 0) or self.capacity or 0


@dataclass(frozen=True)
class Review:
    """The report: lines by stage, the longest in its stage first. `rungs` are the stages of the pipeline in order."""

    on: date
    rungs: tuple[str, ...]
    lines: tuple[ReviewLine, ...]

    @property
    def flagged(self) -> int:
        """Prospects with something to be talked about."""
        return sum(bool(line.flags) for line in self.lines)

    @property
    def asks(self) -> int:
        """The sum of open asks, in minor units."""
        return sum(line.ask.total for line in self.lines if line.ask)


def portfolio_review(session: Session, on: date, which: Which, known: KnownAt | None = None) -> Review:
    """The review of an officer's prospects in a pipeline on a day, in a fixed number of statements.

    `known`: next moves by what was recorded up to an instant, so that one that was dropped since is planned still.
    """
    found = whereabouts(session, on, which)
    ids = [each.prospect.constituent_id for each in found]
    prospects = [each.prospect.id for each in found]
    spoken, levels = last_spoken(session, ids, on), levels_of(session, ids)
    moves, asks = _planned(session, prospects, on, which, known), _asks(session, prospects, on)
    capacity = _capacity(session, ids, on)
    lines = []
    for each in found:
        one, who = each.prospect.id, each.prospect.constituent_id
        level = levels[who].name if who in levels else ""
        told = (spoken.get(who), moves.get(one), asks.get(one))
        lines.append(ReviewLine(each, each.days(on), level, *told, capacity.get(who), _flags(each, *told, on=on)))
    lines.sort(key=lambda line: (line.stood.stage.position, -line.days, line.stood.prospect.id))
    every = stages(session, which.pipeline_id) if which.pipeline_id is not None else []
    return Review(on, tuple(stage.name for stage in every), tuple(lines))


def _flags(each: Stood, spoken: date | None, planned: Planned | None, ask: Ask | None, *, on: date) -> tuple[str, ...]:
    prospect, told = each.prospect, []
    if each.over(on):
        told.append(f"{each.over(on)} days past the limit of the stage")
    if planned is None:
        told.append("no next move")
    elif planned.due_on < on:
        told.append("next move late")
    if spoken is None or (on - spoken).days > SILENT:
        told.append("never spoken with" if spoken is None else f"not spoken with for {(on - spoken).days} days")
    if ask is not None and ask.on is not None and ask.on < on:
        told.append("the day of the ask has passed")
    known = prospect.strategy_on is not None and prospect.strategy_on <= on
    if not known or (on - (prospect.strategy_on or on)).days > OLD:
        told.append("strategy is over a year old" if known else "no strategy")
    return tuple(told)


def _planned(session: Session, ids: Sequence[int], on: date, which: Which, known: KnownAt | None) -> dict[int, Planned]:
    """Prospect → its earliest move that was planned on the day: still planned, or made later."""
    ahead = or_(Move.state == PLANNED, (Move.state == MADE) & (Move.made_on > on))
    wanted = (
        select(Move.prospect_id, Move.purpose, Move.due_on, seen_moves(which.sees))
        .where(among(session, Move.prospect_id, ids), ahead, Move.due_on.is_not(None))
        .order_by(Move.due_on, Move.id)
    )
    found: dict[int, Planned] = {}
    for one, purpose, due_on, readable in session.execute(seen(wanted, known)):
        found.setdefault(one or 0, Planned(purpose if readable else "", due_on or on))
    return found


def _asks(session: Session, ids: Sequence[int], on: date) -> dict[int, Ask]:
    stood = asks_on(on).subquery().c
    wanted = select(stood.prospect_id, stood.amount, stood.ask_on, stood.odds).where(
        among(session, stood.prospect_id, ids), stood.status.in_(OPEN_ASKS)
    )
    found: dict[int, Ask] = {}
    for one, sum_, day, chance in session.execute(wanted):
        before = found.get(one)
        total = (before.total if before else 0) + (sum_ or 0)
        largest = before if before and (before.amount or 0) >= (sum_ or 0) else Ask(sum_, day, chance, 0)
        found[one] = Ask(largest.amount, largest.on, largest.odds, total)
    return found


def _capacity(session: Session, ids: Sequence[int], on: date) -> dict[int, int]:
    rated = (
        select(Rating.constituent_id, Rating.amount)
        .where(among(session, Rating.constituent_id, ids), Rating.kind == "capacity", Rating.rated_on <= on)
        .where(Rating.amount.is_not(None))
        .order_by(Rating.rated_on, Rating.id)
    )
    return {one: amount for one, amount in session.execute(rated) if amount is not None}
