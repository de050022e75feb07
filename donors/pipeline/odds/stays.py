"""Reading stage entries: stays in stages, steps between them, and where everybody stood on two days. Set-based."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.days_since import DaysSince
from donors.pipeline.asks.models import OPEN
from donors.pipeline.asks.queries import stood_on
from donors.pipeline.models import BACK, DISQUALIFIED, FINISHED, LOST, RELEASED, Prospect, StageEntry
from donors.pipeline.odds import survival
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.survival import Stay
from donors.pipeline.queries.sieve import in_charge, seen_prospects

WAYS = {
    BACK: survival.BACK,
    RELEASED: survival.RELEASED,
    DISQUALIFIED: survival.RELEASED,
    LOST: survival.LOST,
    FINISHED: survival.FORWARD,
}
"""How an entry was made → the way out of the stage before it; any other entry is a step forward."""


@dataclass(frozen=True)
class Person:
    """A prospect behind a number, with the names that a list shows."""

    prospect_id: int
    constituent_id: int
    name: str


@dataclass(frozen=True)
class Inside:
    """A prospect that stands in a stage since a day."""

    who: Person
    stage_id: int
    since: date


@dataclass(frozen=True)
class Moves:
    """Entries between two days: from and to (none: outside), how, and how many there were."""

    before: int | None
    to: int | None
    how: str
    number: int


def about(which: Which, on: date) -> list[ColumnElement[bool]]:
    """The conditions on prospects joined with their constituent; the officer is who is in charge on the day."""
    found = list(seen_prospects(which.sees))
    if which.pipeline_id is not None:
        found.append(Prospect.pipeline_id == which.pipeline_id)
    if which.officer_id is not None:
        found.append(in_charge(which.officer_id, on))
    return found


def stays(session: Session, on: date, which: Which) -> dict[int, list[Stay]]:
    """Stage → the stays in it that began by a day, as they were at its end: one statement, one for all of as many days
    that ended alike."""
    order = (StageEntry.entered_on, StageEntry.id)
    until, how = (
        func.lead(column, type_=column.type).over(partition_by=StageEntry.prospect_id, order_by=order)
        for column in (StageEntry.entered_on, StageEntry.how)
    )
    each = (
        select(StageEntry.to_stage_id, StageEntry.entered_on.label("since"), until.label("until"), how.label("how"))
        .join(Prospect, Prospect.id == StageEntry.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(StageEntry.entered_on <= on, *about(which, on))
        .subquery("stay")
    ).c
    days = (DaysSince(func.coalesce(each.until, on)) - DaysSince(each.since)).label("days")
    counted = select(each.to_stage_id, days, each.how, func.count()).where(each.to_stage_id.is_not(None))
    found: dict[int, list[Stay]] = {}
    for stage_id, length, ended, number in session.execute(counted.group_by(each.to_stage_id, days, each.how)):
        found.setdefault(stage_id, []).append(Stay(length, _way(ended), number))
    return found


def inside_longer(
    session: Session, on: date, which: Which, limits: Mapping[int, int], page: tuple[int | None, int]
) -> list[Inside]:
    """Who stands in a stage at the end of a day for longer than its limit in days (stage → limit), the furthest over
    first; `page` is limit and offset."""
    standing = stood_in(on).subquery("now")
    now = standing.c
    past = [and_(now.stage_id == stage_id, now.since < on - timedelta(days)) for stage_id, days in limits.items()]
    due = DaysSince(now.since) + case(limits, value=now.stage_id, else_=0) if limits else now.since
    wanted = (
        select(Prospect.id, Prospect.constituent_id, Constituent.name, now.stage_id, now.since)
        .join(standing, now.prospect_id == Prospect.id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(or_(false(), *past), *about(which, on))
        .order_by(due, Prospect.id)
    )
    rows = session.execute(wanted.limit(page[0]).offset(page[1]))
    return [Inside(Person(*row[:3]), *row[3:]) for row in rows]


def _way(how: str | None) -> str | None:
    return None if how is None else WAYS.get(how, survival.FORWARD)


def moves_between(session: Session, since: date, on: date, which: Which) -> list[Moves]:
    """All entries after a day up to another, counted."""
    keys = (StageEntry.from_stage_id, StageEntry.to_stage_id, StageEntry.how)
    statement = (
        select(*keys, func.count())
        .join(Prospect, Prospect.id == StageEntry.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(StageEntry.entered_on > since, StageEntry.entered_on <= on, *about(which, on))
        .group_by(*keys)
    )
    return [Moves(*row) for row in session.execute(statement)]


def stood_in(on: date) -> Select[*tuple[Any, ...]]:
    """The statement of where everybody stood at the end of a day who stood inside: prospect_id, stage_id, since."""
    newest = func.row_number().over(
        partition_by=StageEntry.prospect_id, order_by=(StageEntry.entered_on.desc(), StageEntry.id.desc())
    )
    ranked = (
        select(StageEntry.prospect_id, StageEntry.to_stage_id, StageEntry.entered_on, newest.label("place"))
        .where(StageEntry.entered_on <= on)
        .subquery()
    )
    stood = (ranked.c.prospect_id, ranked.c.to_stage_id.label("stage_id"), ranked.c.entered_on.label("since"))
    return select(*stood).where(ranked.c.place == 1, ranked.c.to_stage_id.is_not(None))


def both(since: date, on: date, which: Which, *columns: Any) -> tuple[Select[*tuple[Any, ...]], Any, Any]:
    """The statement of all who stood in a stage on either day, and the columns of the stage then and now."""
    then, now = stood_in(since).subquery("then"), stood_in(on).subquery("now")
    statement = (
        select(*columns)
        .select_from(Prospect)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .outerjoin(then, then.c.prospect_id == Prospect.id)
        .outerjoin(now, now.c.prospect_id == Prospect.id)
        .where(or_(then.c.stage_id.is_not(None), now.c.stage_id.is_not(None)), *about(which, on))
    )
    return statement, then.c.stage_id, now.c.stage_id


def flows(session: Session, since: date, on: date, which: Which) -> dict[tuple[int | None, int | None], int]:
    """(Stage then, stage now) → how many; none: outside the pipeline."""
    statement, then, now = both(since, on, which)
    counted = statement.add_columns(then, now, func.count()).group_by(then, now)
    return {(before, after): number for before, after, number in session.execute(counted)}


def people(
    session: Session, days: tuple[date, date], which: Which, ends: tuple[int | None, int | None], page: tuple[int, int]
) -> list[Person]:
    """Who stood in one stage then and in another now (none: outside), by name; `page` is offset and limit."""
    statement, then, now = both(*days, which)
    columns = (Prospect.id, Prospect.constituent_id, Constituent.name)
    wanted = statement.add_columns(*columns).where(
        and_(then.is_not_distinct_from(ends[0]), now.is_not_distinct_from(ends[1]))
    )
    ordered = wanted.order_by(Constituent.sort_name, Prospect.id).offset(page[0]).limit(page[1])
    return [Person(*row) for row in session.execute(ordered)]


def money_in_stages(session: Session, on: date, which: Which) -> dict[int, tuple[int, int]]:
    """Stage → open asks of those who stand in it, and what they come to in minor units, at the end of a day."""
    asks = stood_on(on).order_by(None).subquery("asks")
    now = stood_in(on).subquery("now")
    statement = (
        select(now.c.stage_id, func.count(), func.coalesce(func.sum(asks.c.amount), 0))
        .select_from(asks)
        .join(now, now.c.prospect_id == asks.c.prospect_id)
        .join(Prospect, Prospect.id == asks.c.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(asks.c.status.in_(OPEN), *about(which, on))
        .group_by(now.c.stage_id)
    )
    return {stage_id: (number, int(amount)) for stage_id, number, amount in session.execute(statement)}
