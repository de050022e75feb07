"""Why somebody stands where they stand: one sentence or some, made of facts. Pure.

“Gold since May 3, 2026, because last 365 days, $1,250.00, is at least $1,000.00; the gift that decided it was that of
May 3, 2026. $750.00 short of Platinum.”
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from donors.core.hours import to_hours
from donors.core.money import to_decimal
from donors.core.settings import Organization
from donors.levels.decide import Band
from donors.levels.models import EXCLUDE, FREEZE, NEVER, OVERRIDE
from donors.levels.units import Unit
from donors.rollups.definition import ValueKind

BECAUSE = {
    "gift": "a gift",
    "refund": "a refund",
    "correction": "a correction",
    "time": "time passing",
    "hours": "volunteer hours",
    "move": "a move",
    "merge": "a merge",
    "rules": "a change of rules",
    "override": "a decision by hand",
    "freeze ended": "the end of a freeze",
    "exclusion": "an exclusion from the track",
    "details": "a change of details",
    "death": "a death",
    "deleted": "removal from the lists",
    "import": "an import",
    "household": "a change of household",
}
"""Cause of a standing, or of its end → words."""


BY_GIFT = ("gift", "import")


@dataclass(frozen=True)
class Condition:
    """One condition of criteria, in words, and whether it is met."""

    words: str
    met: bool


@dataclass(frozen=True)
class Ruled:
    """What was decided by hand: kind, reason, first day, and the first day on which it no longer holds (none: open)."""

    kind: str
    reason: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True)
class Reached:
    """How a level came about: since when, by what cause and gift, and the figure that decided it."""

    since: date
    cause: str
    figure: int | None = None
    gift_on: date | None = None


@dataclass(frozen=True)
class Above:
    """The next level: what is missing to its minimum (none: nothing), and what it asks for besides."""

    band: Band
    missing: int | None = None
    asks: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Fall:
    """That a level will be lost: the first day on the lower one (`to`, none: no level), and what would prevent it."""

    on: date
    to: Band | None = None
    missing: int | None = None


@dataclass(frozen=True)
class Why:
    """All that a sentence says. `label` is that of the measure, `asks` what level and track ask for besides.

    `by_rules` is the level that the rules alone give, `left_out` why somebody cannot have a level on the track.
    """

    label: str
    band: Band | None
    figure: int | None
    reached: Reached | None = None
    asks: tuple[Condition, ...] = ()
    by_rules: Band | None = None
    above: Above | None = None
    fall: Fall | None = None
    ruled: Ruled | None = None
    falls: str = ""
    left_out: str = ""


@dataclass(frozen=True)
class Speaker:
    """How figures and days are said."""

    unit: Unit
    settings: Organization

    def amount(self, value: int) -> str:
        """A figure of the measure as people write it."""
        match self.unit.kind:
            case ValueKind.MONEY:
                money = to_decimal(value, self.settings.currency)
                return str(format_currency(money, self.settings.currency, locale=self.settings.locale))
            case ValueKind.MINUTES:
                hours = format_decimal(to_hours(value), locale=self.settings.locale)
                return f"{hours} {'hour' if value == 60 else 'hours'}"
            case ValueKind.YEAR:
                return str(value)
        exact = Decimal(value).scaleb(-self.unit.digits)
        pattern = f"#,##0.{'0' * self.unit.digits}" if self.unit.digits else "#,##0"
        number = format_decimal(exact, format=pattern, locale=self.settings.locale)
        return f"{number}%" if self.unit.kind == ValueKind.PERCENT else str(number)

    def day(self, on: date) -> str:
        """A day."""
        return str(format_date(on, locale=self.settings.locale))


def sentence(why: Why, speaker: Speaker) -> str:
    """The reason in words; each sentence ends in a full stop."""
    if why.left_out:
        return f"No level: {why.left_out}."
    said = [_stands(why, speaker) if why.band is not None else _has_none(why, speaker)]
    said += [_by_hand(why, speaker), _held(why), _falls(why, speaker), _short(why, speaker)]
    return " ".join(part for part in said if part)


def _stands(why: Why, speaker: Speaker) -> str:
    band, reached = why.band, why.reached
    if band is None or reached is None:
        return ""
    since = f"{band.name} since {speaker.day(reached.since)}"
    if why.ruled is not None and why.ruled.kind == OVERRIDE:
        return f"{since}."
    if reached.cause == "override":
        return f"{since}, set by hand."
    reasons = [*_bounds(why.label, reached.figure, band, speaker), *_met(why.asks)]
    because = f", because {' and '.join(reasons)}" if reasons else ""
    return f"{since}{because}; {_brought(reached, speaker)}."


def _brought(reached: Reached, speaker: Speaker) -> str:
    if reached.gift_on is not None and reached.cause in BY_GIFT:
        return f"the gift that decided it was that of {speaker.day(reached.gift_on)}"
    of = f" of the gift of {speaker.day(reached.gift_on)}" if reached.gift_on is not None else ""
    return f"what brought it was {BECAUSE.get(reached.cause, reached.cause)}{of}"


def _bounds(label: str, figure: int | None, band: Band, speaker: Speaker) -> list[str]:
    if not band.bounded:
        return []
    shown = "" if figure is None else f", {speaker.amount(figure)},"
    bounds = [f"is at least {speaker.amount(band.minimum)}"] if band.minimum is not None else []
    if band.maximum is not None and band.minimum is None:
        bounds.append(f"is under {speaker.amount(band.maximum)}")
    return [f"{label.lower()}{shown} {' and '.join(bounds)}"]


def _met(asks: tuple[Condition, ...]) -> list[str]:
    return [one.words for one in asks if one.met]


def _has_none(why: Why, speaker: Speaker) -> str:
    figure = "is empty" if why.figure is None else f"is {speaker.amount(why.figure)}"
    missed = [one.words for one in why.asks if not one.met]
    also = f"; not met: {'; '.join(missed)}" if missed else ""
    return f"No level: {why.label.lower()} {figure}{also}."


def _by_hand(why: Why, speaker: Speaker) -> str:
    ruled = why.ruled
    if ruled is None or ruled.kind == EXCLUDE:
        return ""
    what = {FREEZE: "Frozen", OVERRIDE: "Set by hand"}[ruled.kind]
    until = f" until {speaker.day(ruled.to_on)}" if ruled.to_on is not None else ""
    alone = "" if why.by_rules == why.band else f" The rules alone would give {_named(why.by_rules)}."
    return f"{what} since {speaker.day(ruled.from_on)}{until}: {ruled.reason.rstrip('.')}.{alone}"


def _held(why: Why) -> str:
    if why.ruled is not None or why.falls != NEVER or why.band is None or why.by_rules == why.band:
        return ""
    return f"Kept, for nobody falls here; the rules alone would give {_named(why.by_rules)}."


def _falls(why: Why, speaker: Speaker) -> str:
    if why.fall is None or why.ruled is not None:
        return ""
    unless = f"{speaker.amount(why.fall.missing)} comes in" if why.fall.missing else "it is reached again before"
    return f"Falls to {_named(why.fall.to)} on {speaker.day(why.fall.on)} unless {unless}."


def _short(why: Why, speaker: Speaker) -> str:
    above = why.above
    if above is None:
        return ""
    missed = [one.words for one in above.asks if not one.met]
    if above.missing:
        besides = f", which also asks that {' and '.join(missed)}" if missed else ""
        return f"{speaker.amount(above.missing)} short of {above.band.name}{besides}."
    return f"Not {above.band.name} yet: it asks that {' and '.join(missed)}." if missed else ""


def _named(band: Band | None) -> str:
    return "no level" if band is None else band.name
