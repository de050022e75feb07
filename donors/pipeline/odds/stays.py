"""Reading stage entries: stays in stages, steps between them, and where everybody stood on two days. Set-based."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among
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
class StageStay:
    """A prospect's stay in a stage, up to a day."""

    prospect_id: int
    stage_id: int
    since: date
    stay: Stay


@dataclass(frozen=True)
class Person:
    """A prospect behind a number, with the names that a list shows."""

    prospect_id: int
    constituent_id: int
    name: str


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


def stays(session: Session, on: date, which: Which) -> list[StageStay]:
    """Every stay in a stage that began by a day, as it was at its end: one statement, a row for each."""
    order = (StageEntry.entered_on, StageEntry.id)
    after = (
        func.lead(column, type_=column.type).over(partition_by=StageEntry.prospect_id, order_by=order)
        for column in (StageEntry.entered_on, StageEntry.how)
    )
    statement = (
        select(StageEntry.prospect_id, StageEntry.to_stage_id, StageEntry.entered_on, *after)
        .join(Prospect, Prospect.id == StageEntry.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(StageEntry.entered_on <= on, *about(which, on))
    )
    return [
        StageStay(prospect_id, stage_id, since, Stay(((until or on) - since).days, _way(how)))
        for prospect_id, stage_id, since, until, how in session.execute(statement)
        if stage_id is not None
    ]


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
    """The statement of where everybody stood at the end of a day: prospect, stage; those outside are not in it."""
    newest = func.row_number().over(
        partition_by=StageEntry.prospect_id, order_by=(StageEntry.entered_on.desc(), StageEntry.id.desc())
    )
    ranked = (
        select(StageEntry.prospect_id, StageEntry.to_stage_id, newest.label("place"))
        .where(StageEntry.entered_on <= on)
        .subquery()
    )
    return select(ranked.c.prospect_id, ranked.c.to_stage_id.label("stage_id")).where(
        ranked.c.place == 1, ranked.c.to_stage_id.is_not(None)
    )


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


def named_prospects(session: Session, prospect_ids: Sequence[int]) -> dict[int, Person]:
    """Prospect id → its names."""
    statement = (
        select(Prospect.id, Prospect.constituent_id, Constituent.name)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(among(session, Prospect.id, prospect_ids))
    )
    return {row[0]: Person(*row) for row in session.execute(statement)}
