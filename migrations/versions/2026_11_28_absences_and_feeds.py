"""Room for absences with stand-ins, for secret addresses of calendars, and for who wants a mail in the morning.

Why: what falls due while somebody is away must not lie; tasks should stand in the calendar that people look at anyway.
Whoever got reminders until now goes on getting a mail, unless they turn it off.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_absences_and_feeds"
down_revision = "0013_standings_by_track"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("app_user", sa.Column("wants_digest", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("app_user") as table:
        table.alter_column("wants_digest", server_default=None)
    op.create_table(
        "absence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("stand_in_id", BIG, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_in", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_absence_span")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_absence_created_in")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["app_user.id"], name=op.f("fk_absence_stand_in_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_absence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_absence_created_in", "absence", ["created_in"])
    op.create_index("ix_absence_user_id_to_on", "absence", ["user_id", "to_on"])
    op.create_index("ix_absence_to_on", "absence", ["to_on"])
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("absence")
    with op.batch_alter_table("app_user") as table:
        table.drop_column("wants_digest")
