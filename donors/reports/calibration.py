"""Calibration: odds that were claimed, and what happened; beside them what the house's own history said at the time.

Every claim of odds about an ask counts, once the ask is decided. Claims of late are left out: of those, mostly the
quick refusals are decided. Hot claims are judged when their day is over, by the gifts that came.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.odds.calibration import Calibration, Mean, Point, bin_of, calibration, mean
from donors.pipeline.odds.claims import HAPPENED, Outcome, claims
from donors.pipeline.odds.evidence_ends import Ends, evidence_ends
from donors.pipeline.odds.history import History
from donors.pipeline.odds.own import Model, fit
from donors.pipeline.odds.queries import Named, Which, named_of, names_of, seen_asks, stories
from donors.pipeline.odds.stories import Claim, Story

Said = TypeVar("Said", Claim, Outcome)
WAITS = (0, 90, 180, 365)
WAIT = 180


@dataclass(frozen=True)
class CalibrationQuestion:
    """As of a day; claims that are so many days old at least."""

    on: date
    which: Which
    wait: int = WAIT


@dataclass(frozen=True)
class Beside:
    """The same claims by whose odds: as claimed, by own history as it was then, by the base rate as it was then.

    `gain` is how much lower (better) the own odds' Brier score is than that of the claims.
    """

    claimed: Calibration
    own: Calibration
    base: Calibration
    gain: Mean


@dataclass(frozen=True)
class CalibrationReport:
    """The report on the claims that are `judged`. `undecided` ones are old enough, and their asks are open; `young`
    ones are too new to count."""

    asked: CalibrationQuestion
    judged: tuple[Claim, ...]
    all: Calibration | None
    officers: Mapping[str, Calibration]
    stands: Mapping[str, Calibration]
    beside: Beside | None
    undecided: int
    young: int
    hot: Calibration | None
    hot_officers: Mapping[str, Calibration]
    hot_claims: tuple[Outcome, ...]
    evidence: Mapping[bool, Ends]


def calibration_report(session: Session, asked: CalibrationQuestion) -> CalibrationReport:
    """Judges what was claimed. A handful of statements, a row for each thing that was said of asks."""
    told = stories(session, asked.on)
    seen = seen_asks(session, asked.which)
    held = [claim for story in told if story.ask_id in seen for claim in story.claims() if _asked_for(claim, asked)]
    old = [claim for claim in held if claim.on <= asked.on - timedelta(days=asked.wait)]
    judged = [claim for claim in old if claim.happened is not None]
    names = names_of(session, {claim.officer_id for claim in judged if claim.officer_id is not None})
    due = [one for one in claims(session, asked.on, asked.which) if one.claim.until_on < asked.on]
    return CalibrationReport(
        asked=asked,
        judged=tuple(judged),
        all=calibration([_point(claim) for claim in judged]),
        officers=_by(judged, lambda claim: names.get(claim.officer_id or 0, "nobody"), _point),
        stands=_by(judged, stand_words, _point),
        beside=_beside(told, judged),
        undecided=len(old) - len(judged),
        young=len(held) - len(old),
        hot=calibration([_hot(one) for one in due]),
        hot_officers=_by(due, lambda one: one.by or "nobody", _hot),
        hot_claims=tuple(due),
        evidence=evidence_ends(session, asked.on, asked.which),
    )


@dataclass(frozen=True)
class Behind:
    """An ask behind a point of the diagram, with the claim that counts there."""

    claim: Claim
    ask: Named


def behind(session: Session, found: CalibrationReport, number: int) -> list[Behind]:
    """The asks of a bin, each with its first claim in it, the highest claims first."""
    held: dict[int, Claim] = {}
    for claim in found.judged:
        if bin_of(claim.odds) == number:
            held.setdefault(claim.ask_id, claim)
    asks = named_of(session, found.asked.on, Which(found.asked.which.sees), list(held))
    lines = [Behind(claim, asks[ask_id]) for ask_id, claim in held.items() if ask_id in asks]
    return sorted(lines, key=lambda one: (-one.claim.odds, one.claim.on, one.claim.ask_id))


def stand_words(claim: Claim) -> str:
    """Where an ask stood, in words: `Asked in solicitation`."""
    kind, status = claim.stand
    return f"{STATUSES[status]} in {kind}" if kind else STATUSES[status]


def _asked_for(claim: Claim, asked: CalibrationQuestion) -> bool:
    return asked.which.officer_id in (None, claim.officer_id)


def _point(claim: Claim) -> Point:
    return Point(claim.odds, bool(claim.happened), claim.ask_id)


def _hot(one: Outcome) -> Point:
    """A claim of its own each: who is hot twice gives twice, or was called hot too early."""
    return Point(one.claim.odds / 100, one.state(one.claim.until_on) == HAPPENED, one.claim.id)


def _by(held: Sequence[Said], name: Callable[[Said], str], point: Callable[[Said], Point]) -> dict[str, Calibration]:
    groups: dict[str, list[Point]] = defaultdict(list)
    for one in held:
        groups[name(one)].append(point(one))
    found = {key: calibration(points) for key, points in sorted(groups.items())}
    return {key: one for key, one in found.items() if one is not None}


def _beside(told: Sequence[Story], judged: Sequence[Claim]) -> Beside | None:
    """Own odds are those that the house had before the month of the claim: nothing is known beforehand."""
    history = History(spell for story in told for spell in story.spells())
    known: dict[date, Model] = {}
    pairs: list[tuple[Claim, float, float]] = []
    for claim in sorted(judged, key=lambda one: (one.on, one.ask_id)):
        month = claim.on.replace(day=1)
        if month not in known:
            known[month] = fit(history.until(month - timedelta(days=1)))
        odds = known[month].odds(claim.stand, claim.days)
        if odds is not None:
            pairs.append((claim, odds.share, known[month].base))
    said = calibration([_point(claim) for claim, _own, _base in pairs])
    own = calibration([Point(share, bool(claim.happened), claim.ask_id) for claim, share, _base in pairs])
    base = calibration([Point(rate, bool(claim.happened), claim.ask_id) for claim, _own, rate in pairs])
    if said is None or own is None or base is None:
        return None
    gains = [_loss(claim, claim.odds) - _loss(claim, share) for claim, share, _base in pairs]
    return Beside(said, own, base, mean(gains, [claim.ask_id for claim, _own, _base in pairs]))


def _loss(claim: Claim, odds: float) -> float:
    return (odds - bool(claim.happened)) ** 2
