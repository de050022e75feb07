"""Room for the answers of reports, and an index that tells when a table was last changed.

Why: what costs a pass over all gifts is found once and kept until something that reports read has changed. The newest
journal entry of a table says when that was.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_kept_answers"
down_revision = "0005_level_effects"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answer"),
    )
    op.create_index("ix_journal_table_name_id", "journal", ["table_name", "id"])


def downgrade() -> None:
    op.drop_index("ix_journal_table_name_id", "journal")
    op.drop_table("answer")
