"""The table of ratings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Minor


class Rating(Editable, Base):
    """A dated judgement with its source. The newest of a kind holds; older ones stay.

    `score` is 0 to 5, zero meaning that there is none. Capacity is what somebody could give to all causes in five
    years, in minor units of the base currency; it has an amount and may have a score.
    """

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("kind IN ('linkage', 'ability', 'interest', 'capacity', 'readiness')", name="kind"),
        CheckConstraint("score BETWEEN 0 AND 5", name="score"),
        Index("ix_rating_constituent_id", "constituent_id", "kind", "rated_on", "id"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    kind: Mapped[str]
    score: Mapped[int | None]
    amount: Mapped[Minor | None]
    rated_on: Mapped[date] = mapped_column(Day)
    source: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    rated_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[datetime]
