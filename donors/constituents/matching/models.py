"""Tables of matching: models, the pairs found, what people decided of pairs, and the searches for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Id, Recorded

SURE, LIKELY = 9_900, 5_000
"""From which probability on, in hundredths of a per cent, a pair is called sure, and is kept at all."""
PER_CENT = (LIKELY // 100, SURE // 100)
"""The same for people, the lower one first."""


class MatchModel(Recorded, Base):
    """What was learned of one kind of constituents (see model.Model); the newest row of a kind rules.

    `learned` holds the tables; `people` is how many constituents it was learned from, `found` how many duplicate pairs
    it expects among them.
    """

    __tablename__ = "match_model"
    __table_args__ = (Index("ix_match_model_kind_id", "kind", "id"),)

    kind: Mapped[str]
    people: Mapped[int]
    found: Mapped[int]
    learned: Mapped[dict[str, Any]]
    learned_at: Mapped[datetime]


class DuplicatePair(Base):
    """Two constituents that are likely the same. Derived: found anew by each search, never in the journal.

    `probability` is in hundredths of a per cent. `reasons` holds `said`, pairs of words and bits. `group_id` is
    the lowest id of all that are tied to these two by pairs, `group_size` how many those are.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="order"),
        Index("ix_duplicate_pair_probability", "probability", "low_id", "high_id"),
        Index("ix_duplicate_pair_high_id", "high_id"),
        Index("ix_duplicate_pair_group_id", "group_id"),
    )

    low_id: Mapped[int] = mapped_column(ForeignKey("constituent.id", ondelete="CASCADE"), primary_key=True)
    high_id: Mapped[int] = mapped_column(ForeignKey("constituent.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str]
    probability: Mapped[int]
    reasons: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    group_id: Mapped[int]
    group_size: Mapped[int] = mapped_column(default=2)


class NotDuplicate(Editable, Base):
    """A person's decision that two constituents are not the same; who and when stands in its change set.

    It follows both through merges. The lower id comes first.
    """

    __tablename__ = "not_duplicate"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id", name="uq_not_duplicate_low_id_high_id"),
        CheckConstraint("low_id < high_id", name="order"),
    )

    low_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")


class MatchSearch(Base):
    """A search for duplicates: asked for, then done. Among everybody, or only around those changed since the last one.

    `seen_to` is the last change set that it saw; `told` holds counts (constituents, likely pairs, keys left
    out) and the change sets that were under way: the next search looks at what those have written too.
    """

    __tablename__ = "match_search"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Id]
    everybody: Mapped[bool]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    seen_to: Mapped[int] = mapped_column(default=0)
    told: Mapped[dict[str, Any]]
