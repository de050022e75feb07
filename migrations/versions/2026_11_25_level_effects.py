"""Tables of the effects of levels.

Why: a level could do one thing, to start a plan when somebody rose to it. Now a change of level may start and stop
plans, make a task and tell people, on its own occasions, and what became of it is kept.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_level_effects"
down_revision = "0004_faster_refresh"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _reference(table: str, column: str, target: str, *, empty: bool = False) -> sa.Column:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=empty)


def _count(name: str) -> sa.Column:
    return sa.Column(name, ID, nullable=False)


def upgrade() -> None:
    _effects()
    _runs()
    _notices()


def _effects() -> None:
    table = "level_effect"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        _reference(table, "track_id", "track"),
        _reference(table, "level_id", "level", empty=True),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        _reference(table, "template_id", "plan_template", empty=True),
        sa.Column("words", sa.Text(), nullable=False),
        _count("days"),
        sa.Column("to_officer", sa.Boolean(), nullable=False),
        sa.Column("users", JSON, nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        _count("cool_down"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _reference(table, "created_in", "change_set"),
        _count("version"),
        sa.CheckConstraint("occasion IN ('reach', 'leave', 'rise', 'fall')", name="ck_level_effect_occasion"),
        sa.CheckConstraint("act IN ('start plan', 'stop plans', 'task', 'notice')", name="ck_level_effect_act"),
        sa.CheckConstraint("days >= 0 AND cool_down >= 0", name="ck_level_effect_days"),
        sa.PrimaryKeyConstraint("id", name="pk_level_effect"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_level_effect_track_id", table, ["track_id"])
    op.create_index("ix_level_effect_created_in", table, ["created_in"])


def _runs() -> None:
    table = "level_effect_run"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        _reference(table, "effect_id", "level_effect"),
        _reference(table, "constituent_id", "constituent"),
        _reference(table, "standing_id", "standing"),
        _reference(table, "from_level_id", "level", empty=True),
        _reference(table, "to_level_id", "level", empty=True),
        sa.Column("ran_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        _reference(table, "plan_id", "running_plan", empty=True),
        _reference(table, "task_id", "task", empty=True),
        _reference(table, "created_in", "change_set"),
        _count("version"),
        sa.CheckConstraint(
            "outcome IN ('done', 'refused', 'once', 'cool-down', 'failed')", name="ck_level_effect_run_outcome"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_level_effect_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_level_effect_run_constituent_id", table, ["constituent_id", "effect_id"])
    failed = sa.text("outcome = 'failed'")
    op.create_index("ix_level_effect_run_failed", table, ["effect_id"], sqlite_where=failed, postgresql_where=failed)
    for column in ("standing_id", "plan_id", "task_id", "created_in"):
        op.create_index(f"ix_level_effect_run_{column}", table, [column])


def _notices() -> None:
    table = "level_notice"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        _reference(table, "run_id", "level_effect_run"),
        _reference(table, "user_id", "app_user"),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        _reference(table, "created_in", "change_set"),
        sa.PrimaryKeyConstraint("id", name="pk_level_notice"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_level_notice_user_id", table, ["user_id", "seen_on"])
    waiting = sa.text("mailed_on IS NULL")
    op.create_index("ix_level_notice_to_mail", table, ["user_id"], sqlite_where=waiting, postgresql_where=waiting)
    for column in ("run_id", "created_in"):
        op.create_index(f"ix_level_notice_{column}", table, [column])


def downgrade() -> None:
    for table in ("level_notice", "level_effect_run", "level_effect"):
        op.drop_table(table)
