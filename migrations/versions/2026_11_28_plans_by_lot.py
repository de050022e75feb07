"""Plans keep whether the lot had a say in them.

Why: the effect of a plan is the difference to those held out. Plans that were started by hand or by a stage, and those
of whom a level spares, are in no lot: compared with those held out, they would tell of whom staff choose.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_plans_by_lot"
down_revision = "0018_steps_to_act"
branch_labels = None
depends_on = None

OF_BEFORE = (
    "UPDATE running_plan SET by_lot = true WHERE held_out OR (cause <> 'by hand' AND cause NOT LIKE 'stage %'"
    " AND version_id IN (SELECT id FROM template_version"
    " WHERE held_out_percent > 0 AND spares_from_level_id IS NULL))"
)


def upgrade() -> None:
    column = sa.Column("by_lot", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("running_plan", column)
    op.execute(OF_BEFORE)


def downgrade() -> None:
    op.drop_column("running_plan", "by_lot")
