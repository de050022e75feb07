"""Finds the steps that the program has to carry out by their own index.

Why: SQLite went through all open tasks each tick, a million of them, to find the few. With the state in front it takes
the small index, which holds these alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_steps_to_act"
down_revision = "0017_plans_as_graphs"
branch_labels = None
depends_on = None

NAME = "ix_task_to_act"
WHICH = sa.text("state = 'open' AND kind <> 'task' AND trouble = '' AND acted_on IS NULL")


def _index(columns: list[str]) -> None:
    op.drop_index(NAME, "task")
    op.create_index(NAME, "task", columns, sqlite_where=WHICH, postgresql_where=WHICH)


def upgrade() -> None:
    _index(["state", "due_on", "id"])


def downgrade() -> None:
    _index(["kind", "due_on", "id"])
