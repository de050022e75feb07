"""Room for the questions of reports that users keep, and for how often they want the figures by mail.

Why: who asks the same report each week should not type it again, and should not have to remember to look.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_kept_reports"
down_revision = "0010_levels_start_by_effects"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_report",
        sa.Column("id", BIG, nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("created_in", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.CheckConstraint("every IN ('', 'week', 'month')", name=op.f("ck_kept_report_every")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_kept_report_created_in")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_kept_report_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_report")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_report_created_in", "kept_report", ["created_in"])
    op.create_index("uq_kept_report_owner_id_name", "kept_report", ["owner_id", "name"], unique=True)


def downgrade() -> None:
    op.drop_table("kept_report")
