"""Plans become graphs: steps of several kinds, counted from several days, after several others.

Why: a step could only be a task, so many days after its one parent, whatever came of that one. Now it may wait for
several steps and for the way in which they end, be counted in working days and before a day that is known, and be
carried out by the program. That later steps follow a completion is said by each step, no longer by the whole version.
A task that was skipped by hand is told apart from one that was cancelled with its plan.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_plans_as_graphs"
down_revision = "0016_start_rules"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PLAN_STATES = "state IN ('starting', 'running', 'paused', 'done', 'stopped')"
PLAN_STATES_BEFORE = "state IN ('starting', 'running', 'done', 'stopped')"
TASK_STATES = "state IN ('waiting', 'open', 'done', 'skipped', 'cancelled')"
TASK_STATES_BEFORE = "state IN ('waiting', 'open', 'done', 'cancelled')"
TO_ACT = "state = 'open' AND kind <> 'task' AND trouble = '' AND acted_on IS NULL"
TO_ESCALATE = "state = 'open' AND deadline_days IS NOT NULL AND escalated_on IS NULL"
OPEN, OPEN_BEFORE = "state IN ('starting', 'running', 'paused')", "state IN ('starting', 'running')"
MADE_ANEW = ("step", "template_version", "running_plan", "task", "move")
"""Tables that SQLite writes anew: the number of the last row must outlive it, for ids are never given out again."""


def _text(name: str, default: str = "") -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _count(name: str) -> sa.Column:
    return sa.Column(name, ID, nullable=False, server_default="0")


def _empty(name: str, kind: sa.types.TypeEngine = ID) -> sa.Column:
    return sa.Column(name, kind, nullable=True)


def _reference(table: str, column: str, target: str) -> sa.Column:
    return sa.Column(column, ID, sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}"), nullable=False)


def _anew(table: str) -> Any:
    return op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True})


def _add_reference(batch: Any, table: str, column: str, target: str) -> None:
    batch.add_column(_empty(column))
    batch.create_foreign_key(f"fk_{table}_{column}", target, [column], ["id"])


def _drop_reference(batch: Any, table: str, column: str) -> None:
    batch.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")
    batch.drop_column(column)


def _index(table: str, name: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
    op.create_index(name, table, columns, unique=unique, **where)


def _allow(batch: Any, table: str, states: str) -> None:
    batch.drop_constraint(op.f(f"ck_{table}_state"), type_="check")
    batch.create_check_constraint(op.f(f"ck_{table}_state"), states)


def _last_rows() -> dict[str, int]:
    if op.get_bind().dialect.name != "sqlite":
        return {}
    return dict(op.get_bind().execute(sa.text("SELECT name, seq FROM sqlite_sequence")).all())


def _keep_last_rows(last: dict[str, int]) -> None:
    for table in MADE_ANEW:
        if table in last:
            op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
            op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {last[table]})")


def upgrade() -> None:
    last = _last_rows()
    _queues()
    op.add_column("plan_template", _flag("allows_copies"))
    _add_to_steps()
    _links()
    _steps_follow()
    _plans()
    _tasks()
    with _anew("move") as batch:
        _add_reference(batch, "move", "task_id", "task")
    _index("move", "ix_move_task_id", ["task_id"], "task_id IS NOT NULL")
    _keep_last_rows(last)


def _queues() -> None:
    op.create_table(
        "task_queue",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _reference("task_queue", "created_in", "change_set"),
        sa.Column("version", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_queue"),
        sa.UniqueConstraint("name", name="uq_task_queue_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_task_queue_created_in", "task_queue", ["created_in"])
    op.create_table(
        "queue_member",
        sa.Column("id", ID, nullable=False),
        _reference("queue_member", "queue_id", "task_queue"),
        _reference("queue_member", "user_id", "app_user"),
        _reference("queue_member", "created_in", "change_set"),
        sa.PrimaryKeyConstraint("id", name="pk_queue_member"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_queue_member_created_in", "queue_member", ["created_in"])
    op.create_index("ix_queue_member_user_id", "queue_member", ["user_id"])
    op.create_index("uq_queue_member_queue_id_user_id", "queue_member", ["queue_id", "user_id"], unique=True)


def _add_to_steps() -> None:
    added = (
        _text("after", "start"),
        _text("counts", "calendar"),
        _text("joins", "all"),
        _empty("criteria", JSON),
        _empty("deadline_days"),
        _text("escalates_to"),
        _empty("mail_template_id"),
        _flag("is_held"),
        _empty("stage_id"),
        _text("method"),
    )
    for column in added:
        op.add_column("step", column)
    with _anew("step") as batch:
        _add_reference(batch, "step", "escalates_to_id", "app_user")
        _add_reference(batch, "step", "queue_id", "task_queue")


def _links() -> None:
    op.create_table(
        "step_link",
        sa.Column("id", ID, nullable=False),
        _reference("step_link", "step_id", "step"),
        _reference("step_link", "parent_id", "step"),
        sa.Column("outcome", sa.Text(), nullable=False),
        _reference("step_link", "created_in", "change_set"),
        sa.PrimaryKeyConstraint("id", name="pk_step_link"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_step_link_created_in", "step_link", ["created_in"])
    op.create_index("ix_step_link_parent_id", "step_link", ["parent_id"])
    columns = ["step_id", "parent_id", "outcome"]
    op.create_index("uq_step_link_step_id_parent_id_outcome", "step_link", columns, unique=True)
    op.execute(
        "INSERT INTO step_link (step_id, parent_id, outcome, created_in)"
        " SELECT id, parent_id, '', created_in FROM step WHERE parent_id IS NOT NULL ORDER BY id"
    )


def _steps_follow() -> None:
    follows = "SELECT id FROM template_version WHERE follows_completion"
    op.execute(f"UPDATE step SET after = 'parent due' WHERE parent_id IS NOT NULL AND version_id NOT IN ({follows})")
    op.execute(f"UPDATE step SET after = 'parent done' WHERE parent_id IS NOT NULL AND version_id IN ({follows})")
    op.drop_index("ix_step_parent_id", table_name="step")
    with _anew("step") as batch:
        batch.drop_constraint(op.f("ck_step_days_after"), type_="check")
        batch.drop_constraint("fk_step_parent_id", type_="foreignkey")
        batch.drop_column("parent_id")
        batch.alter_column("days_after", new_column_name="days")
    op.drop_column("template_version", "follows_completion")
    for column in (_count("cooldown_days"), _count("held_out_percent"), _empty("spares_from_level_id")):
        op.add_column("template_version", column)


def _plans() -> None:
    for name in ("uq_running_plan_open", "ix_running_plan_starting"):
        op.drop_index(name, table_name="running_plan")
    for column in (_count("copy"), _flag("held_out"), _empty("paused_on", sa.Date())):
        op.add_column("running_plan", column)
    op.add_column("running_plan", sa.Column("anchors", JSON, nullable=False, server_default="{}"))
    with _anew("running_plan") as batch:
        _allow(batch, "running_plan", PLAN_STATES)
    _index("running_plan", "ix_running_plan_starting", ["id"], "state = 'starting'")
    columns = ["constituent_id", "template_id", "copy"]
    _index("running_plan", "uq_running_plan_open", columns, OPEN, unique=True)


def _tasks() -> None:
    for name in ("uq_task_plan_id_step_id", "ix_task_to_remind"):
        op.drop_index(name, table_name="task")
    dates = (_empty(name, sa.Date()) for name in ("snoozed_on", "escalated_on", "acted_on"))
    words = (_text(name) for name in ("result", "reason", "trouble"))
    for column in (_text("kind", "task"), _empty("deadline_days"), *dates, *words):
        op.add_column("task", column)
    with _anew("task") as batch:
        _add_reference(batch, "task", "queue_id", "task_queue")
        _allow(batch, "task", TASK_STATES)
    op.execute(
        "UPDATE task SET reason = outcome, outcome = '',"
        " state = CASE WHEN done_by IS NULL THEN state ELSE 'skipped' END WHERE state = 'cancelled'"
    )
    _whole_task_indexes()
    op.create_index("ix_task_queue_id_state", "task", ["queue_id", "state"])
    _index("task", "ix_task_to_act", ["kind", "due_on", "id"], TO_ACT)
    _index("task", "ix_task_to_escalate", ["due_on", "id"], TO_ESCALATE)


def _whole_task_indexes() -> None:
    _index("task", "uq_task_plan_id_step_id", ["plan_id", "step_id"], "plan_id IS NOT NULL", unique=True)
    _index("task", "ix_task_to_remind", ["due_on"], "state = 'open' AND reminds AND reminded_on IS NULL")


def downgrade() -> None:
    """Steps keep the first of those that they waited for; a plan that was paused runs."""
    last = _last_rows()
    op.drop_index("ix_move_task_id", table_name="move")
    with _anew("move") as batch:
        _drop_reference(batch, "move", "task_id")
    _tasks_before()
    _plans_before()
    _steps_before()
    op.drop_column("plan_template", "allows_copies")
    for table in ("step_link", "queue_member", "task_queue"):
        op.drop_table(table)
    _keep_last_rows(last)


def _tasks_before() -> None:
    indexes = ("uq_task_plan_id_step_id", "ix_task_to_remind", "ix_task_to_act", "ix_task_to_escalate")
    for name in (*indexes, "ix_task_queue_id_state"):
        op.drop_index(name, table_name="task")
    op.execute("UPDATE task SET state = 'cancelled', outcome = reason WHERE state IN ('skipped', 'cancelled')")
    names = ("kind", "deadline_days", "snoozed_on", "escalated_on", "acted_on", "result", "reason", "trouble")
    with _anew("task") as batch:
        _drop_reference(batch, "task", "queue_id")
        for name in names:
            batch.drop_column(name)
        _allow(batch, "task", TASK_STATES_BEFORE)
    _whole_task_indexes()


def _plans_before() -> None:
    for name in ("uq_running_plan_open", "ix_running_plan_starting"):
        op.drop_index(name, table_name="running_plan")
    op.execute("UPDATE running_plan SET state = 'running' WHERE state = 'paused'")
    with _anew("running_plan") as batch:
        for name in ("copy", "held_out", "paused_on", "anchors"):
            batch.drop_column(name)
        _allow(batch, "running_plan", PLAN_STATES_BEFORE)
    _index("running_plan", "ix_running_plan_starting", ["id"], "state = 'starting'")
    columns = ["constituent_id", "template_id"]
    _index("running_plan", "uq_running_plan_open", columns, OPEN_BEFORE, unique=True)


def _steps_before() -> None:
    op.add_column("template_version", sa.Column("follows_completion", sa.Boolean(), server_default=sa.true()))
    op.execute(
        "UPDATE template_version SET follows_completion = false"
        " WHERE id IN (SELECT version_id FROM step WHERE after = 'parent due')"
    )
    with _anew("template_version") as batch:
        batch.alter_column("follows_completion", existing_type=sa.Boolean(), nullable=False)
        for name in ("cooldown_days", "held_out_percent", "spares_from_level_id"):
            batch.drop_column(name)
    with _anew("step") as batch:
        _add_reference(batch, "step", "parent_id", "step")
    op.execute("UPDATE step SET parent_id = (SELECT min(parent_id) FROM step_link WHERE step_link.step_id = step.id)")
    op.execute("UPDATE step SET days = 0 WHERE days < 0")
    names = ("after", "counts", "joins", "criteria", "deadline_days", "escalates_to", "mail_template_id", "is_held")
    with _anew("step") as batch:
        for name in ("escalates_to_id", "queue_id"):
            _drop_reference(batch, "step", name)
        for name in (*names, "stage_id", "method"):
            batch.drop_column(name)
        batch.alter_column("days", new_column_name="days_after")
        batch.create_check_constraint(op.f("ck_step_days_after"), "days_after >= 0")
    op.create_index("ix_step_parent_id", "step", ["parent_id"])
