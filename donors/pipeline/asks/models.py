"""Tables of opportunities, of what was said of them from day to day, of gifts that fulfil them, and of proposals."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Minor, Recorded

PLANNED, ASKED, CONSIDERING, COMMITTED = "planned", "asked", "considering", "committed"
RECEIVED, DECLINED, DEFERRED = "received", "declined", "deferred"
OPEN = (PLANNED, ASKED, CONSIDERING, COMMITTED)
ENDED = (RECEIVED, DECLINED, DEFERRED)
_STATUS = "status IN ('planned', 'asked', 'considering', 'committed', 'received', 'declined', 'deferred')"
_ODDS = "odds BETWEEN 0 AND 100"


class Opportunity(Editable, Base):
    """One prospective gift of a prospect. `amount` in minor units of the base currency, `odds` in per cent as claimed.

    `ask_on` is the day of the ask, planned or made; `expected_on` the day on which the gift is looked for; `returns_on`
    the day on which a deferred or declined one is to be looked at again.
    """

    __tablename__ = "opportunity"
    __table_args__ = (
        CheckConstraint(_STATUS, name="status"),
        CheckConstraint(_ODDS, name="odds"),
        Index("ix_opportunity_prospect_id", "prospect_id", "status"),
        Index("ix_opportunity_status", "status", "expected_on"),
        Index("ix_opportunity_officer_id", "officer_id", "status"),
    )

    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    purpose: Mapped[str] = mapped_column(default="")
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    amount: Mapped[Minor | None]
    status: Mapped[str] = mapped_column(default=PLANNED)
    status_since: Mapped[date] = mapped_column(Day)
    ask_on: Mapped[date | None] = mapped_column(Day)
    expected_on: Mapped[date | None] = mapped_column(Day)
    odds: Mapped[int | None]
    returns_on: Mapped[date | None] = mapped_column(Day)
    reason: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date] = mapped_column(Day)


class OpportunityEntry(Recorded, Base):
    """An opportunity as it was said to be from a day on: one row at every change, so that any day can be asked for.

    `stage_id` is the stage of the prospect then, `follows_id` what was said before: it cannot be taken back alone.
    Never changed.
    """

    __tablename__ = "opportunity_entry"
    __table_args__ = (
        CheckConstraint(_STATUS, name="status"),
        CheckConstraint(_ODDS, name="odds"),
        Index("ix_opportunity_entry_opportunity_id", "opportunity_id", "id"),
        Index("ix_opportunity_entry_happened_on", "happened_on"),
        Index("uq_opportunity_entry_follows_id", "follows_id", unique=True),
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    follows_id: Mapped[int | None] = mapped_column(info={"points_at": "opportunity_entry"})
    happened_on: Mapped[date] = mapped_column(Day)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    status: Mapped[str]
    amount: Mapped[Minor | None]
    ask_on: Mapped[date | None] = mapped_column(Day)
    expected_on: Mapped[date | None] = mapped_column(Day)
    odds: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    returns_on: Mapped[date | None] = mapped_column(Day)
    why: Mapped[str] = mapped_column(default="")


class OpportunityGift(Recorded, Base):
    """That a gift fulfils an opportunity, or a part of it."""

    __tablename__ = "opportunity_gift"
    __table_args__ = (
        Index("uq_opportunity_gift_gift_id", "gift_id", "opportunity_id", unique=True),
        Index("ix_opportunity_gift_opportunity_id", "opportunity_id"),
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"))


class Proposal(Editable, Base):
    """A version of the document that asks: drafted, then approved or sent back, then sent."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved', 'returned', 'sent')", name="state"),
        Index("uq_proposal_number", "opportunity_id", "number", unique=True),
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    number: Mapped[int]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    uploaded_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_on: Mapped[date | None] = mapped_column(Day)
    reason: Mapped[str] = mapped_column(default="")
    sent_on: Mapped[date | None] = mapped_column(Day)
    answer_due_on: Mapped[date | None] = mapped_column(Day)


class ProposalFile(Recorded, Base):
    """The bytes of a version of a proposal, apart, so that lists do not read them."""

    __tablename__ = "proposal_file"
    __table_args__ = (Index("uq_proposal_file_proposal_id", "proposal_id", unique=True),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
