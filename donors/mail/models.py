"""Tables of mail: the outbox, templates, bounces; and the ledger of contacts, made and refused."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Recorded

Policy = Literal["at_least_once", "at_most_once"]
HELD, WAITING, SENT, DEAD, REFUSED, DROPPED = "held", "todo", "sent", "dead", "refused", "dropped"
NEVER_LEFT = (DEAD, REFUSED, DROPPED)
"""States of a mail that has not left and will not, unless somebody lets it try again."""
MOST_ATTEMPTS = 8


class Outbox(Recorded, Base):
    """One mail. `key` names it for ever and becomes its Message-ID; a mail not sent by `not_after` is given up.

    State: held (until a person approves it), todo (waits to leave), sent, dead (could not be sent), refused (by the
    contact gate, just before it left), dropped (given up by a person). `attempts` rises with each claim and so tells
    claims apart; at `attempts_allowed` the mail is dead. `locked_until` is by the database's clock. `purpose` (empty:
    mail to staff), `template_id` and `task_id` say what a mail to a constituent is for, and which step of a plan wants
    it.
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
        Index("ix_outbox_state_id", "state", "id"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=WAITING)
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
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    template_id: Mapped[int | None] = mapped_column(info={"points_at": "mail_template"})
    task_id: Mapped[int | None] = mapped_column(index=True, info={"points_at": "task"})


class MailTemplate(Editable, Base):
    """What mails to constituents are written from. Its texts hold fields in braces: see donors/mail/language.py.

    `look`: plain (text alone), letter (HTML made from the text), own (`html_body`). `purpose` is a key of
    donors/mail/decide.py: PURPOSES.
    """

    __tablename__ = "mail_template"
    __table_args__ = (CheckConstraint("look IN ('plain', 'letter', 'own')", name="look"),)

    name: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    text_body: Mapped[str]
    look: Mapped[str] = mapped_column(default="plain")
    html_body: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(default="news")
    policy: Mapped[str] = mapped_column(default="at_least_once")
    is_active: Mapped[bool] = mapped_column(default=True)


class Contact(Recorded, Base):
    """That a constituent was reached out to: by mail (`mail_id`; it counts unless that mail never left), call, letter.

    `key` names the act, so that it stands here once: `mail/task/12`, `move/7`. `about` says in a few words what it was.
    """

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_constituent_id_happened_on", "constituent_id", "happened_on"),)

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    channel: Mapped[str]
    purpose: Mapped[str]
    happened_on: Mapped[date]
    key: Mapped[str] = mapped_column(unique=True)
    about: Mapped[str] = mapped_column(default="")
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)


class ContactRefusal(Recorded, Base):
    """That the contact gate refused an act, and why. The same act refused for the same reason stands here once."""

    __tablename__ = "contact_refusal"
    __table_args__ = (
        Index("ix_contact_refusal_constituent_id_refused_on", "constituent_id", "refused_on"),
        Index("uq_contact_refusal_key_reason", "key", "reason", unique=True),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    channel: Mapped[str]
    purpose: Mapped[str]
    refused_on: Mapped[date]
    key: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]


class Bounce(Recorded, Base):
    """That a mail server could not hand a mail over, as it said. `key` names the report, so that it counts once.

    `folded` is the address as addresses are compared; `is_final` says that the address is no good.
    """

    __tablename__ = "bounce"

    key: Mapped[str] = mapped_column(unique=True)
    folded: Mapped[str] = mapped_column(index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    is_final: Mapped[bool]
    status: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
