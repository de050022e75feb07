"""Assigning levels of some constituents; `everybody` does it for all by SQL, by the same rules.

Same level writes nothing. A change ends the standing and opens a new one, with its cause and the figure that decided.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import FromClause, Select, bindparam, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet
from donors.levels.compile import Pinned, joined, pinned
from donors.levels.decide import Band, Change, rises
from donors.levels.found import PERSON, Found, columns_of
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Level
from donors.levels.settle import Settled
from donors.levels.standings import (
    BROUGHT,
    NOTED,
    begin_standings,
    end_standings,
    gifts_behind,
    note,
)
from donors.levels.turns import in_turn
from donors.rollups.models import rollup_value

IDS_IN_A_QUERY = 500
ADDING = ("gift",)
"""Causes that only add: where somebody falls all the same, time had passed unseen."""
CORRECTING = "correction"


@dataclass(frozen=True)
class Because:
    """Why levels are assigned, and on which day: gift, refund, correction, time, hours, merge, rules, import …

    `gift_id` is the one gift behind it. Of many, each constituent's newest of the change set `gifts_of` is (none:
    of the change set that the levels are assigned in). `corrects` is the gift that is corrected, also one that goes:
    who stands where they stand because of it falls at once. `effects`: whether the effects of levels run.
    """

    cause: str
    on: date
    gift_id: int | None = None
    gifts_of: int | None = None
    corrects: int | None = None
    effects: bool = True


@dataclass(frozen=True)
class Move:
    """A change of level before it is written."""

    found: Found
    to: Settled
    old: Band | None

    @property
    def change(self) -> Change:
        """What changes by it."""
        return Change(self.found.id, self.found.ladder.id, self.found.ladder.name, self.old, self.to.band)

    def cause(self, because: Because) -> str:
        """What brought the change."""
        if self.to.cause is not None:
            return self.to.cause
        fallen = self.found.ladder.grows and not rises(self.old, self.to.band)
        return "time" if because.cause in ADDING and fallen else because.cause

    def day(self, because: Because) -> date:
        """The day of the change: one that is recorded later is never dated before the last one."""
        on = self.to.on or because.on
        return max(on, self.found["last"] or on)


def assign(
    session: Session,
    ids: Iterable[int],
    *,
    because: Because,
    within: ChangeSet,
    tracks: tuple[Ladder, ...] | None = None,
    only: Collection[int] | None = None,
) -> list[Change]:
    """Assigns the levels of these constituents on all tracks by their stored figures; returns what changed.

    To be called after `refresh` in one transaction: it has locked them. `tracks` are all those of now, if known;
    `only` the ids of some of them.
    """
    wanted, tracks = sorted(set(ids)), ladders(session) if tracks is None else tracks
    made: list[Change] = []
    chosen = tracks if only is None else tuple(one for one in tracks if one.id in only)
    for wave in in_turn(chosen, tracks) if wanted else ():
        known = pinned(session, wave, on=because.on, every=tracks)
        for start in range(0, len(wanted) if known else 0, IDS_IN_A_QUERY):
            some = session.execute(_figures(known), {"ids": wanted[start : start + IDS_IN_A_QUERY]})
            rows = [dict(row._mapping) for row in some]
            found = [(one, Found(one.ladder, row["id"], row)) for row in rows for one in known]
            made += settle_all(session, found, because=because, within=within)
    return made


@lru_cache(maxsize=16)
def _figures(tracks: tuple[Pinned, ...]) -> Select[Any]:
    """A row for each constituent, with what is known of it on each track."""
    start: FromClause = table_of(Constituent)
    start = start.outerjoin(rollup_value, rollup_value.c.constituent_id == PERSON)
    columns: list[Any] = [PERSON]
    for one in tracks:
        start, some = columns_of(one, start)
        columns += some
    start = joined(start, [join for one in tracks for join in one.joins])
    return select(*columns).select_from(start).where(PERSON.in_(bindparam("ids", expanding=True))).order_by(PERSON)


def settle_all(
    session: Session, found: Iterable[tuple[Pinned, Found]], *, because: Because, within: ChangeSet
) -> list[Change]:
    """Decides for each and writes what differs; returns the changes of level."""
    moves: list[Move] = []
    noted: list[dict[str, Any]] = []
    corrected = (because.corrects or because.gift_id) if because.cause == CORRECTING else None
    for one, known in found:
        to = known.settled(one, on=because.on, corrected=corrected)
        if not to.same:
            moves.append(Move(known, to, _old(session, known)))
        elif known.standing is not None and known.ladder.holds_back:
            noted += _noted(known, to)
    note(session, noted, within=within)
    _write(session, moves, because, within)
    return [move.change for move in moves]


def _old(session: Session, known: Found) -> Band | None:
    level_id = known["level"]
    if level_id is None:
        return None
    return known.ladder.band(level_id) or _retired(session, level_id)


def _retired(session: Session, level_id: int) -> Band:
    level = session.get_one(Level, level_id)
    return Band(level.id, level.name, level.position, level.minimum, level.maximum)


def _noted(known: Found, to: Settled) -> list[dict[str, Any]]:
    """What is to be noted on a standing that lasts, where it differs."""
    was = {"falls_on": known["falls_on"], "falls_to_id": known["falls_to"], "ruling_id": known["held"]}
    now = {name: getattr(to, name) for name in NOTED}
    return [{"standing": known.standing, "version": known["version"], "was": was, "now": now}] if was != now else []


def _write(session: Session, moves: Sequence[Move], because: Because, within: ChangeSet) -> None:
    ended = [
        {
            "standing": move.found.standing,
            "version": move.found["version"],
            "on": move.day(because),
            "by": move.cause(because),
            "rules": move.found.ladder.rule_version,
        }
        for move in moves
        if move.found.standing is not None
    ]
    end_standings(session, ended, within=within)
    begun = [_standing(move, move.to.band, because, within) for move in moves if move.to.band is not None]
    if begun and because.gift_id is None and because.cause in BROUGHT:
        ids = [one["constituent_id"] for one in begun]
        newest = gifts_behind(session, ids, change_set_id=because.gifts_of or within.id)
        begun = [
            one | {"cause_gift_id": newest.get(one["constituent_id"]) if one["cause"] == because.cause else None}
            for one in begun
        ]
    begin_standings(session, begun)


def _standing(move: Move, new: Band, because: Because, within: ChangeSet) -> dict[str, Any]:
    cause = move.cause(because)
    return {
        "constituent_id": move.found.id,
        "track_id": move.found.ladder.id,
        "level_id": new.id,
        "from_on": move.day(because),
        "recorded_at": within.at,
        "cause": cause,
        "cause_gift_id": because.gift_id if cause == because.cause else None,
        "measure": move.found["figure"],
        "rule_version": move.found.ladder.rule_version,
        "ruling_id": move.to.ruling_id,
        "created_in": within.id,
    }
