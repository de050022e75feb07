"""Tables of pipelines, prospects, stage entries, moves and assignments."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Minor, Recorded

PLANNED, MADE, DROPPED = "planned", "made", "dropped"


class Pipeline(Editable, Base):
    """A way that prospects go: major gifts, planned gifts, foundations."""

    __tablename__ = "pipeline"

    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)


class Stage(Editable, Base):
    """A stage of a pipeline: its place, the days that a prospect should need, the plan that its entry starts."""

    __tablename__ = "stage"
    __table_args__ = (Index("uq_stage_pipeline_id_name", "pipeline_id", "name", unique=True),)

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    name: Mapped[str]
    position: Mapped[int]
    expected_days: Mapped[int | None]
    plan_template_id: Mapped[int | None] = mapped_column(ForeignKey("plan_template.id"))
    is_active: Mapped[bool] = mapped_column(default=True)


class Prospect(Editable, Base):
    """A constituent in a pipeline. `stage_id` and `in_stage_since` repeat its newest stage entry, for the board."""

    __tablename__ = "prospect"
    __table_args__ = (
        Index("uq_prospect_constituent_id_pipeline_id", "constituent_id", "pipeline_id", unique=True),
        Index("ix_prospect_pipeline_id_stage_id", "pipeline_id", "stage_id", "is_active", "in_stage_since"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    in_stage_since: Mapped[date]
    is_active: Mapped[bool] = mapped_column(default=True)
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str] = mapped_column(default="")
    ask_amount: Mapped[Minor | None]
    purpose: Mapped[str] = mapped_column(default="")


class StageEntry(Recorded, Base):
    """That a prospect entered a stage: when, from where, by whom and why. Never changed."""

    __tablename__ = "stage_entry"
    __table_args__ = (Index("ix_stage_entry_prospect_id", "prospect_id", "id"),)

    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"))
    from_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    to_stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), index=True)
    entered_on: Mapped[date]
    recorded_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    why: Mapped[str] = mapped_column(default="")


class Move(Editable, Base):
    """A purposeful contact with a constituent: planned for a day, made on a day, or dropped.

    The next move of a prospect is its earliest planned one. `confidential_to` is the only user, beside
    administrators, who may read it; `follows_id` is the move in whose call report it was planned, `task_id` the step of
    an engagement plan for which it was.
    """

    __tablename__ = "move"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'made', 'dropped')", name="state"),
        Index("ix_move_constituent_id_state", "constituent_id", "state", "due_on"),
        Index("ix_move_officer_id_state", "officer_id", "state", "due_on"),
        Index("ix_move_prospect_id_state", "prospect_id", "state", "due_on"),
        Index(
            "ix_move_made",
            "constituent_id",
            "made_on",
            "id",
            sqlite_where=text("state = 'made'"),
            postgresql_where=text("state = 'made'"),
        ),
        Index(
            "ix_move_task_id",
            "task_id",
            sqlite_where=text("task_id IS NOT NULL"),
            postgresql_where=text("task_id IS NOT NULL"),
        ),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospect.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    state: Mapped[str]
    purpose: Mapped[str]
    method: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    made_on: Mapped[date | None] = mapped_column(Day)
    outcome: Mapped[str] = mapped_column(default="")
    is_substantive: Mapped[bool] = mapped_column(default=False)
    report: Mapped[str] = mapped_column(default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("move.id"), index=True)
    confidential_to: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    recorded_at: Mapped[datetime]


class Assignment(Editable, Base):
    """An officer's charge of a constituent, with role and dates: the rows behind portfolios."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_officer_id", "officer_id", "to_on"),
        Index(
            "uq_assignment_primary",
            "constituent_id",
            unique=True,
            sqlite_where=text("to_on IS NULL AND role = 'primary'"),
            postgresql_where=text("to_on IS NULL AND role = 'primary'"),
        ),
        Index("ix_assignment_constituent_id", "constituent_id"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    role: Mapped[str] = mapped_column(default="primary")
    from_on: Mapped[date] = mapped_column(Day)
    to_on: Mapped[date | None] = mapped_column(Day)
    reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
