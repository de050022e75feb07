"""`python -m bench.odds`: own-history odds and calibration tried on simulated asks; writes what came of it."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.proof import LEARNT, Proof, Size, houses, prove
from donors.core.clock import now
from donors.pipeline.odds.calibration import Mean

SIZES = (150, 300, 600, 1_200, 2_400)
HEAD = """# Odds, tried on simulated asks

Written by `python -m bench.odds --write docs/odds.md`. Asks are simulated (`bench/asks.py`) whose true odds are known
at any moment. The house learns from what was known on one day; judged are claims that were made after it, one of each
ask. Less is better in Brier’s score and in the log loss. In brackets the 95 % interval.
"""
WHOSE = """## Whose odds are best

| odds | asks | Brier’s score | log loss | claimed less happened |
|---|---|---|---|---|
"""
LEAN = """## Whether a lean is found

*Planted* is the mean of claim less true odds, *found* what the calibration page says without knowing those.

| officer | asks | planted | found | within the interval | Brier, claimed | Brier, own | own better by |
|---|---|---|---|---|---|---|---|
"""
KNOWING = """
An officer who knows the donors, and leans neither way, is better than any history: nothing in the records tells how
warm a donor is. That is why both odds stand side by side, and neither replaces the other.
"""
HOUSES = """## How many asks it takes

Each line is {repeats} houses of six years that learnt in the first four. *Better* counts the houses whose own odds had
the lower Brier score on what came later. A planted lean should lie within its interval 95 times of 100.

| asks in all | decided when learnt | better than claims | better than the base rate | lean within the interval |
|---|---|---|---|---|
"""


def document(proof: Proof, sizes: Sequence[Size], repeats: int, today: date) -> str:
    """All that was found."""
    how = (
        f"{today:%Y-%m-%d}: {proof.asks:,} asks of six years; learnt on {LEARNT:%Y-%m-%d} from "
        f"{proof.learnt_from:,} decided asks."
    )
    better = (
        f"\nOwn-history odds are better than claims by {_mean(proof.over_claimed, 4)} in Brier’s score, ask by ask,\n"
        f"and than the base rate by {_mean(proof.over_base, 4)}.\n"
    )
    return "\n".join(
        (
            HEAD,
            how + "\n",
            WHOSE + _whose(proof) + better,
            LEAN + _officers(proof) + KNOWING,
            HOUSES.format(repeats=repeats) + "".join(map(_size, sizes)),
        )
    )


def _whose(proof: Proof) -> str:
    rows = (
        ("as claimed by the officers", proof.claimed),
        ("own-history odds", proof.own),
        ("the base rate for every ask", proof.base),
        ("the true odds, which nobody knows", proof.truth),
    )
    return "".join(
        f"| {name} | {one.claims:,} | {_mean(one.brier, 4)} | {_mean(one.loss, 3)} | {_mean(one.over, 3)} |\n"
        for name, one in rows
    )


def _officers(proof: Proof) -> str:
    return "".join(
        f"| {one.name} | {one.found.claims:,} | {one.planted:+.3f} | {_mean(one.found.over, 3)} "
        f"| {'yes' if one.is_recovered else 'no'} | {one.found.brier.value:.4f} | {one.own.brier.value:.4f} "
        f"| {_mean(one.gain, 4)} |\n"
        for one in proof.officers
    )


def _size(one: Size) -> str:
    shares = " | ".join(f"{share:.0%}" for share in (one.beats_claims, one.beats_base, one.held))
    return f"| {one.asks:,} | {one.learnt_from:,} | {shares} |\n"


def _mean(value: Mean, digits: int) -> str:
    return f"{value.value:.{digits}f} ({value.low:.{digits}f} to {value.high:.{digits}f})"


def main() -> None:
    """Reads how many, and writes the document."""
    parser = argparse.ArgumentParser(prog="python -m bench.odds", description=__doc__)
    parser.add_argument("--asks", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--write", type=Path, help="where the document goes; it is printed if not given")
    asked = parser.parse_args()
    proof = prove(asked.asks, asked.seed)
    told = document(proof, [houses(asks, asked.repeats) for asks in SIZES], asked.repeats, now().date())
    if asked.write:
        asked.write.write_text(told)
    else:
        print(told)


if __name__ == "__main__":
    main()
