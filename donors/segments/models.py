"""Tables of saved views."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable


class Segment(Editable, Base):
    """A saved view: criteria over a subject's fields, with its columns and its order.

    `owner_id` none means shared with everybody. `criteria` is the stable JSON form of donors.core.criteria.
    """

    __tablename__ = "segment"
    __table_args__ = (Index("uq_segment_subject_owner_id_name", "subject", "owner_id", "name", unique=True),)

    name: Mapped[str]
    subject: Mapped[str] = mapped_column(default="constituent")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    criteria: Mapped[dict[str, Any]]
    columns: Mapped[dict[str, Any]]
    sort: Mapped[str] = mapped_column(default="name")
