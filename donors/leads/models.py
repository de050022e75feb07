"""Tables of leads: forms, the rota, leads, what was consented to and tried, and who is suggested."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.constituents.models import Comparable
from donors.core.db import Base, Day, Editable, Id, Json, Recorded

NEW, WORKING, CONVERTED, DISQUALIFIED = "new", "working", "converted", "disqualified"
OPEN = (NEW, WORKING)
SOURCES = {
    "web_form": "Web form",
    "referral": "Referral",
    "event": "Event",
    "content": "Content",
    "networking": "Networking",
    "email": "E-mail",
    "appeal": "Appeal",
    "volunteer": "Volunteering",
    "list": "List",
    "suggestion": "Suggestion",
}
"""Where a lead came from, as it is kept → as people read it. A suggestion is somebody whom a rule found in the file."""


class LeadForm(Editable, Base):
    """A form for everybody at an address of its own, `/f/<token>`.

    `asks` names the optional fields that it shows, `interests` what may be ticked, `consents` what may be agreed to:
    `{"channel": …, "wording": …}` each, shown and kept word for word. After sending, the sender goes to `redirect_to`
    (a host of the organization's own) or reads `thanks`. A lead is to be answered within `answer_hours`. A program that
    sends leads shows a key, of which `key_digest` is kept (empty: there is none).
    """

    __tablename__ = "lead_form"

    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    title: Mapped[str]
    intro: Mapped[str] = mapped_column(default="")
    asks: Mapped[list[str]] = mapped_column(Json, default=list)
    interests: Mapped[list[str]] = mapped_column(Json, default=list)
    consents: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    source: Mapped[str] = mapped_column(default="web_form")
    thanks: Mapped[str] = mapped_column(default="")
    redirect_to: Mapped[str] = mapped_column(default="")
    answer_hours: Mapped[int] = mapped_column(default=24)
    key_digest: Mapped[str] = mapped_column(default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class RotaPlace(Recorded, Base):
    """The place of a user on the rota: leads go to one after the other, those who are away are passed over."""

    __tablename__ = "lead_rota_place"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), unique=True)
    position: Mapped[int]


class Lead(Editable, Base):
    """Somebody who may be worth a first look: what they sent or what is known, whose turn it is, and what became of it.

    `organization` is what was typed. `introducer_id` is the constituent who brought them, `introduced_by` the name
    where that constituent is not known. `key` is unique where the sender named one (an import row, a program), so that
    the same lead comes in once. The clock: `received_at`, `answer_due_at`, `answered_at` (the first try that reached
    somebody or left word), `escalated_at`. The three fits are 0 to 5, none where nobody has judged. `constituent_id` is
    the constituent that it became, or whom it was about from the start (a suggestion; then `reason` names the rule).
    `email_key` and `phone_key` are compared where leads of one address are looked for.
    """

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint("status IN ('new', 'working', 'converted', 'disqualified')", name="status"),
        CheckConstraint("linkage BETWEEN 0 AND 5", name="linkage"),
        CheckConstraint("ability BETWEEN 0 AND 5", name="ability"),
        CheckConstraint("interest BETWEEN 0 AND 5", name="interest"),
        Index("ix_lead_status", "status", "received_at", "id"),
        Index("ix_lead_owner_id", "owner_id", "status"),
        Index("ix_lead_sort_name", "sort_name", "id"),
        Index("ix_lead_answer_due_at", "status", "answer_due_at"),
        Index("ix_lead_email_key", "email_key"),
        Index("ix_lead_phone_key", "phone_key"),
        Index("uq_lead_key", "key", unique=True),
    )

    status: Mapped[str] = mapped_column(default=NEW)
    title: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    organization: Mapped[str] = mapped_column(default="")
    sort_name: Mapped[Comparable] = mapped_column(default="")
    search_text: Mapped[Comparable] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email_key: Mapped[str] = mapped_column(default="", server_default="")
    phone_key: Mapped[str] = mapped_column(default="", server_default="")
    street: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    interests: Mapped[list[str]] = mapped_column(Json, default=list)
    message: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    source_note: Mapped[str] = mapped_column(default="")
    introducer_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"), index=True)
    introduced_by: Mapped[str] = mapped_column(default="")
    form_id: Mapped[int | None] = mapped_column(ForeignKey("lead_form.id"))
    key: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    received_at: Mapped[datetime]
    answer_due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None] = mapped_column(Day)
    linkage: Mapped[int | None]
    ability: Mapped[int | None]
    interest: Mapped[int | None]
    constituent_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None] = mapped_column(Day)
    closed_reason: Mapped[str] = mapped_column(default="")
    returns_on: Mapped[date | None] = mapped_column(Day)


class LeadEntry(Recorded, Base):
    """That a lead took a status or an owner: when, by whom and why. Never changed; reports as of a day read it."""

    __tablename__ = "lead_entry"
    __table_args__ = (
        Index("ix_lead_entry_lead_id", "lead_id", "id"),
        Index("ix_lead_entry_owner_id", "owner_id", "why", "id"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    status: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    happened_on: Mapped[date] = mapped_column(Day)
    recorded_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    why: Mapped[str] = mapped_column(default="")


class LeadConsent(Recorded, Base):
    """What the sender of a lead said about a channel, in the words that were shown. Conversion makes consents of it."""

    __tablename__ = "lead_consent"
    __table_args__ = (Index("ix_lead_consent_lead_id", "lead_id", "id"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    channel: Mapped[str]
    granted: Mapped[bool]
    wording: Mapped[str]
    given_on: Mapped[date] = mapped_column(Day)


class LeadAttempt(Editable, Base):
    """One try to reach a lead: how, by whom, what came of it. `method` and `outcome` are those of moves, beside them
    `left_word`."""

    __tablename__ = "lead_attempt"
    __table_args__ = (Index("ix_lead_attempt_lead_id", "lead_id", "tried_at", "id"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    tried_at: Mapped[datetime]
    tried_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    method: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class SuggestionRule(Editable, Base):
    """Criteria over constituents, by which somebody in the file is suggested as a lead, and the reason in words."""

    __tablename__ = "suggestion_rule"

    name: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    criteria: Mapped[dict[str, Any]] = mapped_column(Json)
    position: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)


class LeadArrival(Base):
    """One post to a public form, kept for the limits by network and pruned; no name, no content."""

    __tablename__ = "lead_arrival"
    __table_args__ = (Index("ix_lead_arrival_network_at", "network", "at"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    at: Mapped[datetime]
    network: Mapped[str]
    form_id: Mapped[int]
    outcome: Mapped[str]
