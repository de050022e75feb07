"""Room in tracks for criteria, grace and rulings.

Why: a level may ask for more than a figure, a downgrade may wait, and what was decided by hand for one constituent
(a freeze, an override, an exclusion) is a dated row with its reason.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_levels_by_criteria"
down_revision = "0007_moves_in_figures"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = {"deceased": "stand", "anonymous": "stand", "falls": "at once"}
STANDING = {"ended_rule_version": ID, "falls_on": sa.Date(), "falls_to_id": ID, "ruling_id": ID}
FALLING = sa.text("falls_on IS NOT NULL")


def upgrade() -> None:
    for name, before in WORDS.items():
        op.add_column("track", sa.Column(name, sa.Text(), nullable=False, server_default=before))
    op.add_column("track", sa.Column("grace_days", ID, nullable=False, server_default="0"))
    for table in ("track", "level"):
        op.add_column(table, sa.Column("criteria", JSON, nullable=True))
    for name, kind in STANDING.items():
        op.add_column("standing", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_standing_track_id_falls_on",
        "standing",
        ["track_id", "falls_on"],
        sqlite_where=FALLING,
        postgresql_where=FALLING,
    )
    _create_ruling()


def _create_ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level_id", ID, nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("kind IN ('freeze', 'override', 'exclude')", name=op.f("ck_ruling_kind")),
        sa.CheckConstraint("(kind = 'override') = (level_id IS NOT NULL)", name=op.f("ck_ruling_level")),
        sa.CheckConstraint("to_on IS NULL OR from_on <= to_on", name=op.f("ck_ruling_order")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_ruling_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_ruling_created_in")),
        sa.ForeignKeyConstraint(["level_id"], ["level.id"], name=op.f("fk_ruling_level_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_ruling_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ruling_constituent_id_track_id", "ruling", ["constituent_id", "track_id"])
    op.create_index("ix_ruling_track_id", "ruling", ["track_id"])
    op.create_index(op.f("ix_ruling_created_in"), "ruling", ["created_in"])


def downgrade() -> None:
    op.drop_table("ruling")
    op.drop_index("ix_standing_track_id_falls_on", table_name="standing")
    with op.batch_alter_table("standing") as table:
        for name in STANDING:
            table.drop_column(name)
    for owner, names in (("level", ("criteria",)), ("track", (*WORDS, "grace_days", "criteria"))):
        with op.batch_alter_table(owner) as table:
            for name in names:
                table.drop_column(name)
