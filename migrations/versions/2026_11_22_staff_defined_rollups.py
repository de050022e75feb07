"""Room in a rollup's definition for what staff may define.

Why: a figure may be of some constituents, of rows that meet criteria, by other years than fiscal ones, the n-th row or
a percentile, a count of different values, or a formula over other figures.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_staff_defined_rollups"
down_revision = "0001_spine"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORDS = {"target": "constituent", "years": "fiscal year", "field": "", "formula": ""}


def upgrade() -> None:
    for name, before in WORDS.items():
        op.add_column("rollup_definition", sa.Column(name, sa.Text(), nullable=False, server_default=before))
    op.add_column("rollup_definition", sa.Column("number", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("rollup_definition", sa.Column("criteria", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("rollup_definition") as table:
        for name in (*WORDS, "number", "criteria"):
            table.drop_column(name)
