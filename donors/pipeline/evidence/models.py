"""Tables of what stages ask for, and of how each of it was met when a prospect entered."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Json, Recorded

PROVEN, CONFIRMED, CLAIMED = "proven", "confirmed", "claimed"


class Evidence(Editable, Base):
    """One thing that a stage asks for. `source` names the records that can prove it, empty: a person confirms it.

    Proven are those of whom at least `at_least` records of the source meet the criteria, of the last `within_days` days
    where that is given.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_stage_id", "stage_id", "position"),)

    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    position: Mapped[int]
    name: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    criteria: Mapped[dict[str, Any] | None] = mapped_column(Json)
    at_least: Mapped[int] = mapped_column(default=1)
    within_days: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class EvidenceKept(Recorded, Base):
    """How one thing that a stage asks for was met at an entry. Never changed.

    Proven: by the record `row_id` of `source`. Confirmed: a person said so. Claimed: entered without it, for a reason.
    """

    __tablename__ = "evidence_kept"
    __table_args__ = (
        CheckConstraint("how IN ('proven', 'confirmed', 'claimed')", name="how"),
        Index("ix_evidence_kept_stage_entry_id", "stage_entry_id"),
        Index("ix_evidence_kept_evidence_id", "evidence_id"),
    )

    stage_entry_id: Mapped[int] = mapped_column(ForeignKey("stage_entry.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    how: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    row_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
