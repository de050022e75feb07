"""Keeps what people asked for by right, and from when on an objection, a restriction or an erasure holds.

Why: nobody could say by when somebody had to be answered, that they must be left alone whatever consent says, or that
their record may not be touched; and names could only be hidden, never taken away for good.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025_rights"
down_revision = "0024_leads"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HOLDS = ("objected_on", "restricted_on", "erased_on")


def upgrade() -> None:
    for name in HOLDS:
        op.add_column("constituent", sa.Column(name, sa.Date(), nullable=True))
    op.create_table(
        "person_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'erasure', 'restriction', 'copy', 'objection')",
            name=op.f("ck_person_request_kind"),
        ),
        sa.CheckConstraint("answer IN ('', 'followed', 'refused', 'withdrawn')", name=op.f("ck_person_request_answer")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_person_request_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_person_request_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_request")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_request_constituent_id", "person_request", ["constituent_id"])
    op.create_index("ix_person_request_created_in", "person_request", ["created_in"])
    op.create_index(
        "ix_person_request_open",
        "person_request",
        ["due_on", "id"],
        sqlite_where=sa.text("answered_on IS NULL"),
        postgresql_where=sa.text("answered_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("person_request")
    for name in reversed(HOLDS):
        op.drop_column("constituent", name)
