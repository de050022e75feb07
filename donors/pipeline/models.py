"""Tables of pipelines, prospects, stage entries, moves and assignments."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Json, Minor, Recorded

PLANNED, MADE, DROPPED = "planned", "made", "dropped"
KINDS = ("identification", "qualification", "cultivation", "solicitation", "stewardship")
"""The five stages of the field, whatever an organization calls its own."""
IN, FORWARD, BACK, AGAIN = "in", "forward", "back", "again"
RELEASED, DISQUALIFIED, LOST, FINISHED = "released", "disqualified", "lost", "done"


class Pipeline(Editable, Base):
    """A way that prospects go: major gifts, planned gifts, foundations."""

    __tablename__ = "pipeline"

    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)


class Stage(Editable, Base):
    """A stage of a pipeline: its place, the days that a prospect should need, the plan that its entry starts.

    `kind` says which of the five stages of the field it is, whatever it is called; `required` names what must be filled
    in before a prospect may enter (keys of `evidence.required.REQUIRED`).
    """

    __tablename__ = "stage"
    __table_args__ = (Index("uq_stage_pipeline_id_name", "pipeline_id", "name", unique=True),)

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="identification")
    position: Mapped[int]
    expected_days: Mapped[int | None]
    required: Mapped[list[str]] = mapped_column(Json, default=list)
    plan_template_id: Mapped[int | None] = mapped_column(ForeignKey("plan_template.id"))
    is_active: Mapped[bool] = mapped_column(default=True)


class Prospect(Editable, Base):
    """A constituent in a pipeline. What a board shows is repeated on it: `stage_id` and `in_stage_since` of its newest
    stage entry, `ask_amount` the sum of its open opportunities.

    `snoozed_until` is the day on which it comes back to the list of who is next. A confidential one is for its team:
    those in charge of it, and administrators.
    """

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
    closed_as: Mapped[str] = mapped_column(default="")
    closed_reason: Mapped[str] = mapped_column(default="")
    returns_on: Mapped[date | None] = mapped_column(Day)
    ask_amount: Mapped[Minor | None]
    strategy: Mapped[str] = mapped_column(default="")
    strategy_on: Mapped[date | None] = mapped_column(Day)
    snoozed_until: Mapped[date | None] = mapped_column(Day)
    snoozed_why: Mapped[str] = mapped_column(default="")
    is_confidential: Mapped[bool] = mapped_column(default=False)


class StageEntry(Recorded, Base):
    """That a prospect entered a stage, or left the pipeline (no `to_stage_id`): when, from where, by whom and why.

    `how` tells the direction by the places that the stages had then; who leaves does so as released, disqualified, lost
    or done. Never changed.
    """

    __tablename__ = "stage_entry"
    __table_args__ = (
        CheckConstraint(
            "how IN ('in', 'forward', 'back', 'again', 'released', 'disqualified', 'lost', 'done')", name="how"
        ),
        Index("ix_stage_entry_prospect_id", "prospect_id", "id"),
    )

    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospect.id"))
    from_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    to_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"), index=True)
    how: Mapped[str] = mapped_column(default=IN)
    entered_on: Mapped[date]
    recorded_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    why: Mapped[str] = mapped_column(default="")


class Move(Editable, Base):
    """A purposeful contact with a constituent: planned for a day, made on a day, or dropped.

    The next move of a prospect is its earliest planned one. `confidential_to` is the only user, beside
    administrators, who may read it; with `is_for_team` those in charge of the constituent may too. `follows_id` is the
    move in whose call report it was planned, `task_id` the step of an engagement plan for which it was. A background
    move is the same for many (a newsletter, a gala); `minutes` is the time that it took, with its preparation.
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
    is_background: Mapped[bool] = mapped_column(default=False)
    minutes: Mapped[int | None]
    report: Mapped[str] = mapped_column(default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("move.id"), index=True)
    confidential_to: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    is_for_team: Mapped[bool] = mapped_column(default=False)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    recorded_at: Mapped[datetime]


class Presence(Recorded, Base):
    """Somebody who was there when a move was made: a constituent, a user, or a name."""

    __tablename__ = "presence"
    __table_args__ = (
        Index("ix_presence_move_id", "move_id"),
        Index("ix_presence_constituent_id", "constituent_id"),
    )

    move_id: Mapped[int] = mapped_column(ForeignKey("move.id"))
    constituent_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str] = mapped_column(default="")


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
