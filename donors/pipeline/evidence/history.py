"""Reading how entries met what their stages asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, null, select, type_coerce
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.core.bulk import among
from donors.core.db import day_date
from donors.core.fields import joined
from donors.pipeline.evidence.decide import Proof
from donors.pipeline.evidence.models import Evidence, EvidenceKept
from donors.pipeline.evidence.sources import SOURCES


@dataclass(frozen=True)
class KeptLine:
    """How one thing was met: proven (by a record, none when that is gone), confirmed, or claimed with the reason."""

    name: str
    how: str
    reason: str
    proof: Proof | None


def kept_at(session: Session, entry_ids: Sequence[int], *, sees: Sight) -> dict[int, list[KeptLine]]:
    """Stage entry id → how each thing that was asked for was met, for those that asked for something."""
    statement = (
        select(EvidenceKept, Evidence.name)
        .join(Evidence, Evidence.id == EvidenceKept.evidence_id)
        .where(among(session, EvidenceKept.stage_entry_id, entry_ids))
        .order_by(EvidenceKept.id)
    )
    rows = session.execute(statement).all()
    named: dict[str, list[int]] = {}
    for kept, _name in rows:
        if kept.source:
            named.setdefault(kept.source, []).append(kept.row_id or 0)
    records = _records(session, named, sees=sees)
    found: dict[int, list[KeptLine]] = {}
    for kept, name in rows:
        proof = records.get((kept.source, kept.row_id or 0))
        found.setdefault(kept.stage_entry_id, []).append(KeptLine(name, kept.how, kept.reason, proof))
    return found


def _records(session: Session, named: Mapping[str, Sequence[int]], *, sees: Sight) -> dict[tuple[str, int], Proof]:
    """Source and id → the record as it is now; those that are gone are left out."""
    found: dict[tuple[str, int], Proof] = {}
    for name, ids in named.items():
        source = SOURCES[name]
        day = null() if source.day is None else type_coerce(source.day, Integer)
        wanted: Any = select(source.root.id, day, source.words(sees), source.amount).select_from(source.root)
        for row_id, on, words, amount in session.execute(
            joined(wanted, source.joins).where(among(session, source.root.id, ids))
        ):
            found[name, row_id] = Proof(name, row_id, None if on is None else day_date(on), words or "", amount)
    return found
