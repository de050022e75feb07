"""Tables of reports: answers that are kept until the data change, and questions that users keep."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable


class Answer(Base):
    """What the database found for one question of a report. It holds as long as `stamp` is that of the data.

    `key` is a digest of the question, `rows` holds the rows as plain values. It belongs to no change set: it can be
    thrown away at any time.
    """

    __tablename__ = "answer"

    key: Mapped[str] = mapped_column(primary_key=True)
    stamp: Mapped[str]
    rows: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class KeptReport(Editable, Base):
    """A report's question under a name, of one user. `asked` are the arguments of its address.

    `every` says how often its main figures come by mail: week, month, or empty for never; `base` is where the
    installation is found (the beginning of every address), as it was when the mails were asked for.
    """

    __tablename__ = "kept_report"
    __table_args__ = (
        Index("uq_kept_report_owner_id_name", "owner_id", "name", unique=True),
        CheckConstraint("every IN ('', 'week', 'month')", name="every"),
    )

    owner_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    report: Mapped[str]
    name: Mapped[str]
    asked: Mapped[dict[str, Any]]
    every: Mapped[str] = mapped_column(default="")
    base: Mapped[str] = mapped_column(default="")
