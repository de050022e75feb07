"""What stages ask for, in the rules of an organization. The tables of a stage are all that it asks for, in order."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import HouseError, Invalid
from donors.pipeline.evidence.define import EvidenceDraft, check_evidence, draft_of, set_evidence
from donors.pipeline.evidence.queries import evidence_of
from donors.workflows.rules.read import checked
from donors.workflows.rules.rollups import told

EVIDENCE = {"name": str, "source": str, "criteria": dict, "at_least": int, "within_days": int}
"""What a table may hold, as in `evidence.define.EvidenceDraft`; without `source` a person confirms it."""
PLAIN = asdict(EvidenceDraft(""))


def exported_evidence(session: Session, stage_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Stage id → what it asks for, as tables without what is as usual; stages that ask for nothing are not in it."""
    asked = evidence_of(session, stage_ids)
    return {stage_id: [_table(draft_of(row)) for row in rows] for stage_id, rows in asked.items()}


def _table(draft: EvidenceDraft) -> dict[str, Any]:
    values: dict[str, Any] = told(asdict(draft))
    return {name: value for name, value in values.items() if value != PLAIN[name]}


def apply_evidence(session: Session, stage_id: int, tables: Sequence[tuple[str, Any]], *, within: ChangeSet) -> None:
    """Lets a stage ask for what its tables say and nothing else; `tables` are place and table. Raises Invalid with the
    place."""
    drafts = []
    for place, table in tables:
        draft = EvidenceDraft(**checked(table, place, known=EVIDENCE))
        try:
            check_evidence(session, draft, on=within.at.date())
        except HouseError as error:
            raise Invalid(place, draft.name, error.message.removesuffix(".")) from error
        drafts.append(draft)
    if [_table(draft) for draft in drafts] != exported_evidence(session, [stage_id]).get(stage_id, []):
        set_evidence(session, stage_id, drafts, within=within)
