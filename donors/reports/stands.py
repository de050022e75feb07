"""Stands: who stands on a track on two days, each unit once, with figures and what moved it.

All that reports say of levels is made of these rows, so that sums, lists and pictures agree.
The unit is what the track is for. Where it is for all kinds, people who belong to a household on the day are counted
with it, so that no gift is counted twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent, HouseholdMembership
from donors.constituents.queries import is_visible
from donors.core.changes import ChangeSet
from donors.core.known import KnownAt, Statement
from donors.giving.models import Credit
from donors.levels.as_of import levels_as_of
from donors.levels.ladders import Ladder
from donors.levels.models import ALL, Ruling, Standing
from donors.levels.then import NOW
from donors.pipeline.models import Move
from donors.reports.answers import Memory
from donors.rollups.definition import Source
from donors.rollups.queries import definition
from donors.volunteering.models import Shift

UNITS = {
    "all": ("household or single", "households and singles"),
    "person": ("person", "people"),
    "household": ("household", "households"),
    "organization": ("organization", "organizations"),
}
"""Kind that a track is for → what is counted once, one and many. Singles live in no household, organizations too."""
CAME = {Source.SHIFTS: "hours", Source.MOVES: "move"}
"""What came in, where it was no gift."""
LIFETIME = {Source.SOFT: "soft_lifetime_total", Source.SHIFTS: "volunteer_minutes"}
"""What stands beside the measure as the figure of all time, where that is not `lifetime_total`."""
FACTS = frozenset({"credit", "gift", "gift_split", "shift", "move", "household_membership"})
"""What reports of levels see as it was known; people, levels and their rules are those of now."""


def lifetime_of(source: Source) -> str:
    """The key of the figure that says what somebody on a level is worth: gifts, unless soft credit or hours count."""
    return LIFETIME.get(source, "lifetime_total")


@dataclass(frozen=True)
class Question:
    """What a report of levels is asked: the track, the day, the earlier day to compare with, and who asks.

    `known`: by the facts that were known at that instant; none: by all that are known.
    `rules`: by those of now, or by those that were in force on each of the days (then `ladder` has the levels of both).
    `only`: of these constituents alone, for a page of a list.
    """

    ladder: Ladder
    on: date
    since: date
    sees: Sight
    known: datetime | None = None
    rules: str = NOW
    only: Sequence[int] | None = None

    @property
    def told(self) -> Mapping[str, Any]:
        """The question as plain values, for what is kept of answers."""
        sees = "everything" if self.sees.everything else self.sees.user_id
        days = {"on": self.on.isoformat(), "since": self.since.isoformat()}
        if self.known is not None:
            days["known"] = self.known.isoformat()
        return {"track": self.ladder.id, "rules": f"{self.rules} {self.ladder.rule_version}", "sees": sees, **days}


def as_known(session: Session, asked: Question, statement: Statement) -> Statement:
    """The statement of a report over the facts that its question is about. Who may see whom is as it is now."""
    return statement if asked.known is None else KnownAt(session, asked.known, only=FACTS).see(statement)


def is_plain(ladder: Ladder) -> bool:
    """Whether bands alone decide, so that the figures of a day tell the levels of that day."""
    return not (ladder.asks_more or ladder.holds_back or ladder.looks_at_the_day)


def hanging_on(session: Session, ladder: Ladder, memory: Memory | None) -> Memory | None:
    """The memory for answers about a track, with all that they hang on.

    Where bands alone do not decide, that is what was ruled by hand and who stood where. Criteria may ask for anything:
    then answers hold until the next change of whatever kind.
    """
    if memory is None:
        return None
    one = definition(session, ladder.measure)
    asks = ladder.asks_more or one.criteria or one.source not in (Source.HARD, Source.SOFT, Source.SHIFTS)
    more = (ChangeSet,) if asks else () if is_plain(ladder) else (Ruling, Standing)
    return replace(memory, reads=(*memory.reads, *more))


def stands(session: Session, asked: Question, on: date) -> Subquery:
    """Who has a level on a day, by the facts of that day and the rules of now, or of then.

    Columns: constituent_id, level_id, figure, lifetime.
    """
    lifetime = lifetime_of(definition(session, asked.ladder.measure).source)
    facts = levels_as_of(session, asked.ladder, on=on, also=(lifetime,), rules=asked.rules, only=asked.only)
    figures = (facts.c.level_id, facts.c.figure, facts.c[f"also_{lifetime}"].label("lifetime"))
    return (
        select(facts.c.constituent_id, *figures)
        .join(Constituent, Constituent.id == facts.c.constituent_id)
        .where(facts.c.level_id.is_not(None), is_visible(asked.sees), counted_once(asked.ladder, on))
        .subquery(f"stands_{on:%Y%m%d}")
    )


def counted_once(ladder: Ladder, on: date) -> ColumnElement[bool]:
    """The condition that keeps those apart who are counted with their household on a day."""
    if ladder.target != ALL:
        return literal(value=True)
    stay = HouseholdMembership.__table__.alias("stay")
    home = Constituent.__table__.alias("home")
    lives = and_(stay.c.constituent_id == Constituent.id, home.c.id == stay.c.household_id, home.c.deleted_at.is_(None))
    return ~select(stay.c.id).where(lives, _covers(stay.c, on)).exists()


def _covers(stay: Any, on: date) -> ColumnElement[bool]:
    return and_(or_(stay.from_on.is_(None), stay.from_on <= on), or_(stay.to_on.is_(None), stay.to_on > on))


def pairs(session: Session, asked: Question) -> Subquery:
    """Who has a level on either day: constituent_id, then_level, now_level, then_figure, now_figure, lifetime."""
    empty = cast(null(), BigInteger)
    before, after = stands(session, asked, asked.since).alias("before"), stands(session, asked, asked.on).alias("after")
    columns = ("then_level", "then_figure", "now_level", "now_figure", "lifetime")
    earlier = (before.c.level_id, before.c.figure, empty, empty, empty)
    later = (empty, empty, after.c.level_id, after.c.figure, after.c.lifetime)
    both = union_all(
        select(before.c.constituent_id, *(column.label(name) for column, name in zip(earlier, columns, strict=True))),
        select(after.c.constituent_id, *(column.label(name) for column, name in zip(later, columns, strict=True))),
    ).subquery("both_days")
    return (
        select(both.c.constituent_id, *(func.max(both.c[name]).label(name) for name in columns))
        .group_by(both.c.constituent_id)
        .subquery("pairs")
    )


def way(found: Any, ladder: Ladder) -> ColumnElement[str]:
    """Which way somebody went between the days: in, up, stay, down, out."""
    then, now = (_position(column, ladder) for column in (found.then_level, found.now_level))
    return case(
        (found.then_level.is_(None), literal("in")),
        (found.now_level.is_(None), literal("out")),
        (then < now, literal("up")),
        (then > now, literal("down")),
        else_=literal("stay"),
    )


def _position(column: Any, ladder: Ladder) -> ColumnElement[int]:
    return case({band.id: band.position for band in ladder.bands}, value=column, else_=0)


def cause(session: Session, found: Any, asked: Question) -> ColumnElement[str]:
    """What moved somebody between the days; each is counted once, by the first of these that holds.

    Up or in: a gift (or shift, or move) between the days; a household joined or left; a correction. Down or out: a
    refund or correction; a household joined or left; else time alone, which took a gift out of the window.
    """
    source = definition(session, asked.ladder.measure).source
    rose = way(found, asked.ladder).in_(("in", "up"))
    moved = or_(*(_between(column, asked) for column in (HouseholdMembership.from_on, HouseholdMembership.to_on)))
    ends = (HouseholdMembership.constituent_id, HouseholdMembership.household_id)
    who = or_(*(end == found.constituent_id for end in ends))
    home = select(HouseholdMembership.id).where(who, moved).exists()
    came, went = _rows(source, found, asked)
    return case(
        (way(found, asked.ladder) == "stay", literal("")),
        (and_(rose, came), literal(CAME.get(source, "gift"))),
        (and_(~rose, went), literal("correction")),
        (home, literal("household")),
        (rose, literal("correction")),
        else_=literal("time"),
    )


def _rows(source: Source, found: Any, asked: Question) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions: a row of the measure's source came in between the days; one ended between them."""
    if source in CAME:
        table, day = (Shift, Shift.worked_on) if source is Source.SHIFTS else (Move, Move.made_on)
        return belongs(table, found.constituent_id, (_between(day, asked),)), literal(value=False)
    open_then = and_(Credit.kind == source.value, or_(Credit.counts_to.is_(None), Credit.counts_to > asked.on))
    came = belongs(Credit, found.constituent_id, (open_then, _between(Credit.given_on, asked)))
    ended = (Credit.kind == source.value, _between(Credit.counts_to, asked))
    return came, belongs(Credit, found.constituent_id, ended)


def _between(column: Any, asked: Question) -> ColumnElement[bool]:
    return and_(column > asked.since, column <= asked.on)


def belongs(table: Any, constituent_id: Any, conditions: Iterable[Any]) -> ColumnElement[bool]:
    """The condition that a row of a table with `constituent_id` is the constituent's own or of somebody in its home."""
    stay, held = HouseholdMembership, tuple(conditions)
    own = select(table.id).where(table.constituent_id == constituent_id, *held).exists()
    joined = select(table.id).join(stay, stay.constituent_id == table.constituent_id)
    return or_(own, joined.where(stay.household_id == constituent_id, *held).exists())
