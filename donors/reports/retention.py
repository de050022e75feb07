"""Retention: of those who gave in a year, how many gave in the next; new and repeat givers apart, by cohort, by level.

Definitions. *Prior givers* gave in the year before; *retained* are those of them who gave in the year too; *rate* is
retained out of prior. Prior givers whose first year was the year before are *new*, the others *repeat*. *Money
retained* is what the retained gave in the year, as a share of what all prior givers gave the year before.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Integer, case, cast, func, literal, null, select
from sqlalchemy.orm import Session

from donors.core.interval import share, wilson
from donors.core.whole_sum import WholeSum
from donors.levels.as_of import levels_as_of
from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.reports.answers import Memory, answered
from donors.reports.givers import GiversQuestion, giving_by_year, years_of
from donors.reports.stands import hanging_on
from donors.reports.years import Year

LESS, SAME, MORE = -1, 0, 1


@dataclass(frozen=True)
class Cell:
    """Givers of one year, with the same first year and the same way against the year before.

    `way` is none for those who did not give the year before, else less, same or more. `before` is what they gave then.
    """

    place: int
    first: int
    way: int | None
    people: int
    money: int
    before: int


@dataclass
class Part:
    """Some of the prior givers: how many, how many were retained, and the money of both years."""

    prior: int = 0
    retained: int = 0
    prior_money: int = 0
    retained_money: int = 0

    def __add__(self, other: "Part") -> "Part":
        sums = ((getattr(self, name) + getattr(other, name)) for name in self.__dataclass_fields__)
        return Part(*sums)

    @property
    def rate(self) -> float | None:
        """Retained out of prior givers."""
        return share(self.retained, self.prior)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the rate."""
        return wilson(self.retained, self.prior)

    @property
    def money_rate(self) -> float | None:
        """What the retained gave, out of what all prior givers gave the year before."""
        return share(self.retained_money, self.prior_money)

    @property
    def lost(self) -> int:
        """Those who were not retained."""
        return self.prior - self.retained


@dataclass(frozen=True)
class Line:
    """One year against the year before; `givers` and `money` are those of the year itself."""

    year: Year
    before: Year
    new: Part
    repeat: Part
    givers: int
    money: int

    @property
    def all(self) -> Part:
        """New and repeat together."""
        return self.new + self.repeat


@dataclass(frozen=True)
class Cohort:
    """Those whose first year it was: how many gave in it and in each year after it, and what they gave."""

    first: Year
    people: tuple[int, ...]
    money: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many they are."""
        return self.people[0]

    def rate(self, after: int) -> float | None:
        """The share that gave so many years after the first."""
        return share(self.people[after], self.size)


@dataclass(frozen=True)
class Retention:
    """The report. `lines` and `cohorts` from the oldest year on; `unit` and `years` say what is counted in what."""

    asked: GiversQuestion
    years: tuple[Year, ...]
    lines: tuple[Line, ...]
    cohorts: tuple[Cohort, ...]

    @property
    def last(self) -> Line | None:
        """The last year that is over, or else the last one."""
        over = [line for line in self.lines if line.year.is_over] or self.lines
        return over[-1] if over else None

    def line(self, name: str) -> Line | None:
        """The line of a year by its name, or the last one that is over."""
        return next((line for line in self.lines if line.year.name == name), self.last)


def retention(session: Session, asked: GiversQuestion, *, memory: Memory | None = None) -> Retention:
    """The report on all years up to the day of the question."""
    known = years_of(session, asked)
    found = cells(session, asked, known, memory=memory)
    whole = [(one, two) for one, two in pairwise(known) if not one.all_before]
    lines = tuple(_line(found, before, year) for before, year in whole)
    cohorts = tuple(_cohort(found, year, known) for year in known if not year.all_before)
    return Retention(asked, known, lines, tuple(one for one in cohorts if one.size))


def cells(
    session: Session, asked: GiversQuestion, known: tuple[Year, ...], *, memory: Memory | None = None
) -> tuple[Cell, ...]:
    """All that retention, cohorts, gains and losses are added up from, in one pass over the gifts."""
    rows = answered(session, memory, "cells", asked.told, lambda: session.execute(_cells(asked, known)))
    return tuple(Cell(*row) for row in rows)


def _cells(asked: GiversQuestion, known: tuple[Year, ...]) -> Any:
    each = giving_by_year(asked, known)
    of_unit: Any = {"partition_by": each.c.unit_id, "order_by": each.c.place}
    seen = select(
        each.c.place,
        each.c.total,
        func.min(each.c.place).over(partition_by=each.c.unit_id).label("first"),
        func.lag(each.c.place).over(**of_unit).label("last_place"),
        func.lag(each.c.total).over(**of_unit).label("last_total"),
    ).subquery("seen")
    again = seen.c.last_place == seen.c.place - 1
    ways = ((seen.c.total > seen.c.last_total, literal(MORE)), (seen.c.total < seen.c.last_total, literal(LESS)))
    columns = (seen.c.place, seen.c.first, seen.c.total)
    told = select(
        *columns,
        case((again, case(*ways, else_=literal(SAME))), else_=cast(null(), Integer)).label("way"),
        case((again, seen.c.last_total), else_=literal(0)).label("before"),
    ).subquery("told")
    keys = (told.c.place, told.c.first, told.c.way)
    sums = (WholeSum(told.c[name]) for name in ("total", "before"))
    return select(*keys, func.count(), *sums).group_by(*keys)


def _line(found: Sequence[Cell], before: Year, year: Year) -> Line:
    new, repeat = Part(), Part()
    givers = money = 0
    for cell in found:
        part = new if cell.first == before.place else repeat
        if cell.place == before.place:
            part.prior += cell.people
            part.prior_money += cell.money
        elif cell.place == year.place:
            givers, money = givers + cell.people, money + cell.money
            if cell.way is not None:
                part.retained += cell.people
                part.retained_money += cell.money
    return Line(year, before, new, repeat, givers, money)


def _cohort(found: Iterable[Cell], first: Year, known: tuple[Year, ...]) -> Cohort:
    people: dict[int, int] = defaultdict(int)
    money: dict[int, int] = defaultdict(int)
    for cell in found:
        if cell.first == first.place:
            people[cell.place] += cell.people
            money[cell.place] += cell.money
    places = range(first.place, len(known))
    return Cohort(first, tuple(people[place] for place in places), tuple(money[place] for place in places))


@dataclass(frozen=True)
class LevelLine:
    """The prior givers who stood on one level (none: on no level) on the last day of the year before."""

    band: Band | None
    rank: int
    part: Part


def by_level(
    session: Session, asked: GiversQuestion, line: Line, ladder: Ladder, *, memory: Memory | None = None
) -> tuple[LevelLine, ...]:
    """Retention in one year by the level then, from the highest down, no level last; levels without givers are out."""
    known = years_of(session, asked)
    about = {**asked.told, "track": ladder.id, "rules": ladder.rule_version, "place": line.year.place}
    kept = hanging_on(session, ladder, memory)
    rows = answered(
        session, kept, "by level", about, lambda: session.execute(_by_level(session, asked, known, line, ladder))
    )
    parts = {level: Part(*numbers) for level, *numbers in rows}
    ranked = [LevelLine(band, rank, parts[band.id]) for rank, band in enumerate(ladder.bands, 1) if band.id in parts]
    none = [LevelLine(None, 0, parts[None])] if None in parts else []
    return (*reversed(ranked), *none)


def _by_level(session: Session, asked: GiversQuestion, known: tuple[Year, ...], line: Line, ladder: Ladder) -> Any:
    each = giving_by_year(asked, known)
    then, now = (
        func.max(each.c.total).filter(each.c.place == literal(place)) for place in (line.before.place, line.year.place)
    )
    two = (
        select(each.c.unit_id, then.label("then"), now.label("now"))
        .where(each.c.place.in_((line.before.place, line.year.place)))
        .group_by(each.c.unit_id)
        .subquery("two_years")
    )
    stood = levels_as_of(session, ladder, on=line.before.last)
    sums = (func.coalesce(WholeSum(two.c[name]), 0) for name in ("then", "now"))
    return (
        select(stood.c.level_id, func.count(), func.count(two.c.now), *sums)
        .select_from(two)
        .outerjoin(stood, stood.c.constituent_id == two.c.unit_id)
        .where(two.c.then.is_not(None))
        .group_by(stood.c.level_id)
    )
