"""What the five stages ask for in a new organization: a starting point, every line of it a setting."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.pipeline.evidence.define import EvidenceDraft, add_evidence
from donors.pipeline.evidence.models import Evidence
from donors.pipeline.models import Stage

YEAR, HALF_YEAR = 365, 180


def _is(field: str, value: Any, operator: str = "equals") -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _given(field: str) -> dict[str, Any]:
    return {"field": field, "operator": "is not empty"}


def _rated(name: str, kind: str) -> EvidenceDraft:
    return EvidenceDraft(name, "ratings", {"all": [_is("kind", kind), _is("score", 0, "greater")]})


def _two_way(name: str, within_days: int) -> EvidenceDraft:
    return EvidenceDraft(name, "moves", _is("substantive", True), within_days=within_days)


STANDARD: Mapping[str, tuple[EvidenceDraft, ...]] = {
    "qualification": (
        _rated("Linkage above zero", "linkage"),
        _rated("Interest above zero", "interest"),
        _rated("Ability above zero", "ability"),
    ),
    "cultivation": (
        _two_way("A two-way contact held", YEAR),
        EvidenceDraft(
            "Capacity rated within a year",
            "ratings",
            {"all": [_is("kind", "capacity"), _given("amount")]},
            within_days=YEAR,
        ),
    ),
    "solicitation": (
        _two_way("A two-way contact in half a year", HALF_YEAR),
        EvidenceDraft("Agreed to be asked", "moves", _is("outcome", "agreed"), within_days=HALF_YEAR),
        EvidenceDraft(
            "Amount and date of the ask",
            "opportunities",
            {"all": [_is("open", True), _given("amount"), _given("ask_on")]},
        ),
    ),
    "stewardship": (
        EvidenceDraft("A gift received", "gifts", within_days=YEAR),
        EvidenceDraft("Thanked within two days", "gifts", _is("thanked_in", 2, "at most"), within_days=YEAR),
    ),
}
"""Kind of a stage → what it asks for. Linkage, interest and ability: all three above zero make a prospect (peers call
it LIA); the rest is what officers are asked before they ask."""


def install_evidence(session: Session, stage: Stage, *, within: ChangeSet) -> None:
    """Lets a stage that never asked for anything ask for what stages of its kind do."""
    if session.scalar(select(Evidence.id).where(Evidence.stage_id == stage.id).limit(1)) is None:
        for draft in STANDARD.get(stage.kind, ()):
            add_evidence(session, stage.id, draft, within=within)
