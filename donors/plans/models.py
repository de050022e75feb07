"""Tables of plan templates, running plans, tasks and the queues that tasks may wait in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Recorded
from donors.plans.terms import ALL, CALENDAR, HOWEVER, OFFICER, START, TASK

STARTING, RUNNING, PAUSED, DONE, STOPPED = "starting", "running", "paused", "done", "stopped"
ONGOING = (STARTING, RUNNING, PAUSED)
"""States of a plan that has not ended."""

WAITING, OPEN, SKIPPED, CANCELLED = "waiting", "open", "skipped", "cancelled"
UNDONE = (WAITING, OPEN)
CLOSED = (DONE, SKIPPED, CANCELLED)
"""States of a task that has ended: done; skipped, and the steps after it go on; cancelled by what befell its plan."""


class PlanTemplate(Editable, Base):
    """What plans are made from; its rules stand in versions. `is_active` says whether new plans may start.

    `rule_version` is the number of its newest TemplateVersion. With `allows_copies` several plans of it may run for
    one constituent at a time.
    """

    __tablename__ = "plan_template"

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    rule_version: Mapped[int] = mapped_column(default=1)
    allows_copies: Mapped[bool] = mapped_column(default=False)


class TemplateVersion(Recorded, Base):
    """One edition of a template. A running plan stays on the edition it started with, or is moved to a newer one.

    `reschedule` (monday: later, friday: earlier) moves a due date off a weekend, a holiday or a closed day when
    `skips_weekends`. `cooldown_days` must lie between two starts for one constituent. `held_out_percent` of those for
    whom it would start get no tasks, so that its effect can be measured; nobody at `spares_from_level_id` or above.
    """

    __tablename__ = "template_version"
    __table_args__ = (Index("uq_template_version_template_id_number", "template_id", "number", unique=True),)

    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id"))
    number: Mapped[int]
    skips_weekends: Mapped[bool] = mapped_column(default=True)
    reschedule: Mapped[str] = mapped_column(default="monday")
    cooldown_days: Mapped[int] = mapped_column(default=0)
    held_out_percent: Mapped[int] = mapped_column(default=0)
    spares_from_level_id: Mapped[int | None]


class Step(Recorded, Base):
    """One item of a template version; the steps before it stand in `step_link`. Words: `donors/plans/terms.py`.

    Its date lies `days` (calendar or working ones, negative: before) from `after`. It becomes ready when all or any of
    the steps before it have ended as the links ask; then `criteria` (none: always) must hold for the constituent, or
    the step is skipped. `note` is the body for its owner. `owner_role` is a name that workflows resolve, with
    `owner_id` or `queue_id`. `deadline_days` after its due date the task goes to `escalates_to` (a role, or none).
    Mail: `mail_template_id`, and `is_held` when a person approves it first. Stage: `stage_id`, which it proposes.
    Move: `method`.
    """

    __tablename__ = "step"
    __table_args__ = (Index("uq_step_version_id_position", "version_id", "position", unique=True),)

    version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(default=TASK)
    subject: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default=START)
    days: Mapped[int] = mapped_column(default=0)
    counts: Mapped[str] = mapped_column(default=CALENDAR)
    joins: Mapped[str] = mapped_column(default=ALL)
    criteria: Mapped[dict[str, Any] | None]
    deadline_days: Mapped[int | None]
    escalates_to: Mapped[str] = mapped_column(default="")
    escalates_to_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    owner_role: Mapped[str] = mapped_column(default=OFFICER)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("task_queue.id"))
    reminds: Mapped[bool] = mapped_column(default=True)
    mail_template_id: Mapped[int | None]
    is_held: Mapped[bool] = mapped_column(default=False)
    stage_id: Mapped[int | None]
    method: Mapped[str] = mapped_column(default="")


class StepLink(Recorded, Base):
    """That a step waits for another one of its version, which must end with `outcome` (empty: however it ends)."""

    __tablename__ = "step_link"
    __table_args__ = (Index("uq_step_link_step_id_parent_id_outcome", "step_id", "parent_id", "outcome", unique=True),)

    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("step.id"), index=True)
    outcome: Mapped[str] = mapped_column(default=HOWEVER)


class RunningPlan(Editable, Base):
    """A plan of one constituent, made from a template version. At most one copy of a template is open at a time,
    unless the template allows more: then `copy` tells them apart.

    State: starting (its tasks are still to be made, by the scheduler), running, paused (since `paused_on`), done,
    stopped. The constituent and the template of a plan never change. `anchors` maps the words of anchors to ISO dates.
    A plan that is `held_out` exists on paper only: it has no tasks and is done at once. `by_lot`: the lot decided
    whether it would be, so that it may be compared with those held out.
    """

    __tablename__ = "running_plan"
    __table_args__ = (
        Index(
            "uq_running_plan_open",
            "constituent_id",
            "template_id",
            "copy",
            unique=True,
            sqlite_where=text("state IN ('starting', 'running', 'paused')"),
            postgresql_where=text("state IN ('starting', 'running', 'paused')"),
        ),
        Index(
            "ix_running_plan_starting",
            "id",
            sqlite_where=text("state = 'starting'"),
            postgresql_where=text("state = 'starting'"),
        ),
        CheckConstraint("state IN ('starting', 'running', 'paused', 'done', 'stopped')", name="state"),
        Index("ix_running_plan_constituent_id", "constituent_id"),
        Index("ix_running_plan_template_id_state", "template_id", "state"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id"), index=True)
    copy: Mapped[int] = mapped_column(default=0)
    started_on: Mapped[date]
    started_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    cause: Mapped[str] = mapped_column(default="by hand")
    anchors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by_lot: Mapped[bool] = mapped_column(default=False)
    held_out: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=RUNNING)
    paused_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]


class Task(Editable, Base):
    """A dated thing to do, with an owner or in a queue; a step of a running plan, or on its own.

    `original_due_on` is the first date, before closed days moved it, and is never changed; `due_on` is the one that
    counts. State: waiting (for the steps before it), open, done, skipped, cancelled. `result` says how it ended in a
    word of `terms.RESULTS`, `outcome` in free words, `reason` why it was skipped, cancelled or snoozed. `reminded_on`
    is the day on which the reminder was put on its owner's page. `trouble` says why the program could not carry out a
    step that is not a task for people; `acted_on` is the day on which the program did its part of a step that somebody
    ends: its mail waits to be approved, its move was planned.
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
        Index(
            "ix_task_to_act",
            "state",
            "due_on",
            "id",
            sqlite_where=text("state = 'open' AND kind <> 'task' AND trouble = '' AND acted_on IS NULL"),
            postgresql_where=text("state = 'open' AND kind <> 'task' AND trouble = '' AND acted_on IS NULL"),
        ),
        Index(
            "ix_task_to_escalate",
            "due_on",
            "id",
            sqlite_where=text("state = 'open' AND deadline_days IS NOT NULL AND escalated_on IS NULL"),
            postgresql_where=text("state = 'open' AND deadline_days IS NOT NULL AND escalated_on IS NULL"),
        ),
        Index("ix_task_queue_id_state", "queue_id", "state"),
        CheckConstraint("state IN ('waiting', 'open', 'done', 'skipped', 'cancelled')", name="state"),
    )

    constituent_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("running_plan.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"), index=True)
    kind: Mapped[str] = mapped_column(default=TASK)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("task_queue.id"))
    subject: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    original_due_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=OPEN)
    done_on: Mapped[date | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    result: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    reminds: Mapped[bool] = mapped_column(default=True)
    reminded_on: Mapped[date | None]
    snoozed_on: Mapped[date | None]
    deadline_days: Mapped[int | None]
    escalated_on: Mapped[date | None]
    acted_on: Mapped[date | None]
    trouble: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]


class TaskQueue(Editable, Base):
    """A place where tasks wait for whoever of its members takes them first."""

    __tablename__ = "task_queue"

    name: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class QueueMember(Recorded, Base):
    """That a user takes tasks out of a queue."""

    __tablename__ = "queue_member"
    __table_args__ = (Index("uq_queue_member_queue_id_user_id", "queue_id", "user_id", unique=True),)

    queue_id: Mapped[int] = mapped_column(ForeignKey("task_queue.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
