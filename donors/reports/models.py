"""Tables of reports: answers that are kept until the data change."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base


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
