"""Tables of gifts, their splits, adjustments and credits."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Minor, Recorded
from donors.core.labels import YEAR_OF

HARD, SOFT = "hard", "soft"
REFUND, CORRECTION = "refund", "correction"


class Fund(Editable, Base):
    """What gifts are for."""

    __tablename__ = "fund"

    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class Campaign(Editable, Base):
    """A drive, with a goal in minor units of the organization's currency."""

    __tablename__ = "campaign"

    name: Mapped[str] = mapped_column(unique=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    goal: Mapped[Minor | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class Appeal(Editable, Base):
    """The particular ask that brings gifts, mostly within a campaign."""

    __tablename__ = "appeal"

    name: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    sent_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class Gift(Editable, Base):
    """Money, stock or goods received from a constituent.

    `received_on` is the date in the organization's time zone (`received_at` the instant, where a file told it);
    `recorded_at` is when we learned of it. `base_amount` is in the organization's currency, by `rate` of `rate_on`.
    `hides_name` asks that the giver is not named with this gift. `fingerprint` tells files' rows without an id apart.
    """

    __tablename__ = "gift"
    __table_args__ = (
        Index(
            "uq_gift_source_external_id",
            "source",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_gift_constituent_id_received_on", "constituent_id", "received_on", "id"),
        Index("ix_gift_received_on_id", "received_on", "id"),
        Index("ix_gift_source_fingerprint", "source", "fingerprint"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    amount: Mapped[Minor]
    currency: Mapped[str]
    base_amount: Mapped[Minor]
    rate: Mapped[str] = mapped_column(default="1")
    rate_on: Mapped[date | None]
    received_on: Mapped[date] = mapped_column(Day)
    received_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(default="")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"), index=True)
    hides_name: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str | None]
    fingerprint: Mapped[str | None]


class GiftSplit(Editable, Base):
    """The part of a gift that goes to one fund; the splits of a gift add up to it."""

    __tablename__ = "gift_split"

    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    amount: Mapped[Minor]
    base_amount: Mapped[Minor]


class GiftAdjustment(Editable, Base):
    """A dated change of a gift's amount: a refund counts from its day on, a correction from the gift's day.

    `amount` is signed, in the gift's currency: a full refund of 50.00 is -5000.
    """

    __tablename__ = "gift_adjustment"
    __table_args__ = (CheckConstraint("kind IN ('refund', 'correction')", name="kind"),)

    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    kind: Mapped[str]
    amount: Mapped[Minor]
    base_amount: Mapped[Minor]
    adjusted_on: Mapped[date] = mapped_column(Day)
    recorded_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class Credit(Recorded, Base):
    """Who a gift counts for, and how much, over a span of days: what rollups read.

    A credit counts from `counts_from` (the gift's day) until the day before `counts_to`. A refund ends the credits
    of its gift on its day and opens smaller ones (none after a full refund), so that every past day stays as it was.
    `given_on` is the gift's day and `fiscal_year` its label, both kept here for the index that covers all that
    rollups read, of today and of any day. `base_amount` is in minor units of the organization's currency.
    `shared` marks credits beside which another one of the same gift, constituent, kind and span stands: such a gift
    counts once, with their sum. Rollups add up first only for constituents who have any.
    """

    __tablename__ = "credit"
    __table_args__ = (
        CheckConstraint("kind IN ('hard', 'soft')", name="kind"),
        Index(
            "ix_credit_constituent_id",
            "constituent_id",
            "kind",
            "fiscal_year",
            "given_on",
            "gift_id",
            "base_amount",
            "counts_from",
            "counts_to",
        ),
        Index(
            "ix_credit_shared",
            "constituent_id",
            sqlite_where=text("shared AND counts_to IS NULL"),
            postgresql_where=text("shared AND counts_to IS NULL"),
        ),
        Index("ix_credit_gift_id", "gift_id"),
        Index("ix_credit_given_on", "given_on", "constituent_id"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"))
    kind: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    amount: Mapped[Minor]
    base_amount: Mapped[Minor]
    given_on: Mapped[date] = mapped_column(Day)
    fiscal_year: Mapped[int] = mapped_column(info={YEAR_OF: "given_on"})
    shared: Mapped[bool] = mapped_column(default=False)
    counts_from: Mapped[date] = mapped_column(Day)
    counts_to: Mapped[date | None] = mapped_column(Day)
