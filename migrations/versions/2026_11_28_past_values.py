"""A table for the figures of everybody as of an earlier day.

Why: who asks for all figures of a past day, or as they were known on one, wants to query them like the stored ones,
beside the running product and without touching it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_past_values"
down_revision = "0008_levels_by_criteria"
branch_labels = None
depends_on = None

SLOTS = 240


def upgrade() -> None:
    op.create_table(
        "past_value",
        sa.Column("constituent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True)),
        *(sa.Column(f"n{slot:02d}", sa.BigInteger()) for slot in range(1, SLOTS + 1)),
        sa.PrimaryKeyConstraint("constituent_id", name="pk_past_value"),
    )


def downgrade() -> None:
    op.drop_table("past_value")
