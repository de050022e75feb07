"""Moves that figures can count.

Why: figures reckon with days as numbers, as gifts and shifts keep theirs; so does the day of a move from now on. An
index holds what figures ask of the moves that were made, so that one more source costs a gift hardly anything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_moves_in_figures"
down_revision = "0006_kept_answers"
branch_labels = None
depends_on = None

INDEX, MADE = "ix_move_made", sa.text("state = 'made'")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE move SET made_on = CAST(julianday(made_on) - 2440587.5 AS INTEGER) WHERE made_on IS NOT NULL"
        )
        _retype(sa.Date(), sa.Integer())
    else:
        using = "made_on - DATE '1970-01-01'"
        op.alter_column("move", "made_on", existing_type=sa.Date(), type_=sa.Integer(), postgresql_using=using)
    columns = ["constituent_id", "made_on", "id"]
    op.create_index(INDEX, "move", columns, sqlite_where=MADE, postgresql_where=MADE)


def downgrade() -> None:
    op.drop_index(INDEX, "move")
    if op.get_bind().dialect.name == "sqlite":
        _retype(sa.Integer(), sa.Date())
        op.execute("UPDATE move SET made_on = date(made_on * 86400, 'unixepoch') WHERE made_on IS NOT NULL")
    else:
        using = "DATE '1970-01-01' + made_on"
        op.alter_column("move", "made_on", existing_type=sa.Integer(), type_=sa.Date(), postgresql_using=using)


def _retype(before: sa.types.TypeEngine[object], after: sa.types.TypeEngine[object]) -> None:
    with op.batch_alter_table("move") as table:
        table.alter_column("made_on", existing_type=before, type_=after)
