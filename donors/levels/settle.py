"""Pure rules of what becomes of a level: rising at once, falling when the track says so, and what was ruled by hand.

`settle` decides for one constituent on one track on one day. Whoever assigns levels, of one or of everybody, asks it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from donors.core.calendar import FiscalCalendar
from donors.levels.decide import Band, falls
from donors.levels.models import AFTER_DAYS, AT_ONCE, FISCAL_YEAR, FREEZE, NEVER, OVERRIDE

CALENDAR_YEARS = FiscalCalendar()
ENDED = {OVERRIDE: "override", FREEZE: "freeze ended"}
"""Kind of a ruling → the cause of what moves when it is over."""


@dataclass(frozen=True)
class Falling:
    """When a track lets somebody fall: its word, its days of grace, and the fiscal years that it may wait for."""

    when: str = AT_ONCE
    days: int = 0
    fiscal: FiscalCalendar = CALENDAR_YEARS

    def first_day(self, on: date) -> date:
        """The first day on the lower level, for a fall that is noticed on a day."""
        if self.when == AFTER_DAYS:
            return on + timedelta(days=self.days)
        return self.fiscal.first_day(self.fiscal.year_of(on) + 1) if self.when == FISCAL_YEAR else on


@dataclass(frozen=True)
class Hand:
    """A ruling: its kind, for an override the level, and the first day on which it no longer holds (none: open)."""

    id: int
    kind: str
    band: Band | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Now:
    """Where somebody stands. `band` is none for a level that has retired; `held_by` is the ruling that held it last."""

    band: Band | None
    falls_on: date | None = None
    falls_to_id: int | None = None
    held_by: Hand | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of somebody on a day: whether they may have a level, and the one that bands and criteria give.

    `ruling` is the one in force; `kept` says that the level stays as it is (deceased, where the track keeps those);
    `taken_back` that the gift which brought the level is being corrected, so that the level never was.
    """

    on: date
    may: bool
    by_rules: Band | None
    now: Now | None = None
    ruling: Hand | None = None
    kept: bool = False
    taken_back: bool = False


@dataclass(frozen=True)
class Settled:
    """What is to be: the level, since when and by what cause where it changes (none: by that of the act).

    `same` says that the level stays: then only what is noted on the standing may differ.
    """

    band: Band | None
    same: bool = False
    on: date | None = None
    cause: str | None = None
    ruling_id: int | None = None
    falls_on: date | None = None
    falls_to_id: int | None = None


def settle(facts: Facts, falling: Falling) -> Settled:
    """Decides. Nobody falls before the day; an override rules; a freeze keeps; what has ended no longer holds."""
    if not facts.may:
        return Settled(None, same=facts.now is None)
    if facts.ruling is not None and facts.ruling.kind == OVERRIDE and facts.ruling.band is not None:
        same = facts.now is not None and facts.now.band == facts.ruling.band
        return Settled(facts.ruling.band, same, cause="override", ruling_id=facts.ruling.id)
    if facts.kept or (facts.ruling is not None and facts.ruling.kind == FREEZE):
        held = facts.ruling.id if facts.ruling is not None else None
        return Settled(facts.now.band if facts.now else None, same=True, ruling_id=held)
    return _by_rules(facts, falling)


def _by_rules(facts: Facts, falling: Falling) -> Settled:
    now, to = facts.now, facts.by_rules
    if now is None:
        return Settled(to, same=to is None)
    if now.band == to and to is not None:
        return Settled(to, same=True)
    ended = now.held_by
    over = Settled(to, cause=ENDED[ended.kind], on=ended.to_on) if ended is not None else Settled(to)
    by_hand = ended is not None and ended.kind == OVERRIDE
    if now.band is None or not falls(now.band, to) or by_hand or facts.taken_back:
        return over
    return _fallen(facts, now, falling, over)


def _fallen(facts: Facts, now: Now, falling: Falling, over: Settled) -> Settled:
    """A downgrade: at once, never, or when its day has come."""
    to = facts.by_rules
    if falling.when == AT_ONCE:
        return over
    if falling.when == NEVER:
        return Settled(now.band, same=True)
    day = now.falls_on or falling.first_day(facts.on)
    if day <= facts.on:
        return Settled(to, on=day, cause="time")
    return Settled(now.band, same=True, falls_on=day, falls_to_id=to.id if to else None)
