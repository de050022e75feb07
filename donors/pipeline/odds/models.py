"""Tables of claims that a prospect is hot, and of goals."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Minor


class HotClaim(Editable, Base):
    """Somebody's dated claim that a prospect gives at least `amount` by `until_on`, with odds in per cent.

    What happened by then is read from gifts, never typed. A claim is withdrawn, not deleted: it counts as it was.
    """

    __tablename__ = "hot_claim"
    __table_args__ = (
        CheckConstraint("odds BETWEEN 0 AND 100", name="odds"),
        Index("ix_hot_claim_prospect_id", "prospect_id", "claimed_on"),
        Index("ix_hot_claim_until_on", "until_on"),
    )

    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    claimed_on: Mapped[date] = mapped_column(Day)
    recorded_at: Mapped[datetime]
    until_on: Mapped[date] = mapped_column(Day)
    amount: Mapped[Minor]
    odds: Mapped[int]
    why: Mapped[str] = mapped_column(default="")
    withdrawn_on: Mapped[date | None] = mapped_column(Day)


class Goal(Editable, Base):
    """What is aimed at in a fiscal year, by the whole house or by one officer: money in minor units, or a number."""

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint("measure IN ('money', 'visits', 'moves', 'qualified', 'asks', 'strategies')", name="measure"),
        Index("ix_goal_fiscal_year", "fiscal_year", "measure"),
    )

    fiscal_year: Mapped[int]
    measure: Mapped[str]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    pipeline_id: Mapped[int | None] = mapped_column(ForeignKey("pipeline.id"))
    target: Mapped[Minor]
