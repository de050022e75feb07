"""Room for likely duplicates: what was learned, the pairs found, what people decided of them, and the searches.

Why: duplicates were looked for only when somebody was entered. What stands in the database twice was found by chance,
and nothing remembered that two of one name are not the same.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_duplicates"
down_revision = "0026_lead_form_keys"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _whole(name: str) -> sa.Column:
    return sa.Column(name, ID, nullable=False)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _json(name: str) -> sa.Column:
    return sa.Column(name, JSON, nullable=False)


def _moment(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _constituent(table: str, column: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["constituent.id"], name=f"fk_{table}_{column}", **more)


def _change(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=f"fk_{table}_created_in")


def upgrade() -> None:
    op.create_table(
        "match_model",
        _whole("id"),
        _text("kind"),
        _whole("people"),
        _whole("found"),
        _json("learned"),
        _moment("learned_at"),
        _whole("created_in"),
        _change("match_model"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_model")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_match_model_kind_id", "match_model", ["kind", "id"])
    op.create_index("ix_match_model_created_in", "match_model", ["created_in"])
    op.create_table(
        "duplicate_pair",
        _whole("low_id"),
        _whole("high_id"),
        _text("kind"),
        _whole("probability"),
        _json("reasons"),
        _moment("found_at"),
        _whole("group_id"),
        _whole("group_size"),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_duplicate_pair_order")),
        _constituent("duplicate_pair", "low_id", ondelete="CASCADE"),
        _constituent("duplicate_pair", "high_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_duplicate_pair")),
    )
    op.create_index("ix_duplicate_pair_probability", "duplicate_pair", ["probability", "low_id", "high_id"])
    op.create_index("ix_duplicate_pair_high_id", "duplicate_pair", ["high_id"])
    op.create_index("ix_duplicate_pair_group_id", "duplicate_pair", ["group_id"])
    op.create_table(
        "not_duplicate",
        _whole("id"),
        _whole("low_id"),
        _whole("high_id"),
        _text("note"),
        _whole("created_in"),
        _whole("version"),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_not_duplicate_order")),
        _constituent("not_duplicate", "low_id"),
        _constituent("not_duplicate", "high_id"),
        _change("not_duplicate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_duplicate")),
        sa.UniqueConstraint("low_id", "high_id", name="uq_not_duplicate_low_id_high_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_not_duplicate_high_id", "not_duplicate", ["high_id"])
    op.create_index("ix_not_duplicate_created_in", "not_duplicate", ["created_in"])
    op.create_table(
        "match_search",
        _whole("id"),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        _moment("asked_at"),
        _moment("done_at", empty=True),
        _whole("seen_to"),
        _json("told"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_search")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("match_search", "not_duplicate", "duplicate_pair", "match_model"):
        op.drop_table(table)
