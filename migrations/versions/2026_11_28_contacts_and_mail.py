"""Room for the contact ledger, mail templates and bounces; mails that wait for a person's yes.

Why: nobody should be written to more often than the organization wants, and what was refused must be seen with its
reason. Mail to constituents is written from templates, may be held until somebody approves it, and comes back now and
then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_contacts_and_mail"
down_revision = "0014_absences_and_feeds"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _reference(table: str, column: str, target: str, *, empty: bool = False) -> sa.Column:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=empty)


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    op.add_column("outbox", sa.Column("purpose", sa.Text(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("template_id", ID, nullable=True))
    op.add_column("outbox", sa.Column("task_id", ID, nullable=True))
    op.create_index("ix_outbox_task_id", "outbox", ["task_id"])
    op.create_index("ix_outbox_state_id", "outbox", ["state", "id"])
    _templates()
    _contacts()
    _bounces()


def _templates() -> None:
    table = "mail_template"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        *_words("name", "subject", "text_body", "look", "html_body", "purpose", "policy"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _reference(table, "created_in", "change_set"),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("look IN ('plain', 'letter', 'own')", name="ck_mail_template_look"),
        sa.PrimaryKeyConstraint("id", name="pk_mail_template"),
        sa.UniqueConstraint("name", name="uq_mail_template_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mail_template_created_in", table, ["created_in"])


def _contacts() -> None:
    table = "contact"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        _reference(table, "constituent_id", "constituent"),
        *_words("channel", "purpose"),
        sa.Column("happened_on", sa.Date(), nullable=False),
        *_words("key", "about"),
        _reference(table, "mail_id", "outbox", empty=True),
        _reference(table, "created_in", "change_set"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("key", name="uq_contact_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_constituent_id_happened_on", table, ["constituent_id", "happened_on"])
    for column in ("mail_id", "created_in"):
        op.create_index(f"ix_contact_{column}", table, [column])
    table = "contact_refusal"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        _reference(table, "constituent_id", "constituent"),
        *_words("channel", "purpose"),
        sa.Column("refused_on", sa.Date(), nullable=False),
        *_words("key", "about", "reason"),
        _reference(table, "created_in", "change_set"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_refusal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_refusal_constituent_id_refused_on", table, ["constituent_id", "refused_on"])
    op.create_index("ix_contact_refusal_created_in", table, ["created_in"])
    op.create_index("uq_contact_refusal_key_reason", table, ["key", "reason"], unique=True)


def _bounces() -> None:
    table = "bounce"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        *_words("key", "folded"),
        _reference(table, "mail_id", "outbox", empty=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        *_words("status", "said"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        _reference(table, "created_in", "change_set"),
        sa.PrimaryKeyConstraint("id", name="pk_bounce"),
        sa.UniqueConstraint("key", name="uq_bounce_key"),
        sqlite_autoincrement=True,
    )
    for column in ("folded", "mail_id", "created_in"):
        op.create_index(f"ix_bounce_{column}", table, [column])


def downgrade() -> None:
    for table in ("bounce", "contact_refusal", "contact", "mail_template"):
        op.drop_table(table)
    for index in ("ix_outbox_state_id", "ix_outbox_task_id"):
        op.drop_index(index, "outbox")
    for column in ("task_id", "template_id", "purpose"):
        op.drop_column("outbox", column)
