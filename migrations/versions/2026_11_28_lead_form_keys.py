"""Gives forms of leads a key for programs, and finds the last turn of a user on the rota without reading all entries.

Why: a program that sends leads has no page on which somebody waits three seconds, so it shows a secret of its own; and
each lead asks whose turn it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026_lead_form_keys"
down_revision = "0025_rights"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lead_form", sa.Column("key_digest", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_lead_entry_owner_id", "lead_entry", ["owner_id", "why", "id"])


def downgrade() -> None:
    op.drop_index("ix_lead_entry_owner_id", "lead_entry")
    op.drop_column("lead_form", "key_digest")
