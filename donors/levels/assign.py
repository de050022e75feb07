"""Assigning levels: of some constituents at once, or of everybody by SQL, by the same rules.

Same level writes nothing. A change ends the standing and opens a new one, with its cause and the figure that decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, bindparam, case, literal, null, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet
from donors.levels.decide import Band, level_for, rises
from donors.levels.ladders import Ladder, ladders, may_stand
from donors.levels.models import Level
from donors.levels.standings import BROUGHT, STANDING, begin_standings, end_standings, gifts_behind, last_change
from donors.rollups.models import rollup_value, slot_column

IDS_IN_A_QUERY = 500
ADDING = ("gift",)
"""Causes that only add: where somebody falls all the same, time had passed unseen."""


@dataclass(frozen=True)
class Because:
    """Why levels are assigned, and on which day: gift, refund, correction, time, hours, merge, rules, import …

    `gift_id` is the one gift behind it. Of many, each constituent's newest of the change set `gifts_of` is (none:
    of the change set that the levels are assigned in).
    """

    cause: str
    on: date
    gift_id: int | None = None
    gifts_of: int | None = None


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


@dataclass(frozen=True)
class _Move:
    """A change of level before it is written: `row` is what `_figures` found of the constituent."""

    ladder: Ladder
    row: Any
    old: Band | None
    new: Band | None

    def of(self, name: str) -> Any:
        """What was found for the track."""
        return self.row[f"{name}_{self.ladder.id}"]

    def cause(self, because: Because) -> str:
        """What brought the change."""
        fallen = self.ladder.grows and not rises(self.old, self.new)
        return "time" if because.cause in ADDING and fallen else because.cause

    def day(self, because: Because) -> date:
        """The day of the change: one that is recorded later is never dated before the last one."""
        return max(because.on, self.of("last") or because.on)


def assign(
    session: Session,
    ids: Iterable[int],
    *,
    because: Because,
    within: ChangeSet,
    tracks: tuple[Ladder, ...] | None = None,
) -> list[Change]:
    """Assigns the levels of these constituents on all tracks by their stored figures; returns what changed.

    To be called after `refresh` in one transaction: it has locked them. `tracks` are those of now, if known.
    """
    wanted, tracks = sorted(set(ids)), ladders(session) if tracks is None else tracks
    moves: list[_Move] = []
    for start in range(0, len(wanted) if tracks else 0, IDS_IN_A_QUERY):
        found = session.execute(_figures(tracks), {"ids": wanted[start : start + IDS_IN_A_QUERY]})
        rows = [row._mapping for row in found]
        moves += [move for row in rows for ladder in tracks if (move := _move(session, ladder, row)) is not None]
    _write(session, moves, because, within)
    return [Change(move.row["id"], move.ladder.name, move.old, move.new) for move in moves]


@lru_cache(maxsize=16)
def _figures(tracks: tuple[Ladder, ...]) -> Select[Any]:
    """A row for each constituent: for each track whether it stands there, its figure, the standing and its level."""
    person = table_of(Constituent).c.id
    joined: FromClause = table_of(Constituent)
    joined = joined.outerjoin(rollup_value, rollup_value.c.constituent_id == person)
    columns: list[Any] = [person]
    for ladder in tracks:
        now = STANDING.alias(f"standing_{ladder.id}")
        here = and_(now.c.constituent_id == person, now.c.track_id == ladder.id, now.c.to_on.is_(None))
        joined = joined.outerjoin(now, here)
        columns += [
            case((may_stand(ladder), 1), else_=0).label(f"may_{ladder.id}"),
            rollup_value.c[slot_column(ladder.slot)].label(f"figure_{ladder.id}"),
            now.c.id.label(f"standing_{ladder.id}"),
            now.c.version.label(f"version_{ladder.id}"),
            now.c.level_id.label(f"level_{ladder.id}"),
            last_change(person, ladder.id).label(f"last_{ladder.id}"),
        ]
    return select(*columns).select_from(joined).where(person.in_(bindparam("ids", expanding=True))).order_by(person)


def _move(session: Session, ladder: Ladder, row: Any) -> _Move | None:
    new = level_for(row[f"figure_{ladder.id}"], ladder.bands) if row[f"may_{ladder.id}"] else None
    old_id = row[f"level_{ladder.id}"]
    if (new.id if new else None) == old_id:
        return None
    old = ladder.band(old_id) if old_id is not None else None
    return _Move(ladder, row, old or (_retired(session, old_id) if old_id is not None else None), new)


def _retired(session: Session, level_id: int) -> Band:
    level = session.get_one(Level, level_id)
    return Band(level.id, level.name, level.position, level.minimum, level.maximum)


def _write(session: Session, moves: list[_Move], because: Because, within: ChangeSet) -> None:
    ended = [
        {
            "standing": move.of("standing"),
            "version": move.of("version"),
            "on": move.day(because),
            "by": move.cause(because),
        }
        for move in moves
        if move.old is not None
    ]
    end_standings(session, ended, within=within)
    begun = [_standing(move, move.new, because, within) for move in moves if move.new is not None]
    if begun and because.gift_id is None and because.cause in BROUGHT:
        newest = gifts_behind(
            session, [one["constituent_id"] for one in begun], change_set_id=because.gifts_of or within.id
        )
        begun = [one | {"cause_gift_id": newest.get(one["constituent_id"])} for one in begun]
    begin_standings(session, begun)


def _standing(move: _Move, new: Band, because: Because, within: ChangeSet) -> dict[str, Any]:
    cause = move.cause(because)
    return {
        "constituent_id": move.row["id"],
        "track_id": move.ladder.id,
        "level_id": new.id,
        "from_on": move.day(because),
        "recorded_at": within.at,
        "cause": cause,
        "cause_gift_id": because.gift_id if cause == because.cause else None,
        "measure": move.of("figure"),
        "rule_version": move.ladder.rule_version,
        "created_in": within.id,
    }


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
