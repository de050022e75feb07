"""Assigning levels: of some constituents at once, or of everybody by SQL, by the same rules.

Same level writes nothing. A change ends the standing and opens a new one, with its cause and the figure that decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy import (
    insert as sql_insert,
)
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, JournalEntry, amend, insert
from donors.core.claims import changed
from donors.levels.decide import Band, level_for, rises
from donors.levels.ladders import Ladder, ladders, may_stand
from donors.levels.models import Level, Standing
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.refresh import hold_everybody

IDS_IN_A_QUERY = 500


@dataclass(frozen=True)
class Because:
    """Why levels are assigned, and on which day: gift, refund, correction, time, hours, merge, rules, import …"""

    cause: str
    on: date
    gift_id: int | None = None


@dataclass(frozen=True)
class Change:
    """One change of level. `new` is none for somebody who left the track."""

    constituent_id: int
    track: str
    old: Band | None
    new: Band | None

    @property
    def rises(self) -> bool:
        """Whether it is a step up."""
        return rises(self.old, self.new)


def assign(session: Session, ids: Iterable[int], *, because: Because, within: ChangeSet) -> list[Change]:
    """Assigns the levels of these constituents on all tracks by their stored figures; returns what changed.

    To be called after `refresh` in one transaction: it has locked them.
    """
    wanted, tracks = sorted(set(ids)), ladders(session)
    changes: list[Change] = []
    for start in range(0, len(wanted) if tracks else 0, IDS_IN_A_QUERY):
        part = wanted[start : start + IDS_IN_A_QUERY]
        for row in session.execute(_figures(tracks), {"ids": part}):
            for ladder in tracks:
                change = _assign_one(session, ladder, row._mapping, because, within)
                changes += [change] if change is not None else []
    return changes


@lru_cache(maxsize=16)
def _figures(tracks: tuple[Ladder, ...]) -> Select[Any]:
    """A row for each constituent: for each track whether it stands there, its figure, the standing and its level."""
    some = Constituent.id.in_(bindparam("ids", expanding=True))
    statement = select(Constituent.id).where(some).order_by(Constituent.id)
    statement = statement.outerjoin(rollup_value, rollup_value.c.constituent_id == Constituent.id)
    for ladder in tracks:
        now = aliased(Standing, name=f"standing_{ladder.id}")
        here = and_(now.constituent_id == Constituent.id, now.track_id == ladder.id, now.to_on.is_(None))
        statement = statement.outerjoin(now, here).add_columns(
            case((may_stand(ladder), 1), else_=0).label(f"may_{ladder.id}"),
            rollup_value.c[slot_column(ladder.slot)].label(f"figure_{ladder.id}"),
            now.id.label(f"standing_{ladder.id}"),
            now.level_id.label(f"level_{ladder.id}"),
        )
    return statement


def _assign_one(session: Session, ladder: Ladder, row: Any, because: Because, within: ChangeSet) -> Change | None:
    figure = row[f"figure_{ladder.id}"]
    new = level_for(figure, ladder.bands) if row[f"may_{ladder.id}"] else None
    old_id = row[f"level_{ladder.id}"]
    if (new.id if new else None) == old_id:
        return None
    old, day = ladder.band(old_id), _day(session, row["id"], ladder.id, because.on)
    if old_id is not None:
        standing = session.get_one(Standing, row[f"standing_{ladder.id}"], populate_existing=True)
        amend(session, standing, within=within, to_on=day, ended_by=because.cause)
        old = old or _retired(session, old_id)
    if new is not None:
        standing = Standing(
            constituent_id=row["id"],
            track_id=ladder.id,
            level_id=new.id,
            from_on=day,
            to_on=None,
            recorded_at=within.at,
            cause=because.cause,
            cause_gift_id=because.gift_id,
            measure=figure,
            rule_version=ladder.rule_version,
        )
        insert(session, standing, within=within)
    return Change(row["id"], ladder.name, old, new)


def _last_change(constituent_id: Any, track_id: int) -> Select[Any]:
    """The day of somebody's last change on a track: one that is recorded later is never dated before it."""
    kept = aliased(Standing)
    newest = select(func.max(func.coalesce(kept.to_on, kept.from_on)))
    return newest.where(kept.constituent_id == constituent_id, kept.track_id == track_id)


def _day(session: Session, constituent_id: int, track_id: int, on: date) -> date:
    return max(on, session.scalar(_last_change(constituent_id, track_id)) or on)


def _retired(session: Session, level_id: int) -> Band:
    level = session.get_one(Level, level_id)
    return Band(level.id, level.name, level.position, level.minimum, level.maximum)


def assign_range(session: Session, *, low: int, high: int, because: Because, within: ChangeSet) -> int:
    """Assigns the levels of everybody above the id `low`, up to `high`, on all tracks; returns how many changed."""
    hold_everybody(session)
    written = 0
    for ladder in ladders(session):
        target = _targets(ladder, low, high)
        differing = (
            select(Standing.id, Standing.version)
            .outerjoin(target, target.c.id == Standing.constituent_id)
            .where(
                Standing.track_id == ladder.id, Standing.to_on.is_(None), _within(Standing.constituent_id, low, high)
            )
            .where(Standing.level_id.is_distinct_from(target.c.level_id))
        )
        ended = _end(session, differing, because, within)
        begun = changed(session, _begin(ladder, target, because, within))
        written += max(ended, begun)
    return written


def _within(column: Any, low: int, high: int) -> ColumnElement[bool]:
    return and_(column > low, column <= high)


def _targets(ladder: Ladder, low: int, high: int) -> Any:
    """For everybody within who has a level by the figures of now: id, level, figure."""
    figure = rollup_value.c[slot_column(ladder.slot)]
    level = level_case(figure, ladder.bands)
    may = select(Constituent.id, level.label("level_id"), figure.label("figure"))
    may = may.join(rollup_value, rollup_value.c.constituent_id == Constituent.id)
    return may.where(_within(Constituent.id, low, high), may_stand(ladder), level.is_not(None)).subquery("target")


def level_case(figure: Any, bands: Iterable[Band]) -> ColumnElement[Any]:
    """`decide.level_for` as SQL: the id of the level that a figure reaches."""
    ordered = sorted(bands, key=lambda band: -band.position)
    whens = [(_holds(figure, band), literal(band.id, BigInteger)) for band in ordered]
    return case(*whens, else_=null()) if whens else null()


def _holds(figure: Any, band: Band) -> ColumnElement[bool]:
    bounds = [figure.is_not(None)]
    if band.minimum is not None:
        bounds.append(figure >= band.minimum)
    if band.maximum is not None:
        bounds.append(figure < band.maximum)
    return and_(*bounds)


def _end(session: Session, differing: Any, because: Because, within: ChangeSet) -> int:
    """Ends the standings that differ; their before-images go to the journal first."""
    old = differing.subquery("differing")
    before = literal({"to_on": None, "ended_by": None}, JournalEntry.before.type)
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
    on, last = literal(because.on, Standing.from_on.type), _last_change(target.c.id, ladder.id).scalar_subquery()
    values: dict[str, Any] = {
        "constituent_id": target.c.id,
        "track_id": literal(ladder.id),
        "level_id": target.c.level_id,
        "from_on": case((last > on, last), else_=on),
        "recorded_at": literal(within.at, Standing.recorded_at.type),
        "cause": literal(because.cause),
        "cause_gift_id": literal(because.gift_id, BigInteger),
        "measure": target.c.figure,
        "rule_version": literal(ladder.rule_version),
        "created_in": literal(within.id),
        "version": literal(1),
    }
    return sql_insert(Standing).from_select(list(values), select(*values.values()).where(~standing))


def risen(session: Session, *, low: int, high: int, within: ChangeSet) -> list[tuple[int, Level]]:
    """Who rose, in this change set, to a level that starts a plan: constituent ids with the level."""
    before, earlier = aliased(Standing), aliased(Level)
    left = (
        select(earlier.position)
        .join(before, before.level_id == earlier.id)
        .where(before.constituent_id == Standing.constituent_id, before.track_id == Standing.track_id)
        .where(before.to_on == Standing.from_on, before.id < Standing.id)
        .order_by(before.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(Standing.constituent_id, Level)
        .join(Level, Level.id == Standing.level_id)
        .where(Standing.created_in == within.id, Level.plan_template_id.is_not(None))
        .where(Standing.constituent_id > low, Standing.constituent_id <= high)
        .where(func.coalesce(left, literal(-1)) < Level.position)
        .order_by(Standing.constituent_id)
    )
    return [(row[0], row[1]) for row in session.execute(found)]
