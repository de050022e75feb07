"""Room for figures of funds, campaigns and officers' portfolios.

Why: their figures lie in rows of their own, wait in a queue of their own, and a difference may be found in them too.
Who stands in a portfolio on a day is asked inside statements that reckon with day numbers, so assignments keep theirs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_figures_of_funds"
down_revision = "0011_kept_reports"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SLOTS = [f"n{slot}" for slot in range(241, 481)]
DAYS = ("from_on", "to_on")


def upgrade() -> None:
    op.create_table(
        "owner_value",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, autoincrement=False, nullable=False),
        sa.Column("computed_on", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in SLOTS),
        sa.PrimaryKeyConstraint("target", "owner_id", name="pk_owner_value"),
    )
    op.create_table(
        "owner_mark",
        sa.Column("id", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("change_set_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["change_set_id"], ["change_set.id"], name="fk_owner_mark_change_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_owner_mark"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_owner_mark_change_set_id", "owner_mark", ["change_set_id"])
    with op.batch_alter_table("rollup_fault", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("constituent_id", existing_type=ID, nullable=True)
        table.add_column(sa.Column("target", sa.Text(), nullable=False, server_default="constituent"))
        table.add_column(sa.Column("owner_id", ID, nullable=True))
    _days(to="number")


def downgrade() -> None:
    _days(to="date")
    op.execute("DELETE FROM rollup_fault WHERE constituent_id IS NULL")
    with op.batch_alter_table("rollup_fault", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("owner_id")
        table.drop_column("target")
        table.alter_column("constituent_id", existing_type=ID, nullable=False)
    op.drop_table("owner_mark")
    op.drop_table("owner_value")


def _days(*, to: str) -> None:
    """Days of assignments as numbers since 1970-01-01, or as dates again."""
    numbers = to == "number"
    if op.get_bind().dialect.name == "postgresql":
        kind = "INTEGER" if numbers else "DATE"
        for name in DAYS:
            using = f"{name} - DATE '1970-01-01'" if numbers else f"DATE '1970-01-01' + {name}"
            op.execute(f"ALTER TABLE assignment ALTER COLUMN {name} TYPE {kind} USING {using}")
        return
    before, after = (sa.Date(), sa.Integer()) if numbers else (sa.Integer(), sa.Date())
    if numbers:
        _rewrite("CAST(julianday({0}) - 2440587.5 AS INTEGER)")
    with op.batch_alter_table("assignment", table_kwargs={"sqlite_autoincrement": True}) as table:
        for name in DAYS:
            table.alter_column(name, existing_type=before, type_=after)
    if not numbers:
        _rewrite("date({0} * 86400, 'unixepoch')")


def _rewrite(made: str) -> None:
    for name in DAYS:
        op.execute(f"UPDATE assignment SET {name} = {made.format(name)} WHERE {name} IS NOT NULL")
