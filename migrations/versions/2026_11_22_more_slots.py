"""More slots for figures, and orders for everybody that are about one figure.

Why: the definitions that come with the product take about ninety slots, and staff define their own beside them; a new
definition computes nothing but itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_more_slots"
down_revision = "0002_staff_defined_rollups"
branch_labels = None
depends_on = None

ADDED = [f"n{slot}" for slot in range(97, 241)]
INDEXED = ADDED[-4:]


def upgrade() -> None:
    for name in ADDED:
        op.add_column("rollup_value", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in INDEXED:
        op.create_index(f"ix_rollup_value_{name}", "rollup_value", [name, "constituent_id"])
    op.add_column("everybody", sa.Column("key", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("everybody") as table:
        table.drop_column("key")
    for name in INDEXED:
        op.drop_index(f"ix_rollup_value_{name}", "rollup_value")
    with op.batch_alter_table("rollup_value") as table:
        for name in ADDED:
            table.drop_column(name)
