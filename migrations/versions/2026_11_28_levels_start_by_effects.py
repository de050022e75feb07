"""The plan of a level becomes an effect.

Why: a level named the one plan that started when somebody rose to it; that is one effect among others now. An order
for everybody says whether effects run for whom it moves.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_levels_start_by_effects"
down_revision = "0009_past_values"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "fk_level_plan_template_id"


def upgrade() -> None:
    nobody = "CAST('[]' AS jsonb)" if op.get_bind().dialect.name == "postgresql" else "'[]'"
    op.execute(
        "INSERT INTO level_effect (track_id, level_id, occasion, act, template_id, words, days, to_officer, users,"
        " once, cool_down, is_active, created_in, version)"
        f" SELECT track_id, id, 'rise', 'start plan', plan_template_id, '', 0, false, {nobody},"
        " false, 0, true, created_in, 1 FROM level WHERE plan_template_id IS NOT NULL ORDER BY id"
    )
    with op.batch_alter_table("level") as table:
        table.drop_constraint(KEY, type_="foreignkey")
        table.drop_column("plan_template_id")
    op.add_column("everybody", sa.Column("effects", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("everybody") as table:
        table.drop_column("effects")
    with op.batch_alter_table("level") as table:
        table.add_column(sa.Column("plan_template_id", ID, nullable=True))
        table.create_foreign_key(KEY, "plan_template", ["plan_template_id"], ["id"])
    first = "SELECT min(id) FROM level_effect WHERE occasion = 'rise' AND act = 'start plan' GROUP BY level_id"
    op.execute(
        "UPDATE level SET plan_template_id = (SELECT template_id FROM level_effect"
        f" WHERE level_effect.level_id = level.id AND level_effect.id IN ({first}))"
    )
