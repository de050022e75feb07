"""Assigning the levels of everybody within a range of ids, by the rules of `assign`, in a few statements.

Where bands and criteria alone decide, SQL writes what differs. Where a level may be held (grace, rulings), newcomers
are written so too; those who stand already and may have to move are read and settled as `assign` settles one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    case,
    cast,
    exists,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import insert as sql_insert
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import look_over, table_of
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.claims import changed
from donors.core.db import is_sqlite
from donors.levels.assign import Because, settle_all
from donors.levels.compile import RULING, Pinned, in_force, is_kept, joined, may_stand, pinned, rules_level
from donors.levels.decide import Change
from donors.levels.effects.queries import bands_by_id, has_effects
from donors.levels.found import PERSON, Found, columns_of
from donors.levels.ladders import Ladder, ladders, left_behind
from donors.levels.models import EXCLUDE, NEVER, Standing
from donors.levels.standings import BEFORE, BROUGHT, gift_behind, last_change
from donors.levels.turns import in_turn
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.refresh import PLAINLY, hold_between


@dataclass(frozen=True)
class Assigned:
    """How many changed level; and the changes, of tracks with effects."""

    count: int
    changes: Sequence[Change]


@dataclass(frozen=True)
class _Range:
    """Everybody above the id `low`, up to `high`."""

    low: int
    high: int

    def holds(self, column: Any) -> ColumnElement[bool]:
        """The condition that an id lies within."""
        return and_(column > self.low, column <= self.high)


def assign_range(session: Session, *, low: int, high: int, because: Because, within: ChangeSet) -> Assigned:
    """Assigns the levels of everybody above the id `low`, up to `high`. Who is on a track that is off leaves it."""
    hold_between(session, low, high)
    if not is_sqlite(session):
        session.execute(PLAINLY)
    written = 0
    made: list[Change] = []
    tracks, some = ladders(session), _Range(low, high)
    for wave in (*in_turn(tracks), left_behind(session)):
        for one in pinned(session, wave, on=because.on, every=tracks):
            found = (_held if one.ladder.holds_back else _by_rules)(session, one, some, because, within)
            written += found.count
            made += found.changes
    return Assigned(written, sorted(made, key=lambda change: change.constituent_id))


def _by_rules(session: Session, one: Pinned, some: _Range, because: Because, within: ChangeSet) -> Assigned:
    """Ends and begins what bands and criteria say, by SQL."""
    target = _targets(one, some)
    made = _changes(session, one.ladder, target, some) if because.effects else []
    ended = _end(session, one.ladder, _differing(one.ladder, target, some), because, within)
    begun = _begin(session, one.ladder, target, because, within)
    return Assigned(max(ended, begun), made)


def _held(session: Session, one: Pinned, some: _Range, because: Because, within: ChangeSet) -> Assigned:
    """Settles those who may have to move, and then begins the standings of those who have none."""
    rows = [dict(row._mapping) for row in session.execute(_candidates(one, some))]
    found = [(one, Found(one.ladder, row["id"], row)) for row in rows]
    made = settle_all(session, found, because=because, within=within)
    target = _targets(one, some, _is_free(one))
    come = _newcomers(session, one.ladder, target) if because.effects else []
    begun = _begin(session, one.ladder, target, because, within)
    return Assigned(len(made) + begun, [*made, *come])


def _start(one: Pinned, *, empty: bool) -> FromClause:
    """Constituents with their figures; with `empty` also those who have none."""
    beside = rollup_value.c.constituent_id == PERSON
    return table_of(Constituent).join(rollup_value, beside, isouter=empty or _asks_no_figure(one.ladder))


def _asks_no_figure(ladder: Ladder) -> bool:
    return any(not band.bounded for band in ladder.bands)


def _targets(one: Pinned, some: _Range, *more: ColumnElement[bool]) -> Any:
    """For everybody within who has a level by the figures of now: id, level, figure."""
    figure = rollup_value.c[slot_column(one.ladder.slot)]
    level = rules_level(one, figure)
    may = select(PERSON.label("id"), level.label("level_id"), figure.label("figure"))
    may = may.select_from(joined(_start(one, empty=False), one.joins))
    wanted = (some.holds(PERSON), may_stand(one.ladder, on=one.on), level.is_not(None), *more)
    return may.where(*wanted).subquery("target")


def _is_free(one: Pinned) -> ColumnElement[bool]:
    """The condition that nothing but the rules decides for somebody who has no level."""
    ladder, ruling = one.ladder, RULING.alias("ruling").c
    if not ladder.has_rulings:
        return not_(is_kept(ladder, on=one.on))
    mine = (ruling.constituent_id == PERSON, ruling.kind != EXCLUDE, in_force(ruling, ladder, one.on))
    return and_(not_(is_kept(ladder, on=one.on)), not_(exists().where(*mine)))


def _candidates(one: Pinned, some: _Range) -> Any:
    """Who stands here, or is put here by hand, and may have to be written: more than these never have to."""
    start, columns = columns_of(one, _start(one, empty=True))
    known = {column.name.removesuffix(f"_{one.ladder.id}"): column.element for column in columns}
    figure = rollup_value.c[slot_column(one.ladder.slot)]
    level = case((may_stand(one.ladder, on=one.on), rules_level(one, figure)), else_=null())
    differs = known["level"].is_distinct_from(level)
    noted, ruling = known["falls_on"].is_not(None), known.get("ruling", null())
    if one.ladder.falls == NEVER:
        differs = and_(differs, not_(_stays_above(one, known["level"], level)))
    if one.ladder.has_rulings:
        noted = or_(noted, known["held"].is_distinct_from(ruling))
    here = or_(known["standing"].is_not(None), ruling.is_not(None))
    statement = select(PERSON.label("id"), *columns).select_from(joined(start, one.joins))
    return statement.where(some.holds(PERSON), here, or_(differs, noted)).order_by(PERSON)


def _stays_above(one: Pinned, level: Any, target: Any) -> ColumnElement[bool]:
    """The condition that somebody is above what the rules give, where nobody falls."""
    places = {band.id: band.position for band in one.ladder.bands}
    above = case(places, value=level, else_=0) > case(places, value=target, else_=0)
    return and_(may_stand(one.ladder, on=one.on), above)


def _changes(session: Session, ladder: Ladder, target: Any, some: _Range) -> list[Change]:
    """What is about to change: who comes to a level, and who has none any more. Asked of tracks with effects only."""
    if not has_effects(session, ladder.id):
        return []
    mine = (Standing.track_id == ladder.id, Standing.to_on.is_(None), some.holds(Standing.constituent_id))
    beside = select(Standing.constituent_id, Standing.level_id, target.c.level_id.label("new"))
    beside = beside.outerjoin(target, target.c.id == Standing.constituent_id)
    moving = session.execute(beside.where(*mine, Standing.level_id.is_distinct_from(target.c.level_id))).all()
    known = {band.id: band for band in ladder.bands}
    known |= bands_by_id(session, {row.level_id for row in moving} - known.keys())
    made = [
        Change(one, ladder.id, ladder.name, known[old], known[new] if new is not None else None)
        for one, old, new in moving
    ]
    return [*made, *_newcomers(session, ladder, target)]


def _newcomers(session: Session, ladder: Ladder, target: Any) -> list[Change]:
    """Who is about to come to a level from none. Asked of tracks with effects only."""
    if not has_effects(session, ladder.id):
        return []
    known = {band.id: band for band in ladder.bands}
    come = select(target.c.id, target.c.level_id).where(~_stands(target, ladder))
    return [Change(one, ladder.id, ladder.name, None, known[new]) for one, new in session.execute(come)]


def _stands(target: Any, ladder: Ladder) -> ColumnElement[bool]:
    return exists().where(
        Standing.constituent_id == target.c.id, Standing.track_id == ladder.id, Standing.to_on.is_(None)
    )


def _differing(ladder: Ladder, target: Any, some: _Range) -> Any:
    """The standings of now that are not what they should be."""
    mine = (Standing.track_id == ladder.id, Standing.to_on.is_(None), some.holds(Standing.constituent_id))
    beside = select(Standing.id, Standing.version).outerjoin(target, target.c.id == Standing.constituent_id)
    return beside.where(*mine, Standing.level_id.is_distinct_from(target.c.level_id))


def _end(session: Session, ladder: Ladder, differing: Any, because: Because, within: ChangeSet) -> int:
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
        .values(
            to_on=day,
            ended_by=because.cause,
            ended_rule_version=ladder.rule_version,
            version=Standing.version + 1,
        )
    )
    return changed(session, ending)


def _begin(session: Session, ladder: Ladder, target: Any, because: Because, within: ChangeSet) -> int:
    """Begins the standings of those who have none; returns how many.

    On a track on which nobody ever stood there is nothing to look for, row by row, in the table that is being written;
    and afterwards PostgreSQL is told how many stand there.
    """
    new = not session.scalar(select(exists().where(Standing.track_id == ladder.id)))
    on, last = literal(because.on, Standing.from_on.type), last_change(target.c.id, ladder.id)
    behind = gift_behind(target.c.id, because.gifts_of or within.id) if because.cause in BROUGHT else null()
    values: dict[str, Any] = {
        "constituent_id": target.c.id,
        "track_id": literal(ladder.id),
        "level_id": target.c.level_id,
        "from_on": on if new else case((last > on, last), else_=on),
        "recorded_at": literal(within.at, Standing.recorded_at.type),
        "cause": literal(because.cause),
        "cause_gift_id": cast(behind, BigInteger),
        "measure": target.c.figure,
        "rule_version": literal(ladder.rule_version),
        "created_in": literal(within.id),
        "version": literal(1),
    }
    begun = select(*values.values())
    wanted = begun if new else begun.where(~_stands(target, ladder))
    count = changed(session, sql_insert(Standing).from_select(list(values), wanted))
    if new and count:
        look_over(session, Standing)
    return count
