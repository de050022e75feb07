"""Writing what stages ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid, NotFound
from donors.pipeline.evidence.models import Evidence
from donors.pipeline.evidence.queries import condition, evidence_of
from donors.pipeline.evidence.sources import SOURCES

LONGEST = 120
MOST_DAYS = 3650


@dataclass(frozen=True)
class EvidenceDraft:
    """One thing that a stage asks for, as somebody writes it. No source: a person confirms it.

    Proven are those of whom at least `at_least` records meet the criteria (stored form; none: any record will do), of
    the last `within_days` days where that is given.
    """

    name: str
    source: str = ""
    criteria: dict[str, Any] | None = None
    at_least: int = 1
    within_days: int | None = None


def add_evidence(session: Session, stage_id: int, draft: EvidenceDraft, *, within: ChangeSet) -> Evidence:
    """Lets a stage ask for one thing more, at the end. Raises Invalid."""
    last = session.scalar(select(func.max(Evidence.position)).where(Evidence.stage_id == stage_id)) or 0
    check_evidence(session, draft, on=within.at.date())
    return insert(session, Evidence(stage_id=stage_id, position=last + 1, **_values(draft)), within=within)


def change_evidence(
    session: Session, evidence_id: int, draft: EvidenceDraft, *, within: ChangeSet, expect: int | None = None
) -> Evidence:
    """Changes what a stage asks for. How entries met it before stays as it was kept. Raises NotFound, Invalid,
    Conflict."""
    row = evidence_by_id(session, evidence_id)
    check_evidence(session, draft, on=within.at.date())
    amend(session, row, within=within, expect=expect, **_values(draft))
    return row


def retire_evidence(session: Session, evidence_id: int, *, within: ChangeSet, expect: int | None = None) -> Evidence:
    """Lets a stage no longer ask for a thing. Raises NotFound, Conflict."""
    row = evidence_by_id(session, evidence_id)
    amend(session, row, within=within, expect=expect, is_active=False)
    return row


def move_evidence(session: Session, evidence_id: int, places: int, *, within: ChangeSet) -> None:
    """Moves a thing up (negative) or down among what its stage asks for. Raises NotFound."""
    row = evidence_by_id(session, evidence_id)
    rows = evidence_of(session, [row.stage_id]).get(row.stage_id, [])
    if row in rows:
        at = rows.index(row)
        rows.insert(min(max(at + places, 0), len(rows) - 1), rows.pop(at))
    for position, each in enumerate(rows, start=1):
        amend(session, each, within=within, position=position)


def set_evidence(session: Session, stage_id: int, drafts: Sequence[EvidenceDraft], *, within: ChangeSet) -> None:
    """Lets a stage ask for exactly these things, in this order; what has the name of one is that one. Raises
    Invalid."""
    known = {row.name: row for row in evidence_of(session, [stage_id]).get(stage_id, [])}
    for position, draft in enumerate(drafts, start=1):
        same = known.pop(draft.name.strip(), None)
        if same is None:
            row = add_evidence(session, stage_id, draft, within=within)
        else:
            row = change_evidence(session, same.id, draft, within=within)
        amend(session, row, within=within, position=position)
    for row in known.values():
        amend(session, row, within=within, is_active=False)


def draft_of(row: Evidence) -> EvidenceDraft:
    """A thing that is asked for, as it would be written now."""
    return EvidenceDraft(row.name, row.source, row.criteria, row.at_least, row.within_days)


def evidence_by_id(session: Session, evidence_id: int) -> Evidence:
    """One thing that a stage asks for. Raises NotFound."""
    found = session.get(Evidence, evidence_id)
    if found is None:
        raise NotFound("evidence", evidence_id)
    return found


def _values(draft: EvidenceDraft) -> dict[str, Any]:
    by_hand = not draft.source
    return {
        "name": " ".join(draft.name.split()),
        "source": draft.source,
        "criteria": None if by_hand else draft.criteria or None,
        "at_least": 1 if by_hand else draft.at_least,
        "within_days": None if by_hand else draft.within_days,
    }


def check_evidence(session: Session, draft: EvidenceDraft, *, on: date) -> None:
    """Looks whether a stage may ask for a thing. Raises Invalid."""
    row = Evidence(**_values(draft))
    if not row.name or len(row.name) > LONGEST:
        raise Invalid(
            "name", row.name, "is missing or too long", f"Say in at most {LONGEST} letters what is asked for."
        )
    if not row.source:
        return
    if row.source not in SOURCES:
        raise Invalid("source", row.source, "is not a kind of record", "Choose one of the list.")
    if row.at_least < 1:
        raise Invalid("at_least", row.at_least, "is below 1", "Say how many records it takes.")
    if row.within_days is not None and not 1 <= row.within_days <= MOST_DAYS:
        raise Invalid("within_days", row.within_days, f"is not from 1 to {MOST_DAYS}", "Leave it empty for any time.")
    condition(session, row, on=on)
