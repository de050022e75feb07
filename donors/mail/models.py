"""The outbox: mails to be sent and mails that were."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Recorded

Policy = Literal["at_least_once", "at_most_once"]
MailState = Literal["todo", "sent", "dead"]
MOST_ATTEMPTS = 8


class Outbox(Recorded, Base):
    """One mail. `key` names it for ever and becomes its Message-ID; a mail not sent by `not_after` is given up.

    `attempts` rises with each claim and so tells claims apart; at `attempts_allowed` the mail is dead.
    `locked_until` is by the database's clock.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_todo",
            "next_try_at",
            "id",
            postgresql_where=text("state = 'todo'"),
            sqlite_where=text("state = 'todo'"),
        ),
    )

    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="todo")
    policy: Mapped[str] = mapped_column(default="at_least_once")
    attempts: Mapped[int] = mapped_column(default=0)
    attempts_allowed: Mapped[int] = mapped_column(default=MOST_ATTEMPTS)
    locked_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    to_address: Mapped[str]
    subject: Mapped[str]
    text_body: Mapped[str]
    html_body: Mapped[str] = mapped_column(default="")
    constituent_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"), index=True)
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
