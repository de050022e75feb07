"""Tables of start rules and of what became of them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Json


class StartRule(Editable, Base):
    """That an event starts plans of a template. `numbers` are those that the event asks for.

    `since`: the first day whose happenings count, that on which the rule was last switched on. `once`: once for a
    constituent; `cool_down`: the days after a start within which the rule starts no other for them.
    """

    __tablename__ = "start_rule"
    __table_args__ = (CheckConstraint("cool_down >= 0", name="cool_down"),)

    event: Mapped[str]
    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id"), index=True)
    numbers: Mapped[dict[str, int]] = mapped_column(Json)
    since: Mapped[date]
    once: Mapped[bool] = mapped_column(default=False)
    cool_down: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class StartRun(Editable, Base):
    """What became of one happening for one constituent by a rule: done, refused, once, cool-down or failed, and why.

    `happening` is its key: there is at most one row for it, so that nothing is started twice.
    """

    __tablename__ = "start_run"
    __table_args__ = (
        Index("uq_start_run_happening", "constituent_id", "rule_id", "happening", unique=True),
        Index("ix_start_run_rule_id_outcome", "rule_id", "outcome"),
        CheckConstraint("outcome IN ('done', 'refused', 'once', 'cool-down', 'failed')", name="outcome"),
    )

    rule_id: Mapped[int] = mapped_column(ForeignKey("start_rule.id"))
    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    happening: Mapped[str]
    happened_on: Mapped[date]
    ran_on: Mapped[date]
    outcome: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("running_plan.id"), index=True)
