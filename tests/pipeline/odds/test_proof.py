"""The proof in small: a planted lean is found, and own-history odds beat claims and the base rate on later asks."""

from datetime import date

from bench.odds import document
from bench.proof import houses, prove


def test_own_odds_are_the_best_that_records_give_and_a_lean_is_seen() -> None:
    proof = prove(5_000)
    verdicts = {one.name: one.found.verdict for one in proof.officers}
    assert verdicts["hopeful by 1.0"] == "hopeful"
    assert verdicts["shy by 0.7"] == "shy"
    assert proof.own.brier.value < min(proof.claimed.brier.value, proof.base.brier.value)
    assert proof.own.loss.value < min(proof.claimed.loss.value, proof.base.loss.value)
    assert proof.over_claimed.low > 0
    assert proof.over_base.low > 0
    assert proof.truth.brier.value < proof.own.brier.value
    knowing = next(one for one in proof.officers if one.name == "knows the donors")
    assert knowing.gain.high < 0
    told = document(proof, [houses(300, 3)], 3, date(2026, 3, 3))
    assert "hopeful by 1.0" in told
    assert "| 300 | " in told


def test_a_planted_lean_lies_within_its_interval_nearly_always() -> None:
    """Of twenty-four officers twenty-three, by the meaning of the interval; fewer than nineteen nearly never."""
    assert houses(800, 6).held >= 19 / 24
