"""What is said of an opportunity names the reason of its end and the day of return too.

Why: a report of what was declined or deferred as of an earlier day would have to guess both once the opportunity was
taken up again. What a prospect was to be asked for, beside the amount, is the purpose of its opportunities.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_asks_said_in_full"
down_revision = "0022_team_moves"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("opportunity_entry", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("opportunity_entry", sa.Column("returns_on", sa.Integer(), nullable=True))
    since = "p.in_stage_since - DATE '1970-01-01'"
    if op.get_bind().dialect.name == "sqlite":
        since = "CAST(julianday(p.in_stage_since) - julianday('1970-01-01') AS INTEGER)"
    op.execute(
        "INSERT INTO opportunity (prospect_id, purpose, amount, status, status_since, reason, opened_on, created_in,"
        f" version) SELECT p.id, p.purpose, NULL, 'planned', {since}, '', {since}, p.created_in, 1 FROM prospect p"
        " WHERE p.purpose <> '' AND p.is_active AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.prospect_id = p.id)"
    )
    op.execute(
        "INSERT INTO opportunity_entry (opportunity_id, happened_on, recorded_at, stage_id, status, amount, why,"
        " created_in) SELECT o.id, o.opened_on, c.at, p.stage_id, o.status, o.amount, '', o.created_in"
        " FROM opportunity o JOIN prospect p ON p.id = o.prospect_id JOIN change_set c ON c.id = o.created_in"
        " WHERE NOT EXISTS (SELECT 1 FROM opportunity_entry e WHERE e.opportunity_id = o.id)"
    )
    op.drop_column("prospect", "purpose")


def downgrade() -> None:
    op.add_column("prospect", sa.Column("purpose", sa.Text(), nullable=False, server_default=""))
    for name in ("returns_on", "reason"):
        op.drop_column("opportunity_entry", name)
