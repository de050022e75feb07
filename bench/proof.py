"""Whether calibration finds a planted lean, and whose odds are best on simulated asks that come later.

Own-history odds are learnt from what was known on one day; all claims that are judged were made after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bench.asks import FIRST, OFFICERS, YEARS, Claim, Simulated, simulate
from donors.pipeline.odds.calibration import Calibration, Mean, Point, calibration, mean
from donors.pipeline.odds.history import History
from donors.pipeline.odds.own import Model, fit

LEARNT = FIRST.replace(year=FIRST.year + 4)
"""The day up to which the house has learnt."""


@dataclass(frozen=True)
class Judged:
    """One officer's later claims. `planted` is the mean of claim less true odds, `found` what calibration says.

    `gain` is how much lower (better) Brier's score of the own odds is than that of the claims, of the same asks.
    """

    name: str
    planted: float
    found: Calibration
    own: Calibration
    gain: Mean

    @property
    def is_recovered(self) -> bool:
        """Whether the interval that was found holds the planted lean."""
        return self.found.over.low <= self.planted <= self.found.over.high


@dataclass(frozen=True)
class Proof:
    """All later claims, one of each ask, by whose odds; and each officer apart."""

    asks: int
    learnt_from: int
    claimed: Calibration
    own: Calibration
    base: Calibration
    truth: Calibration
    over_claimed: Mean
    over_base: Mean
    officers: tuple[Judged, ...]


def prove(asks: int, seed: int = 6) -> Proof:
    """Simulates, learns, and judges what was claimed later."""
    simulated = list(simulate(asks, seed))
    model = fit(History(spell for each in simulated for spell in each.spells).until(LEARNT))
    later = _later(simulated, Random(seed))
    own = [_own(model, claim) for claim in later]
    return Proof(
        asks=asks,
        learnt_from=model.decided,
        claimed=_judge(later, [claim.odds for claim in later]),
        own=_judge(later, own),
        base=_judge(later, [model.base] * len(later)),
        truth=_judge(later, [claim.truth for claim in later]),
        over_claimed=_gain(later, own, [claim.odds for claim in later]),
        over_base=_gain(later, own, [model.base] * len(later)),
        officers=tuple(_officer(officer.name, later, model) for officer in OFFICERS),
    )


def _later(simulated: Sequence[Simulated], drawn: Random) -> list[Claim]:
    """One claim of each ask: the first after a day drawn for it. Which one it is must not hang on what came of the ask:
    the last claims of fair officers would look too hopeful, as the next thing that happened was mostly a refusal."""
    days = (FIRST + timedelta(365 * YEARS) - LEARNT).days
    found = []
    for each in simulated:
        since = LEARNT + timedelta(drawn.randrange(days))
        found.extend([claim for claim in each.claims if claim.on > since][:1])
    return found


def _own(model: Model, claim: Claim) -> float:
    odds = model.odds(claim.stand, claim.days)
    return odds.share if odds else model.base


def _judge(claims: Sequence[Claim], odds: Sequence[float]) -> Calibration:
    found = calibration([Point(said, claim.happened, claim.ask_id) for claim, said in zip(claims, odds, strict=True)])
    if found is None:
        raise ValueError("There are no later claims; simulate more asks.")
    return found


def _gain(claims: Sequence[Claim], own: Sequence[float], other: Sequence[float]) -> Mean:
    return mean(
        [
            (said - claim.happened) ** 2 - (reckoned - claim.happened) ** 2
            for claim, reckoned, said in zip(claims, own, other, strict=True)
        ],
        [claim.ask_id for claim in claims],
    )


def _officer(name: str, later: Sequence[Claim], model: Model) -> Judged:
    theirs = [claim for claim in later if claim.officer.name == name]
    own, said = [_own(model, claim) for claim in theirs], [claim.odds for claim in theirs]
    return Judged(
        name,
        sum(claim.odds - claim.truth for claim in theirs) / len(theirs),
        _judge(theirs, said),
        _judge(theirs, own),
        _gain(theirs, own, said),
    )


@dataclass(frozen=True)
class Size:
    """Many small houses of so many asks: from how many decided asks each learnt, and how often (from 0 to 1) its own
    odds were better than its claims and than the base rate, and a planted lean lay within the interval found."""

    asks: int
    learnt_from: int
    beats_claims: float
    beats_base: float
    held: float


def houses(asks: int, repeats: int) -> Size:
    """Proves it again and again."""
    proofs = [prove(asks, seed) for seed in range(repeats)]
    judged = [officer for proof in proofs for officer in proof.officers]
    return Size(
        asks,
        round(sum(proof.learnt_from for proof in proofs) / repeats),
        sum(proof.own.brier.value < proof.claimed.brier.value for proof in proofs) / repeats,
        sum(proof.own.brier.value < proof.base.brier.value for proof in proofs) / repeats,
        sum(officer.is_recovered for officer in judged) / len(judged),
    )
