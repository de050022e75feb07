"""Lets a call report be for the team of a constituent, not for its writer alone.

Why: those who share the charge of somebody could not read what the others had kept from the rest of the house. What
was kept for one officer until now stays so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022_team_moves"
down_revision = "0021_asks_in_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("move", sa.Column("is_for_team", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("move", "is_for_team")
