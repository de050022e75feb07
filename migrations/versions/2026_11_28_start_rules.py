"""Rules that start plans, and what became of each happening.

Why: a plan started by hand, by a level or by a stage. Now a first gift, a gift over an amount, a time without a gift or
hours of volunteering start plans too, each happening once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_start_rules"
down_revision = "0015_contacts_and_mail"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _reference(table: str, column: str, target: str, *, empty: bool = False) -> sa.Column:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=empty)


def upgrade() -> None:
    _rules()
    _runs()


def _rules() -> None:
    table = "start_rule"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        _reference(table, "template_id", "plan_template"),
        sa.Column("numbers", JSON, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("cool_down", ID, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _reference(table, "created_in", "change_set"),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("cool_down >= 0", name="ck_start_rule_cool_down"),
        sa.PrimaryKeyConstraint("id", name="pk_start_rule"),
        sqlite_autoincrement=True,
    )
    for column in ("template_id", "created_in"):
        op.create_index(f"ix_start_rule_{column}", table, [column])


def _runs() -> None:
    table = "start_run"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        _reference(table, "rule_id", "start_rule"),
        _reference(table, "constituent_id", "constituent"),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("ran_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        _reference(table, "plan_id", "running_plan", empty=True),
        _reference(table, "created_in", "change_set"),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'refused', 'once', 'cool-down', 'failed')", name="ck_start_run_outcome"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_start_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_start_run_happening", table, ["constituent_id", "rule_id", "happening"], unique=True)
    op.create_index("ix_start_run_rule_id_outcome", table, ["rule_id", "outcome"])
    for column in ("plan_id", "created_in"):
        op.create_index(f"ix_start_run_{column}", table, [column])


def downgrade() -> None:
    for table in ("start_run", "start_rule"):
        op.drop_table(table)
