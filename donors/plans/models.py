"""Tables of plan templates, running plans and tasks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Recorded

STARTING, RUNNING, DONE, STOPPED = "starting", "running", "done", "stopped"
WAITING, OPEN, CANCELLED = "waiting", "open", "cancelled"


class PlanTemplate(Editable, Base):
    """What plans are made from; its rules stand in versions. `is_active` says whether new plans may start.

    `rule_version` is the number of its newest TemplateVersion.
    """

    __tablename__ = "plan_template"

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    rule_version: Mapped[int] = mapped_column(default=1)


class TemplateVersion(Recorded, Base):
    """One edition of a template. A running plan stays on the edition it started with.

    `reschedule` (monday or friday) moves a due date off a weekend when `skips_weekends`;
    `follows_completion` re-dates the steps after a task from the day on which it was completed.
    """

    __tablename__ = "template_version"
    __table_args__ = (Index("uq_template_version_template_id_number", "template_id", "number", unique=True),)

    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id"))
    number: Mapped[int]
    skips_weekends: Mapped[bool] = mapped_column(default=True)
    reschedule: Mapped[str] = mapped_column(default="monday")
    follows_completion: Mapped[bool] = mapped_column(default=True)


class Step(Recorded, Base):
    """One item of a template version: a task for somebody, so many days after the start or after its parent.

    `owner_role` is a name that workflows resolve: officer, starter, or user with `owner_id`.
    """

    __tablename__ = "step"
    __table_args__ = (
        Index("uq_step_version_id_position", "version_id", "position", unique=True),
        CheckConstraint("days_after >= 0", name="days_after"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id"))
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"), index=True)
    kind: Mapped[str] = mapped_column(default="task")
    subject: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    days_after: Mapped[int]
    owner_role: Mapped[str] = mapped_column(default="officer")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reminds: Mapped[bool] = mapped_column(default=True)


class RunningPlan(Editable, Base):
    """A plan of one constituent, made from a template version. At most one copy of a template runs at a time.

    State: starting (its tasks are still to be made, by the scheduler), running, done, stopped. The constituent and the
    template of a plan never change.
    """

    __tablename__ = "running_plan"
    __table_args__ = (
        Index(
            "uq_running_plan_open",
            "constituent_id",
            "template_id",
            unique=True,
            sqlite_where=text("state IN ('starting', 'running')"),
            postgresql_where=text("state IN ('starting', 'running')"),
        ),
        Index(
            "ix_running_plan_starting",
            "id",
            sqlite_where=text("state = 'starting'"),
            postgresql_where=text("state = 'starting'"),
        ),
        CheckConstraint("state IN ('starting', 'running', 'done', 'stopped')", name="state"),
        Index("ix_running_plan_constituent_id", "constituent_id"),
        Index("ix_running_plan_template_id_state", "template_id", "state"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id"), index=True)
    started_on: Mapped[date]
    started_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    cause: Mapped[str] = mapped_column(default="by hand")
    state: Mapped[str] = mapped_column(default=RUNNING)
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]


class Task(Editable, Base):
    """A dated thing to do, with an owner; of a plan's step, or on its own.

    `original_due_on` is the date before weekends moved it and is never changed; `due_on` is the one that counts.
    State: waiting (for its parent), open, done, cancelled. `outcome` says how it went, in a few words;
    `reminded_on` is the day on which the reminder was put on its owner's page.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(
            "uq_task_plan_id_step_id",
            "plan_id",
            "step_id",
            unique=True,
            sqlite_where=text("plan_id IS NOT NULL"),
            postgresql_where=text("plan_id IS NOT NULL"),
        ),
        Index("ix_task_owner_id_state_due_on", "owner_id", "state", "due_on"),
        Index("ix_task_state_due_on", "state", "due_on"),
        Index(
            "ix_task_to_remind",
            "due_on",
            sqlite_where=text("state = 'open' AND reminds AND reminded_on IS NULL"),
            postgresql_where=text("state = 'open' AND reminds AND reminded_on IS NULL"),
        ),
        CheckConstraint("state IN ('waiting', 'open', 'done', 'cancelled')", name="state"),
    )

    constituent_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("running_plan.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    subject: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    original_due_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=OPEN)
    done_on: Mapped[date | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    outcome: Mapped[str] = mapped_column(default="")
    reminds: Mapped[bool] = mapped_column(default=True)
    reminded_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
