"""Find what somebody stood at on a track by both, the constituent and the track.

Why: reports as of a day ask for one constituent's standing on one track. With an index on the constituent alone SQLite
took the one on the track, and went through every standing there for each constituent.
"""

from alembic import op

revision = "0013_standings_by_track"
down_revision = "0012_figures_of_funds"
branch_labels = None
depends_on = None

BEFORE, AFTER = "ix_standing_constituent_id", "ix_standing_constituent_id_track_id"


def upgrade() -> None:
    op.create_index(AFTER, "standing", ["constituent_id", "track_id"])
    op.drop_index(BEFORE, table_name="standing")


def downgrade() -> None:
    op.create_index(BEFORE, "standing", ["constituent_id"])
    op.drop_index(AFTER, table_name="standing")
