"""What is said of an opportunity follows what was said before.

Why: an entry repeats the whole opportunity. Were an earlier change undone while a later one stands, the later entry
would go on telling what was taken back. With the one that it follows named, an undo finds the later one in its way.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_asks_in_order"
down_revision = "0020_evidence_and_asks"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("opportunity_entry", sa.Column("follows_id", ID, nullable=True))
    op.create_index("uq_opportunity_entry_follows_id", "opportunity_entry", ["follows_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_opportunity_entry_follows_id", table_name="opportunity_entry")
    op.drop_column("opportunity_entry", "follows_id")
