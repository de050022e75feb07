"""Assigning the levels of everybody within a range of ids, by the rules of `assign`, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import (
    insert as sql_insert,
)
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.claims import changed
from donors.levels.assign import Because, level_case
from donors.levels.decide import Band
from donors.levels.ladders import Ladder, ladders, may_stand
from donors.levels.models import Level, Standing
from donors.levels.standings import BEFORE, BROUGHT, gift_behind, last_change
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.refresh import hold_between


@dataclass(frozen=True)
class Assigned:
    """How many changed level, and who rose to a level that starts a plan."""

    count: int
    risen: Sequence[tuple[int, Band]]


def assign_range(session: Session, *, low: int, high: int, because: Because, within: ChangeSet) -> Assigned:
    """Assigns the levels of everybody above the id `low`, up to `high`, on all tracks."""
    hold_between(session, low, high)
    written = 0
    risen: list[tuple[int, Band]] = []
    for ladder in ladders(session):
        target = _targets(ladder, low, high)
        risen += _risen(session, ladder, target)
        ended = _end(session, _differing(ladder, target, low, high), because, within)
        begun = changed(session, _begin(ladder, target, because, within))
        written += max(ended, begun)
    return Assigned(written, risen)


def _within(column: Any, low: int, high: int) -> ColumnElement[bool]:
    return and_(column > low, column <= high)


def _targets(ladder: Ladder, low: int, high: int) -> Any:
    """For everybody within who has a level by the figures of now: id, level, figure."""
    figure = rollup_value.c[slot_column(ladder.slot)]
    level = level_case(figure, ladder.bands)
    may = select(Constituent.id, level.label("level_id"), figure.label("figure"))
    may = may.join(rollup_value, rollup_value.c.constituent_id == Constituent.id)
    return may.where(_within(Constituent.id, low, high), may_stand(ladder), level.is_not(None)).subquery("target")


def _risen(session: Session, ladder: Ladder, target: Any) -> list[tuple[int, Band]]:
    """Who is about to rise to a level that starts a plan."""
    starting = {band.id: band for band in ladder.bands if band.plan_template_id is not None}
    if not starting:
        return []
    now, old, new = aliased(Standing), aliased(Level), aliased(Level)
    here = and_(now.constituent_id == target.c.id, now.track_id == ladder.id, now.to_on.is_(None))
    rising = (
        select(target.c.id, target.c.level_id)
        .join(new, new.id == target.c.level_id)
        .outerjoin(now, here)
        .outerjoin(old, old.id == now.level_id)
        .where(target.c.level_id.in_(starting), or_(old.id.is_(None), old.position < new.position))
        .order_by(target.c.id)
    )
    return [(constituent_id, starting[level_id]) for constituent_id, level_id in session.execute(rising)]


def _differing(ladder: Ladder, target: Any, low: int, high: int) -> Any:
    """The standings of now that are not what they should be."""
    mine = (Standing.track_id == ladder.id, Standing.to_on.is_(None), _within(Standing.constituent_id, low, high))
    beside = select(Standing.id, Standing.version).outerjoin(target, target.c.id == Standing.constituent_id)
    return beside.where(*mine, Standing.level_id.is_distinct_from(target.c.level_id))


def _end(session: Session, differing: Any, because: Because, within: ChangeSet) -> int:
    """Ends the standings that differ; their before-images go to the journal first."""
    old = differing.subquery("differing")
    before = literal(BEFORE, JournalEntry.before.type)
    entries = select(literal(within.id), literal("standing"), old.c.id, literal("update"), old.c.version, before)
    names = ["change_set_id", "table_name", "row_id", "act", "version", "before"]
    journal = sql_insert(JournalEntry).from_select(names, entries)
    if not changed(session, journal):
        return 0
    day = case((Standing.from_on > because.on, Standing.from_on), else_=because.on)
    ending = (
        update(Standing)
        .where(Standing.id.in_(select(old.c.id)))
        .values(to_on=day, ended_by=because.cause, version=Standing.version + 1)
    )
    return changed(session, ending)


def _begin(ladder: Ladder, target: Any, because: Because, within: ChangeSet) -> Any:
    standing = exists().where(
        Standing.constituent_id == target.c.id, Standing.track_id == ladder.id, Standing.to_on.is_(None)
    )
    on, last = literal(because.on, Standing.from_on.type), last_change(target.c.id, ladder.id)
    behind = gift_behind(target.c.id, because.gifts_of or within.id) if because.cause in BROUGHT else null()
    values: dict[str, Any] = {
        "constituent_id": target.c.id,
        "track_id": literal(ladder.id),
        "level_id": target.c.level_id,
        "from_on": case((last > on, last), else_=on),
        "recorded_at": literal(within.at, Standing.recorded_at.type),
        "cause": literal(because.cause),
        "cause_gift_id": cast(behind, BigInteger),
        "measure": target.c.figure,
        "rule_version": literal(ladder.rule_version),
        "created_in": literal(within.id),
        "version": literal(1),
    }
    return sql_insert(Standing).from_select(list(values), select(*values.values()).where(~standing))
