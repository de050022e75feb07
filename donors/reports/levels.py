"""The level report: people and money by level on any day, and who moved since another. Recomputed from the facts.

Money is the track's measure; the lifetime figure stands beside it. The bands are those of now, on both days. Counts
hold what the viewer may see, as the lists behind them do.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.pipeline.models import Assignment, Move
from donors.plans.models import RunningPlan
from donors.reports.answers import Memory, answered
from donors.reports.cover import COVERS, covered
from donors.reports.stands import UNITS, Question, as_known, cause, hanging_on, pairs
from donors.rollups.queries import definition

CAUSES = {
    "gift": "New or larger gift",
    "hours": "Hours worked",
    "move": "Moves made",
    "time": "Gift left the window",
    "household": "Household joined or parted",
    "correction": "Correction or refund",
}
"""What moved somebody → words for it, in the order of the table."""
WAYS = ("in", "up", "down", "out")


@dataclass
class Sums:
    """People and money on one level, or on all. Money is in minor units, hours in minutes, by the track's measure."""

    people: int = 0
    people_then: int = 0
    money: int = 0
    money_then: int = 0
    lifetime: int = 0
    middles: list[int] = field(default_factory=list)
    cover: Counter[str] = field(default_factory=Counter)

    @property
    def change(self) -> int:
        """How many more people than then."""
        return self.people - self.people_then

    @property
    def growth(self) -> float | None:
        """How much more money than then, as a share of it; none where there was none."""
        return (self.money - self.money_then) / self.money_then if self.money_then else None

    @property
    def median(self) -> int | None:
        """The figure in the middle; of two, the mean of both, rounded."""
        return (sum(self.middles) + 1) // len(self.middles) if self.middles else None

    def share(self, name: str) -> float:
        """The share of people who have a plan, an officer or a next move."""
        return self.cover[name] / self.people if self.people else 0.0


@dataclass(frozen=True)
class Line:
    """One level of the report. `rank` is its place from below, from 1."""

    band: Band
    rank: int
    sums: Sums


@dataclass(frozen=True)
class LevelReport:
    """The whole report. `lines` from the highest level down; `moves` counts people by (level then, level now), where
    none is no level; `causes` counts them by (cause, way)."""

    asked: Question
    unit: str
    units: str
    definition: str
    lines: tuple[Line, ...]
    total: Sums
    moves: dict[tuple[int | None, int | None], int]
    causes: dict[tuple[str, str], int]
    covers_known: bool

    @property
    def ladder(self) -> Ladder:
        """The track."""
        return self.asked.ladder

    def went(self, *ways: str) -> int:
        """How many went in one of these ways."""
        return sum(count for (_, way), count in self.causes.items() if way in ways)

    @property
    def stayed(self) -> int:
        """How many are on the level on which they were."""
        return sum(count for (then, now), count in self.moves.items() if then == now)


def level_report(session: Session, asked: Question, *, today: date, memory: Memory | None = None) -> LevelReport:
    """The report on a track for a day, compared with an earlier one.

    Plans, officers and next moves are looked at only when the day is today: their past is not asked for.
    """
    covers = asked.on == today
    rows = _rows(session, asked, memory, covers=covers)
    by_level = {band.id: Sums() for band in asked.ladder.bands}
    total = Sums()
    for row in rows:
        _add(by_level, total, row, covers=covers)
    ranked = [Line(band, rank, by_level[band.id]) for rank, band in enumerate(asked.ladder.bands, start=1)]
    positions = {band.id: band.position for band in asked.ladder.bands}
    return LevelReport(
        asked=asked,
        unit=UNITS[asked.ladder.target][0],
        units=UNITS[asked.ladder.target][1],
        definition=definition(session, asked.ladder.measure).sentence,
        lines=tuple(reversed(ranked)),
        total=total,
        moves=_moves(rows),
        causes=_causes(rows, positions),
        covers_known=covers,
    )


def _rows(session: Session, asked: Question, memory: Memory | None, *, covers: bool) -> list[Any]:
    """The cells as named rows. Cover hangs on plans, officers and moves, and on which moves the viewer may read."""
    statement = _cells(session, asked, covers=covers)
    about = {**asked.told, "cover": [asked.sees.user_id, asked.sees.role] if covers else None}
    also = (RunningPlan, Assignment, Move) if covers else ()
    kept = hanging_on(session, asked.ladder, memory)
    rows = answered(
        session, kept, "levels", about, lambda: session.execute(as_known(session, asked, statement)), also=also
    )
    names = [column.key for column in statement.selected_columns]
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def _cells(session: Session, asked: Question, *, covers: bool) -> Any:
    """People by (level then, level now, cause): counts, sums, and the figures that stand in the middle of a level."""
    found = pairs(session, asked)
    had = found.c.now_level.is_not(None)
    order = (found.c.now_figure, found.c.constituent_id)
    numbered = select(
        *found.c,
        cause(session, found.c, asked).label("cause"),
        func.row_number().over(partition_by=found.c.now_level, order_by=order).label("place"),
        func.count().over(partition_by=found.c.now_level).label("size"),
        func.row_number().over(partition_by=had, order_by=order).label("place_of_all"),
        func.count().over(partition_by=had).label("size_of_all"),
        *(covered(name, found.c.constituent_id, asked).label(name) for name in COVERS if covers),
    ).subquery("numbered")
    keys = (numbered.c.then_level, numbered.c.now_level, numbered.c.cause)
    return select(
        *keys,
        func.count().label("people"),
        *(_sum(numbered.c[name]).label(name) for name in ("then_figure", "now_figure", "lifetime")),
        *_middle(numbered, "place", "size", "middle"),
        *_middle(numbered, "place_of_all", "size_of_all", "middle_of_all"),
        *(func.sum(numbered.c[name]).label(name) for name in COVERS if covers),
    ).group_by(*keys)


def _sum(column: Any) -> Any:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def _middle(numbered: Any, place: str, size: str, name: str) -> tuple[Any, Any]:
    """The lower and the upper of the figures in the middle, which may be the same one; none in other cells."""
    at, of, figure = numbered.c[place], numbered.c[size], numbered.c.now_figure
    return (
        func.max(figure).filter(at == (of + 1) // 2).label(f"{name}_low"),
        func.max(figure).filter(at == (of + 2) // 2).label(f"{name}_high"),
    )


def _add(by_level: dict[int, Sums], total: Sums, row: Any, *, covers: bool) -> None:
    for sums in (by_level.get(row.then_level), total):
        if sums is not None and row.then_level is not None:
            sums.people_then += row.people
            sums.money_then += row.then_figure
    own = by_level.get(row.now_level)
    if own is None:
        return
    own.middles += [value for value in (row.middle_low, row.middle_high) if value is not None]
    total.middles += [value for value in (row.middle_of_all_low, row.middle_of_all_high) if value is not None]
    for sums in (own, total):
        sums.people += row.people
        sums.money += row.now_figure
        sums.lifetime += row.lifetime
        sums.cover.update({name: int(getattr(row, name) or 0) for name in COVERS if covers})


def _moves(rows: Iterable[Any]) -> dict[tuple[int | None, int | None], int]:
    moves: Counter[tuple[int | None, int | None]] = Counter()
    for row in rows:
        moves[row.then_level, row.now_level] += row.people
    return dict(moves)


def _causes(rows: Iterable[Any], positions: dict[int, int]) -> dict[tuple[str, str], int]:
    causes: Counter[tuple[str, str]] = Counter()
    for row in rows:
        way = way_of(positions.get(row.then_level), positions.get(row.now_level))
        if way != "stay":
            causes[row.cause, way] += row.people
    return dict(causes)


def way_of(then: int | None, now: int | None) -> str:
    """Which way a change of position goes: in, up, stay, down, out."""
    if then == now:
        return "stay"
    if then is None or now is None:
        return "in" if then is None else "out"
    return "up" if now > then else "down"
