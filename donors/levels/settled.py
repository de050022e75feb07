"""`settle.settle` as SQL: what becomes of the level of many at once, by the columns of `found.columns_of`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, false, func, literal, not_, null, or_

from donors.levels.compile import Pinned, is_kept, may_stand
from donors.levels.ladders import Ladder
from donors.levels.models import AT_ONCE, FREEZE, NEVER, OVERRIDE
from donors.levels.standings import STANDING

OUT, SET, HELD, WAITS, STAYS, RULES = "out", "override", "held", "waits", "never", "rules"
"""What decides: somebody may not stand; the level is set by hand; it is frozen or kept; a fall waits for its day, or
never comes; figure and criteria."""


@dataclass(frozen=True)
class Verdict:
    """What is to be, as columns: the level's id, the first day on a lower one and its id, and what decides."""

    level: ColumnElement[Any]
    falls_on: ColumnElement[Any]
    falls_to: ColumnElement[Any]
    why: ColumnElement[str]


def settled(one: Pinned, known: Mapping[str, Any], to: Any, *, on: date) -> Verdict:
    """Decides on a day as `settle` does, where nothing is corrected. `to`: the level that figure and criteria give."""
    may = may_stand(one.ladder, on=one.on)
    day = func.coalesce(known.get("falls_on", null()), literal(one.falling.first_day(on), STANDING.c.falls_on.type))
    rules = _Rules(one.ladder, known, to)
    waits = and_(rules.would_fall, day > literal(on, STANDING.c.falls_on.type)) if _waits(one.ladder) else false()
    stays = rules.would_fall if one.ladder.falls == NEVER else false()
    held = or_(is_kept(one.ladder, on=one.on), rules.frozen)
    whens: list[tuple[ColumnElement[bool], str, Any]] = [
        (not_(may), OUT, cast(null(), BigInteger)),
        (rules.set_by_hand, SET, known.get("ruling_level", null())),
        (held, HELD, known["level"]),
        (waits, WAITS, known["level"]),
        (stays, STAYS, known["level"]),
    ]
    first = case(*((condition, literal(word)) for condition, word, _ in whens), else_=literal(RULES))
    return Verdict(
        level=case(*((condition, level) for condition, _, level in whens), else_=to),
        falls_on=case((first == WAITS, day), else_=null()),
        falls_to=case((first == WAITS, to), else_=null()),
        why=first,
    )


def _waits(ladder: Ladder) -> bool:
    return ladder.falls not in (AT_ONCE, NEVER)


@dataclass(frozen=True)
class _Rules:
    """Conditions on somebody's standing and what was ruled by hand."""

    ladder: Ladder
    known: Mapping[str, Any]
    to: Any

    @property
    def set_by_hand(self) -> ColumnElement[bool]:
        """An override to a level that there is."""
        if not self.ladder.has_rulings:
            return false()
        here = self.known["ruling_level"].in_([band.id for band in self.ladder.bands])
        return and_(self.known["ruling_kind"] == OVERRIDE, here)

    @property
    def frozen(self) -> ColumnElement[bool]:
        return self.known["ruling_kind"] == FREEZE if self.ladder.has_rulings else false()

    @property
    def would_fall(self) -> ColumnElement[bool]:
        """Stands on a level that there is, and would come to a lower one, or to none; not because an override ended."""
        level, places = self.known["level"], {band.id: band.position for band in self.ladder.bands}
        if not places:
            return false()
        lower = case(places, value=self.to, else_=0) < case(places, value=level, else_=0)
        return lower if not self.ladder.has_rulings else and_(lower, not_(self._ended_by_hand))

    @property
    def _ended_by_hand(self) -> ColumnElement[bool]:
        over = self.known["held"].is_distinct_from(self.known["ruling"])
        return and_(func.coalesce(self.known["held_kind"], "") == OVERRIDE, over)
