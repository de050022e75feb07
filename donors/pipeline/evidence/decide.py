"""Rules of evidence without any database: what a record proves, what a person vouches for, what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from donors.core.errors import Invalid
from donors.pipeline.decide import Vouched
from donors.pipeline.evidence.models import CLAIMED, CONFIRMED, PROVEN
from donors.pipeline.models import BACK, FORWARD


@dataclass(frozen=True)
class Proof:
    """The newest record that proves a thing: row `row_id` of `source`. `amount` in minor units; a standing fact has no
    day."""

    source: str
    row_id: int
    on: date | None
    words: str
    amount: int | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that a stage asks for, and the record that proves it. `problem`: why its criteria cannot be read;
    `source`: the records that could prove it."""

    evidence_id: int
    name: str
    proof: Proof | None = None
    problem: str = ""
    source: str = ""


@dataclass(frozen=True)
class Met:
    """How one thing was met: proven by a record, confirmed, or claimed for a reason."""

    evidence_id: int
    how: str
    source: str = ""
    row_id: int | None = None
    reason: str = ""


def direction(before: int, after: int) -> str:
    """Which way a step goes, by the places of the two stages. Backward steps ask for nothing."""
    return BACK if after < before else FORWARD


def missing(findings: Iterable[Finding], vouched: Vouched) -> tuple[Finding, ...]:
    """What neither a record nor a person vouches for."""
    return tuple(one for one in findings if one.proof is None and one.evidence_id not in vouched.confirmed)


def met(findings: Sequence[Finding], vouched: Vouched, *, stage: str) -> tuple[Met, ...]:
    """How each thing that a stage asks for is met. What is proven needs nobody's word.

    Raises Invalid (claim) when something is missing and no reason is given.
    """
    lacking = missing(findings, vouched)
    if lacking and not vouched.claim.strip():
        names = "; ".join(one.name for one in lacking)
        problem = f"{stage} asks for what is not on record ({names})"
        raise Invalid("claim", "", problem, "Confirm it, or say why the prospect enters without it.")
    return tuple(_met(one, vouched) for one in findings)


def _met(finding: Finding, vouched: Vouched) -> Met:
    if finding.proof is not None:
        return Met(finding.evidence_id, PROVEN, finding.proof.source, finding.proof.row_id)
    if finding.evidence_id in vouched.confirmed:
        return Met(finding.evidence_id, CONFIRMED)
    return Met(finding.evidence_id, CLAIMED, reason=vouched.claim.strip())
