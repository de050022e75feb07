"""Level movement: who went from which level to which between two days, and what moved them, in people and money.

Every unit that stood on a level on either day is in exactly one flow, with exactly one cause: flows add up to the
levels of both days. The rows are those of `stands`, so that the lists behind the numbers agree.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.whole_sum import WholeSum
from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.reports.answers import Memory, answered
from donors.reports.levels import CAUSES, way_of
from donors.reports.stands import UNITS, Question, as_known, cause, hanging_on, pairs
from donors.rollups.queries import definition

Ends = tuple[int | None, int | None]


@dataclass
class Moved:
    """How many, what they had then and what they have now, by the track's measure; and how many by each cause."""

    people: int
    then: int
    now: int
    causes: Counter[str]

    @property
    def change(self) -> int:
        """How much more they have now."""
        return self.now - self.then


@dataclass(frozen=True)
class Flow:
    """Those who went from one level (none: no level) to another, or stayed."""

    then: Band | None
    now: Band | None
    way: str
    moved: Moved


@dataclass(frozen=True)
class Movement:
    """The report. `flows`: the largest first, those who stayed last."""

    asked: Question
    unit: str
    units: str
    definition: str
    flows: tuple[Flow, ...]

    @property
    def ladder(self) -> Ladder:
        """The track."""
        return self.asked.ladder

    @property
    def counts(self) -> dict[Ends, int]:
        """How many by (level then, level now)."""
        return {(_id(flow.then), _id(flow.now)): flow.moved.people for flow in self.flows}

    def went(self, *ways: str) -> Moved:
        """All who went in one of these ways."""
        return _sum(flow.moved for flow in self.flows if flow.way in ways)

    def at_level(self, *, then: bool) -> Moved:
        """All who stood on any level on one of the days."""
        return _sum(flow.moved for flow in self.flows if (flow.then if then else flow.now) is not None)

    def stood(self, band: Band | None, *, then: bool) -> int:
        """How many stood on a level (none: on no level) on one of the days."""
        ends = ((flow.then if then else flow.now, flow.moved.people) for flow in self.flows)
        return sum(people for end, people in ends if end == band)

    def by_cause(self) -> dict[str, dict[str, int]]:
        """Cause → way → how many, in the order of `CAUSES`; those that moved nobody are left out."""
        found: dict[str, dict[str, int]] = {}
        for name in CAUSES:
            ways: Counter[str] = Counter()
            for flow in self.flows:
                if flow.way != "stay":
                    ways[flow.way] += flow.moved.causes[name]
            if ways.total():
                found[name] = dict(ways)
        return found


def movement(session: Session, asked: Question, *, memory: Memory | None = None) -> Movement:
    """Who moved on a track between the two days of the question."""
    kept = hanging_on(session, asked.ladder, memory)
    rows = answered(
        session, kept, "movement", asked.told, lambda: session.execute(as_known(session, asked, _cells(session, asked)))
    )
    flows: dict[Ends, Moved] = {}
    for then, now, why, people, before, after in rows:
        moved = flows.setdefault((then, now), Moved(0, 0, 0, Counter()))
        moved.people += people
        moved.then += before
        moved.now += after
        moved.causes[why] += people
    return Movement(
        asked,
        *UNITS[asked.ladder.target],
        definition(session, asked.ladder.measure).sentence,
        tuple(sorted((_flow(asked.ladder, ends, moved) for ends, moved in flows.items()), key=_order)),
    )


def _cells(session: Session, asked: Question) -> Any:
    found = pairs(session, asked)
    why = select(*found.c, cause(session, found.c, asked).label("cause")).subquery("why")
    keys = (why.c.then_level, why.c.now_level, why.c.cause)
    sums = (func.coalesce(WholeSum(why.c[name]), 0) for name in ("then_figure", "now_figure"))
    return select(*keys, func.count(), *sums).group_by(*keys)


def _flow(ladder: Ladder, ends: Ends, moved: Moved) -> Flow:
    then, now = (ladder.band(level) for level in ends)
    return Flow(then, now, way_of(then.position if then else None, now.position if now else None), moved)


def _order(flow: Flow) -> tuple[bool, int]:
    return flow.way == "stay", -flow.moved.people


def _id(band: Band | None) -> int | None:
    return band.id if band else None


def _sum(parts: Iterable[Moved]) -> Moved:
    total = Moved(0, 0, 0, Counter())
    for part in parts:
        total.people += part.people
        total.then += part.then
        total.now += part.now
        total.causes.update(part.causes)
    return total
