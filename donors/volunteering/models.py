"""Tables of volunteer work."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable
from donors.core.labels import YEAR_OF


class Activity(Editable, Base):
    """A kind of volunteer work: usher, docent, driver."""

    __tablename__ = "activity"

    name: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class Shift(Editable, Base):
    """One dated piece of volunteer work, in whole minutes."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        Index("ix_shift_constituent_id", "constituent_id", "worked_on", "minutes", "fiscal_year"),
        Index("ix_shift_worked_on", "worked_on", "id"),
        Index(
            "uq_shift_source_external_id",
            "source",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_shift_source_fingerprint", "source", "fingerprint"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    worked_on: Mapped[date] = mapped_column(Day)
    minutes: Mapped[int]
    fiscal_year: Mapped[int] = mapped_column(info={YEAR_OF: "worked_on"})
    recorded_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str | None]
    fingerprint: Mapped[str | None]
