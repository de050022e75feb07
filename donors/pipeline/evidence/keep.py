"""Writing how each thing that a stage asks for was met at an entry."""

from collections.abc import Mapping, Sequence
from itertools import chain

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert_many
from donors.pipeline.evidence.decide import Met
from donors.pipeline.evidence.models import EvidenceKept


def keep(session: Session, kept: Mapping[int, Sequence[Met]], *, within: ChangeSet) -> None:
    """Keeps it for stage entries, by their ids."""
    rows = chain.from_iterable(
        (
            EvidenceKept(
                stage_entry_id=entry_id,
                evidence_id=one.evidence_id,
                how=one.how,
                source=one.source,
                row_id=one.row_id,
                reason=one.reason,
            )
            for one in each
        )
        for entry_id, each in kept.items()
    )
    insert_many(session, list(rows), within=within)
