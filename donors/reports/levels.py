"""The level report: people and money by level on any day, recomputed from the facts, and who moved since another day.

Money is the track's measure; lifetime money stands beside it. Levels are those of the rules of now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.levels.decide import Band, rises
from donors.levels.ladders import Ladder
from donors.levels.queries import levels_as_of

LIFETIME = "lifetime_total"
NO_LEVEL = "No level"


@dataclass(frozen=True)
class Line:
    """One level on the day: people, the sum and the median of the measure, lifetime money; all in minor units.

    `people_before` and `money_before` are those of the other day. `level_id` is none for the sum of all levels.
    """

    level_id: int | None
    name: str
    people: int = 0
    money: int = 0
    lifetime: int = 0
    median: int | None = None
    people_before: int | None = None
    money_before: int | None = None

    @property
    def people_change(self) -> int | None:
        """How many more than on the other day."""
        return None if self.people_before is None else self.people - self.people_before

    @property
    def money_change(self) -> int | None:
        """How much more than on the other day."""
        return None if self.money_before is None else self.money - self.money_before


@dataclass(frozen=True)
class Flow:
    """How many went from one level (none: no level) to another between the two days."""

    old_id: int | None
    new_id: int | None
    people: int
    way: str


@dataclass(frozen=True)
class LevelReport:
    """The whole report. Lines from the highest level to the lowest; flows are empty without a second day."""

    ladder: Ladder
    as_of: date
    since: date | None
    lines: tuple[Line, ...]
    total: Line
    flows: tuple[Flow, ...]

    def moved(self, way: str) -> int:
        """How many moved up, down, in or out, or stayed the same."""
        return sum(flow.people for flow in self.flows if flow.way == way)

    def flow(self, old_id: int | None, new_id: int | None) -> int:
        """One cell of the movement matrix."""
        return sum(flow.people for flow in self.flows if (flow.old_id, flow.new_id) == (old_id, new_id))


def level_report(session: Session, ladder: Ladder, *, as_of: date, since: date | None = None) -> LevelReport:
    """The level report of a track."""
    now = _lines(session, ladder, as_of)
    before = _sums(session, ladder, since) if since is not None else {}
    lines = [
        Line(
            band.id,
            band.name,
            **now.get(band.id, {}),
            people_before=before.get(band.id, (0, 0))[0] if since else None,
            money_before=before.get(band.id, (0, 0))[1] if since else None,
        )
        for band in sorted(ladder.bands, key=lambda band: -band.position)
    ]
    flows = _flows(session, ladder, since, as_of) if since is not None else ()
    return LevelReport(ladder, as_of, since, tuple(lines), _total(lines, since), flows)


def _total(lines: Sequence[Line], since: date | None) -> Line:
    return Line(
        None,
        "All levels",
        people=sum(line.people for line in lines),
        money=sum(line.money for line in lines),
        lifetime=sum(line.lifetime for line in lines),
        people_before=sum(line.people_before or 0 for line in lines) if since else None,
        money_before=sum(line.money_before or 0 for line in lines) if since else None,
    )


def _lines(session: Session, ladder: Ladder, on: date) -> dict[int, dict[str, int]]:
    """People, money, lifetime and median of each level, in one pass over the day."""
    day = levels_as_of(session, ladder, on=on, also=[LIFETIME])
    order = func.row_number().over(partition_by=day.c.level_id, order_by=(day.c.figure, day.c.constituent_id))
    size = func.count().over(partition_by=day.c.level_id)
    placed = select(day, order.label("place"), size.label("size")).where(day.c.level_id.is_not(None)).subquery()
    middle = or_(placed.c.place == (placed.c.size + 1) // 2, placed.c.place == (placed.c.size + 2) // 2)
    found = session.execute(
        select(
            placed.c.level_id,
            func.count().label("people"),
            cast(func.sum(placed.c.figure), BigInteger).label("money"),
            cast(func.coalesce(func.sum(placed.c[f"also_{LIFETIME}"]), 0), BigInteger).label("lifetime"),
            func.min(placed.c.figure).filter(middle).label("low"),
            func.max(placed.c.figure).filter(middle).label("high"),
        ).group_by(placed.c.level_id)
    )
    return {
        row.level_id: {
            "people": row.people,
            "money": row.money,
            "lifetime": row.lifetime,
            "median": (row.low + row.high + 1) // 2,
        }
        for row in found
    }


def _sums(session: Session, ladder: Ladder, on: date) -> dict[int, tuple[int, int]]:
    """People and money of each level on a day."""
    day = levels_as_of(session, ladder, on=on)
    money = cast(func.sum(day.c.figure), BigInteger)
    found = select(day.c.level_id, func.count(), money).where(day.c.level_id.is_not(None)).group_by(day.c.level_id)
    return {level_id: (people, sums) for level_id, people, sums in session.execute(found)}


def _flows(session: Session, ladder: Ladder, since: date, as_of: date) -> tuple[Flow, ...]:
    moves, old, new = _moves(session, ladder, since, as_of)
    counted = moves.with_only_columns(old, new, func.count()).group_by(old, new)
    return tuple(
        Flow(old_id, new_id, people, way(ladder.band(old_id), ladder.band(new_id)))
        for old_id, new_id, people in session.execute(counted)
    )


def _moves(session: Session, ladder: Ladder, since: date, as_of: date) -> tuple[Select[Any], Any, Any]:
    """Everybody who had a level on either day, with both levels."""
    before = levels_as_of(session, ladder, on=since).alias("day_before")
    after = levels_as_of(session, ladder, on=as_of).alias("day_after")
    everybody = (
        select(Constituent.id)
        .outerjoin(before, before.c.constituent_id == Constituent.id)
        .outerjoin(after, after.c.constituent_id == Constituent.id)
        .where(or_(before.c.level_id.is_not(None), after.c.level_id.is_not(None)))
    )
    return everybody, before.c.level_id, after.c.level_id


def way(old: Band | None, new: Band | None) -> str:
    """Which way a change of level goes: up, down, in, out or same."""
    if old is None or new is None:
        return "out" if new is None else "in"
    if old.position == new.position:
        return "same"
    return "up" if rises(old, new) else "down"


@dataclass(frozen=True)
class Person:
    """Somebody behind a number of the report."""

    constituent_id: int
    name: str
    level_id: int | None
    figure: int | None
    lifetime: int | None
    old_level_id: int | None = None


@dataclass(frozen=True)
class People:
    """Which people: those on a level, or those of one cell of the matrix (then `since` is needed)."""

    as_of: date
    level_id: int | None
    since: date | None = None
    old_level_id: int | None = None


def people(
    session: Session, ladder: Ladder, wanted: People, *, sees: Sight, limit: int = 50, offset: int = 0
) -> tuple[int, list[Person]]:
    """How many there are behind a number, and one page of them, the largest figure first.

    The count is of all, as in the report; the page leaves out whom the viewer may not see.
    """
    day = levels_as_of(session, ladder, on=wanted.as_of, also=[LIFETIME]).alias("day_after")
    here = select(Constituent.id).outerjoin(day, day.c.constituent_id == Constituent.id)
    here = here.where(_is(day.c.level_id, wanted.level_id))
    if wanted.since is not None:
        before = levels_as_of(session, ladder, on=wanted.since).alias("day_before")
        here = here.outerjoin(before, before.c.constituent_id == Constituent.id)
        here = here.where(_is(before.c.level_id, wanted.old_level_id))
    count = session.scalar(select(func.count()).select_from(here.subquery())) or 0
    columns = (Constituent.id, Constituent.name, day.c.level_id, day.c.figure, day.c[f"also_{LIFETIME}"])
    table = Constituent.__table__
    seen = rows(sees, confidential=table.c.confidential, constituent_id=table.c.id)
    page = here.with_only_columns(*columns).where(seen)
    page = page.order_by(day.c.figure.desc().nulls_last(), Constituent.id).limit(limit).offset(offset)
    return count, [Person(*row[:5], old_level_id=wanted.old_level_id) for row in session.execute(page)]


def _is(column: Any, level_id: int | None) -> Any:
    return column.is_(None) if level_id is None else column == level_id


@dataclass(frozen=True)
class Month:
    """People by level at the end of a month, by level id."""

    on: date
    people: dict[int, int]


def by_month(session: Session, ladder: Ladder, *, as_of: date, months: int = 12) -> tuple[Month, ...]:
    """People by level at the ends of so many months up to the day, oldest first: what the picture shows."""
    ends = month_ends(as_of, months)
    return tuple(Month(on, {level: people for level, (people, _) in _sums(session, ladder, on).items()}) for on in ends)


def month_ends(on: date, months: int) -> tuple[date, ...]:
    """The day itself, and the last days of the months before it, oldest first."""
    ends: list[date] = [on]
    while len(ends) < months:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return tuple(reversed(ends))
