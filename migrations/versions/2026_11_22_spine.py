"""The tables of the spine: change sets, people, giving, rollups, levels, pipeline, plans, scheduler, access.

Why: undo, reasons, as-of views and exactly-once plans all stand on these, so they come first and together.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_spine"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TRIGGERS = {
    "sqlite": (
        (
            "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN "
            "SELECT RAISE(ABORT, 'audit_event is append-only'); END"
        ),
        (
            "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN "
            "SELECT RAISE(ABORT, 'audit_event is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()"
        ),
        (
            "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR "
            "EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()"
        ),
    ),
}
NO_TRIGGERS = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS audit_event_no_update",
        "DROP TRIGGER IF EXISTS audit_event_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_event_append_only ON audit_event",
        "DROP TRIGGER IF EXISTS audit_event_no_truncate ON audit_event",
        "DROP FUNCTION IF EXISTS audit_event_refuse()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_event_user_id_at", ["user_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_what"), ["what"], unique=False)

    op.create_table(
        "change_set",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("through", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", JSON, nullable=True),
        sa.Column("undoes_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["undoes_id"], ["change_set.id"], name=op.f("fk_change_set_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_set")),
        sa.UniqueConstraint("request_key", name=op.f("uq_change_set_request_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change_set", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_set_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_set_undoes_id"), ["undoes_id"], unique=False)

    op.create_table(
        "job_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cursor", JSON, nullable=True),
        sa.Column("parts", ID, nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("code_min", ID, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", "period_key", name=op.f("pk_job_run")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_run_todo",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("state = 'todo'"),
            sqlite_where=sa.text("state = 'todo'"),
        )

    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("epoch", ID, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "queue_state",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("handled", ID, nullable=False),
        sa.Column("failures", ID, nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_queue_state")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("known_device", sa.Boolean(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_account_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_network_at", ["network", "at"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_activity_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("name", name=op.f("uq_activity_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_created_in"), ["created_in"], unique=False)

    op.create_table(
        "app_user",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint(
            "role IN ('administrator', 'director', 'officer', 'gift_entry', 'volunteer_coordinator', 'reader')",
            name=op.f("ck_app_user_role"),
        ),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_app_user_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_user_created_in"), ["created_in"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("goal", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_campaign_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("name", name=op.f("uq_campaign_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_created_in"), ["created_in"], unique=False)

    op.create_table(
        "constituent",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("search_text", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("middle_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("formal_salutation", sa.Text(), nullable=False),
        sa.Column("informal_salutation", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("is_deceased", sa.Boolean(), nullable=False),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("is_unknown_giver", sa.Boolean(), nullable=False),
        sa.Column("named_by_key", sa.Boolean(), nullable=False),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("kind IN ('person', 'household', 'organization')", name=op.f("ck_constituent_kind")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_constituent_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constituent")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("constituent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_constituent_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_constituent_search_text", ["search_text"], unique=False)
        batch_op.create_index("ix_constituent_sort_name_id", ["sort_name", "id"], unique=False)
        batch_op.create_index(
            "uq_constituent_unknown_giver",
            ["is_unknown_giver"],
            unique=True,
            sqlite_where=sa.text("is_unknown_giver"),
            postgresql_where=sa.text("is_unknown_giver"),
        )

    op.create_table(
        "everybody",
        sa.Column("id", ID, nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("after", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("change_set_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["change_set_id"], ["change_set.id"], name=op.f("fk_everybody_change_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_everybody")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("everybody", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_everybody_change_set_id"), ["change_set_id"], unique=False)

    op.create_table(
        "fund",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_fund_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("name", name=op.f("uq_fund_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_created_in"), ["created_in"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", ID, nullable=False),
        sa.Column("change_set_id", ID, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("version", ID, nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.ForeignKeyConstraint(["change_set_id"], ["change_set.id"], name=op.f("fk_journal_change_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_journal_change_set_id_table_name_row_id", ["change_set_id", "table_name", "row_id"], unique=False
        )
        batch_op.create_index("ix_journal_table_name_row_id", ["table_name", "row_id"], unique=False)

    op.create_table(
        "pipeline",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_pipeline_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline")),
        sa.UniqueConstraint("name", name=op.f("uq_pipeline_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("pipeline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pipeline_created_in"), ["created_in"], unique=False)

    op.create_table(
        "plan_template",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("rule_version", ID, nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_plan_template_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template")),
        sa.UniqueConstraint("name", name=op.f("uq_plan_template_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_template_created_in"), ["created_in"], unique=False)

    op.create_table(
        "rollup_definition",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("returns", sa.Text(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("value_kind", sa.Text(), nullable=False),
        sa.Column("slot", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_rollup_definition_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_definition")),
        sa.UniqueConstraint("key", name=op.f("uq_rollup_definition_key")),
        sa.UniqueConstraint("slot", name=op.f("uq_rollup_definition_slot")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("rollup_definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollup_definition_created_in"), ["created_in"], unique=False)

    op.create_table(
        "setting",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_setting_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_setting_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_setting_key_id", ["key", "id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("campaign_id", ID, nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_appeal_campaign_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_appeal_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("name", name=op.f("uq_appeal_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_created_in"), ["created_in"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_assignment_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_assignment_created_in")),
        sa.ForeignKeyConstraint(["officer_id"], ["app_user.id"], name=op.f("fk_assignment_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_constituent_id", ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_assignment_officer_id", ["officer_id", "to_on"], unique=False)
        batch_op.create_index(
            "uq_assignment_primary",
            ["constituent_id"],
            unique=True,
            sqlite_where=sa.text("to_on IS NULL AND role = 'primary'"),
            postgresql_where=sa.text("to_on IS NULL AND role = 'primary'"),
        )

    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_consent_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_consent_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("ix_consent_constituent_id_channel", ["constituent_id", "channel", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_created_in"), ["created_in"], unique=False)

    op.create_table(
        "constituent_alias",
        sa.Column("id", ID, nullable=False),
        sa.Column("old_id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["constituent_id"], ["constituent.id"], name=op.f("fk_constituent_alias_constituent_id")
        ),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_constituent_alias_created_in")),
        sa.ForeignKeyConstraint(["old_id"], ["constituent.id"], name=op.f("fk_constituent_alias_old_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constituent_alias")),
        sa.UniqueConstraint("old_id", name=op.f("uq_constituent_alias_old_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("constituent_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_constituent_alias_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_constituent_alias_created_in"), ["created_in"], unique=False)

    op.create_table(
        "credential",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", ID, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_credential_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "dirty",
        sa.Column("constituent_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("change_set_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["change_set_id"], ["change_set.id"], name=op.f("fk_dirty_change_set_id")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_dirty_constituent_id")),
        sa.PrimaryKeyConstraint("constituent_id", name=op.f("pk_dirty")),
    )
    with op.batch_alter_table("dirty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dirty_change_set_id"), ["change_set_id"], unique=False)

    op.create_table(
        "email_address",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_email_address_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_email_address_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_address")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("email_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_email_address_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_email_address_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_email_address_folded"), ["folded"], unique=False)

    op.create_table(
        "external_id",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_external_id_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_external_id_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("external_id", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_id_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_external_id_created_in"), ["created_in"], unique=False)
        batch_op.create_index("uq_external_id_source_value", ["source", "value"], unique=True)

    op.create_table(
        "file_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("delimiter", sa.Text(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", ID, nullable=False),
        sa.Column("parts", ID, nullable=False),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("applied_in", ID, nullable=True),
        sa.Column("uploaded_by", ID, nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["applied_in"], ["change_set.id"], name=op.f("fk_file_import_applied_in")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_file_import_created_in")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["app_user.id"], name=op.f("fk_file_import_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_import")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("file_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_import_applied_in"), ["applied_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_import_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_file_import_digest", ["digest"], unique=False)
        batch_op.create_index("ix_file_import_signature", ["signature"], unique=False)
        batch_op.create_index("ix_file_import_state", ["state"], unique=False)

    op.create_table(
        "household_membership",
        sa.Column("id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Integer(), nullable=True),
        sa.Column("to_on", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR from_on < to_on", name=op.f("ck_household_membership_order")
        ),
        sa.ForeignKeyConstraint(
            ["constituent_id"], ["constituent.id"], name=op.f("fk_household_membership_constituent_id")
        ),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_household_membership_created_in")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["constituent.id"], name=op.f("fk_household_membership_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_membership")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("household_membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_membership_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_membership_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_household_membership_household_id", ["household_id", "constituent_id"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_one_time_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("attempts_allowed", ID, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("html_body", sa.Text(), nullable=False),
        sa.Column("constituent_id", ID, nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_outbox_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_outbox_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_created_in"), ["created_in"], unique=False)
        batch_op.create_index(
            "ix_outbox_todo",
            ["next_try_at", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'todo'"),
            sqlite_where=sa.text("state = 'todo'"),
        )

    op.create_table(
        "phone",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("digits", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_phone_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_phone_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_phone_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_phone_digits"), ["digits"], unique=False)

    op.create_table(
        "postal_address",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_postal_address_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_postal_address_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postal_address")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("postal_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postal_address_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_postal_address_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_postal_address_postal_code"), ["postal_code"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "relationship",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reverse", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_relationship_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_relationship_created_in")),
        sa.ForeignKeyConstraint(["other_id"], ["constituent.id"], name=op.f("fk_relationship_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relationship_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relationship_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_relationship_other_id"), ["other_id"], unique=False)

    op.create_table(
        "rollup_fault",
        sa.Column("id", ID, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=True),
        sa.Column("computed", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_rollup_fault_constituent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_fault")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("rollup_fault", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollup_fault_constituent_id"), ["constituent_id"], unique=False)

    op.create_table(
        "rollup_value",
        sa.Column("constituent_id", ID, autoincrement=False, nullable=False),
        sa.Column("computed_on", sa.Integer(), nullable=False),
        *(sa.Column(f"n{slot:02d}", sa.BigInteger()) for slot in range(1, 97)),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_rollup_value_constituent_id")),
        sa.PrimaryKeyConstraint("constituent_id", name=op.f("pk_rollup_value")),
    )
    with op.batch_alter_table("rollup_value", schema=None) as batch_op:
        batch_op.create_index("ix_rollup_value_n01", ["n01", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n02", ["n02", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n03", ["n03", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n04", ["n04", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n05", ["n05", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n06", ["n06", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n07", ["n07", "constituent_id"], unique=False)
        batch_op.create_index("ix_rollup_value_n08", ["n08", "constituent_id"], unique=False)

    op.create_table(
        "search_word",
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("backward", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('name', 'nickname', 'email', 'phone', 'external_id')", name=op.f("ck_search_word_kind")
        ),
        sa.ForeignKeyConstraint(
            ["constituent_id"], ["constituent.id"], name=op.f("fk_search_word_constituent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("constituent_id", "kind", "word", name=op.f("pk_search_word")),
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index("ix_search_word_backward", ["backward", "kind", "constituent_id"], unique=False)
        batch_op.create_index("ix_search_word_word", ["word", "kind", "constituent_id"], unique=False)

    op.create_table(
        "segment",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("criteria", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_segment_created_in")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_segment_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_segment_created_in"), ["created_in"], unique=False)
        batch_op.create_index("uq_segment_subject_owner_id_name", ["subject", "owner_id", "name"], unique=True)

    op.create_table(
        "shift",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("activity_id", ID, nullable=True),
        sa.Column("worked_on", sa.Integer(), nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("fiscal_year", ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_shift_minutes")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_shift_activity_id")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_shift_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_shift_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            "ix_shift_constituent_id", ["constituent_id", "worked_on", "minutes", "fiscal_year"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shift_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_shift_source_fingerprint", ["source", "fingerprint"], unique=False)
        batch_op.create_index("ix_shift_worked_on", ["worked_on", "id"], unique=False)
        batch_op.create_index(
            "uq_shift_source_external_id",
            ["source", "external_id"],
            unique=True,
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )

    op.create_table(
        "sight_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_sight_grant_created_in")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sight_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sight_grant")),
        sa.UniqueConstraint("user_id", "constituent_id", name=op.f("uq_sight_grant_user_id_constituent_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sight_grant", schema=None) as batch_op:
        batch_op.create_index("ix_sight_grant_constituent_id", ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sight_grant_created_in"), ["created_in"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strong_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("pending_totp", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sign_in_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_session_user_id_ended_at", ["user_id", "ended_at"], unique=False)

    op.create_table(
        "stage",
        sa.Column("id", ID, nullable=False),
        sa.Column("pipeline_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("expected_days", ID, nullable=True),
        sa.Column("plan_template_id", ID, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_stage_created_in")),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name=op.f("fk_stage_pipeline_id")),
        sa.ForeignKeyConstraint(["plan_template_id"], ["plan_template.id"], name=op.f("fk_stage_plan_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_created_in"), ["created_in"], unique=False)
        batch_op.create_index("uq_stage_pipeline_id_name", ["pipeline_id", "name"], unique=True)

    op.create_table(
        "template_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("template_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("skips_weekends", sa.Boolean(), nullable=False),
        sa.Column("reschedule", sa.Text(), nullable=False),
        sa.Column("follows_completion", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_template_version_created_in")),
        sa.ForeignKeyConstraint(["template_id"], ["plan_template.id"], name=op.f("fk_template_version_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_version")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_template_version_created_in"), ["created_in"], unique=False)
        batch_op.create_index("uq_template_version_template_id_number", ["template_id", "number"], unique=True)

    op.create_table(
        "track",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("measure_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("rule_version", ID, nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_track_created_in")),
        sa.ForeignKeyConstraint(["measure_id"], ["rollup_definition.id"], name=op.f("fk_track_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("name", name=op.f("uq_track_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_track_created_in"), ["created_in"], unique=False)

    op.create_table(
        "file_part",
        sa.Column("import_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["file_import.id"], name=op.f("fk_file_part_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_file_part")),
    )
    op.create_table(
        "gift",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("campaign_id", ID, nullable=True),
        sa.Column("appeal_id", ID, nullable=True),
        sa.Column("hides_name", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_gift_appeal_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_gift_campaign_id")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_gift_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_gift_created_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gift_appeal_id"), ["appeal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(
            "ix_gift_constituent_id_received_on", ["constituent_id", "received_on", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_gift_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_gift_received_on_id", ["received_on", "id"], unique=False)
        batch_op.create_index("ix_gift_source_fingerprint", ["source", "fingerprint"], unique=False)
        batch_op.create_index(
            "uq_gift_source_external_id",
            ["source", "external_id"],
            unique=True,
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )

    op.create_table(
        "import_row",
        sa.Column("import_id", ID, autoincrement=False, nullable=False),
        sa.Column("line", ID, autoincrement=False, nullable=False),
        sa.Column("part", ID, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("problem", JSON, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["file_import.id"], name=op.f("fk_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_row")),
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index("ix_import_row_import_id_verdict", ["import_id", "verdict", "line"], unique=False)

    op.create_table(
        "level",
        sa.Column("id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("maximum", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("plan_template_id", ID, nullable=True),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("minimum IS NULL OR maximum IS NULL OR minimum < maximum", name=op.f("ck_level_band")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_level_created_in")),
        sa.ForeignKeyConstraint(["plan_template_id"], ["plan_template.id"], name=op.f("fk_level_plan_template_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_level_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_created_in"), ["created_in"], unique=False)
        batch_op.create_index("uq_level_track_id_name", ["track_id", "name"], unique=True)

    op.create_table(
        "part_verdicts",
        sa.Column("import_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["file_import.id"], name=op.f("fk_part_verdicts_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_part_verdicts")),
    )
    op.create_table(
        "prospect",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("pipeline_id", ID, nullable=False),
        sa.Column("stage_id", ID, nullable=False),
        sa.Column("in_stage_since", sa.Date(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.Column("ask_amount", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_prospect_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_prospect_created_in")),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name=op.f("fk_prospect_pipeline_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_prospect_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("prospect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prospect_created_in"), ["created_in"], unique=False)
        batch_op.create_index(
            "ix_prospect_pipeline_id_stage_id", ["pipeline_id", "stage_id", "is_active", "in_stage_since"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_prospect_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index("uq_prospect_constituent_id_pipeline_id", ["constituent_id", "pipeline_id"], unique=True)

    op.create_table(
        "running_plan",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("template_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_by", ID, nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("state IN ('starting', 'running', 'done', 'stopped')", name=op.f("ck_running_plan_state")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_running_plan_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_running_plan_created_in")),
        sa.ForeignKeyConstraint(["started_by"], ["app_user.id"], name=op.f("fk_running_plan_started_by")),
        sa.ForeignKeyConstraint(["template_id"], ["plan_template.id"], name=op.f("fk_running_plan_template_id")),
        sa.ForeignKeyConstraint(["version_id"], ["template_version.id"], name=op.f("fk_running_plan_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_plan")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("running_plan", schema=None) as batch_op:
        batch_op.create_index("ix_running_plan_constituent_id", ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_running_plan_created_in"), ["created_in"], unique=False)
        batch_op.create_index(
            "ix_running_plan_starting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'starting'"),
            postgresql_where=sa.text("state = 'starting'"),
        )
        batch_op.create_index("ix_running_plan_template_id_state", ["template_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_running_plan_version_id"), ["version_id"], unique=False)
        batch_op.create_index(
            "uq_running_plan_open",
            ["constituent_id", "template_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('starting', 'running')"),
            postgresql_where=sa.text("state IN ('starting', 'running')"),
        )

    op.create_table(
        "step",
        sa.Column("id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("days_after", ID, nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.CheckConstraint("days_after >= 0", name=op.f("ck_step_days_after")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_step_created_in")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_step_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["step.id"], name=op.f("fk_step_parent_id")),
        sa.ForeignKeyConstraint(["version_id"], ["template_version.id"], name=op.f("fk_step_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("uq_step_version_id_position", ["version_id", "position"], unique=True)

    op.create_table(
        "track_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_track_version_created_in")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_track_version_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_version")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("track_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_track_version_created_in"), ["created_in"], unique=False)
        batch_op.create_index("uq_track_version_track_id_number", ["track_id", "number"], unique=True)

    op.create_table(
        "credit",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("gift_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", ID, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("counts_from", sa.Integer(), nullable=False),
        sa.Column("counts_to", sa.Integer(), nullable=True),
        sa.Column("created_in", ID, nullable=False),
        sa.CheckConstraint("kind IN ('hard', 'soft')", name=op.f("ck_credit_kind")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_credit_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_credit_created_in")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_credit_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_credit_constituent_id",
            ["constituent_id", "kind", "fiscal_year", "given_on", "gift_id", "base_amount", "counts_from", "counts_to"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_credit_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_credit_gift_id", ["gift_id"], unique=False)
        batch_op.create_index("ix_credit_given_on", ["given_on", "constituent_id"], unique=False)
        batch_op.create_index(
            "ix_credit_shared",
            ["constituent_id"],
            unique=False,
            sqlite_where=sa.text("shared AND counts_to IS NULL"),
            postgresql_where=sa.text("shared AND counts_to IS NULL"),
        )

    op.create_table(
        "gift_adjustment",
        sa.Column("id", ID, nullable=False),
        sa.Column("gift_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("adjusted_on", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("kind IN ('refund', 'correction')", name=op.f("ck_gift_adjustment_kind")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_gift_adjustment_created_in")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_adjustment_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_adjustment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("gift_adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gift_adjustment_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_adjustment_gift_id"), ["gift_id"], unique=False)

    op.create_table(
        "gift_split",
        sa.Column("id", ID, nullable=False),
        sa.Column("gift_id", ID, nullable=False),
        sa.Column("fund_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_gift_split_created_in")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_gift_split_fund_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_split_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_split")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("gift_split", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gift_split_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_split_fund_id"), ["fund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_split_gift_id"), ["gift_id"], unique=False)

    op.create_table(
        "move",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("prospect_id", ID, nullable=True),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("is_substantive", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("follows_id", ID, nullable=True),
        sa.Column("confidential_to", ID, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("state IN ('planned', 'made', 'dropped')", name=op.f("ck_move_state")),
        sa.ForeignKeyConstraint(["confidential_to"], ["app_user.id"], name=op.f("fk_move_confidential_to")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_move_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_move_created_in")),
        sa.ForeignKeyConstraint(["follows_id"], ["move.id"], name=op.f("fk_move_follows_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["app_user.id"], name=op.f("fk_move_officer_id")),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospect.id"], name=op.f("fk_move_prospect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index("ix_move_constituent_id_state", ["constituent_id", "state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_move_created_in"), ["created_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_move_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index("ix_move_officer_id_state", ["officer_id", "state", "due_on"], unique=False)
        batch_op.create_index("ix_move_prospect_id_state", ["prospect_id", "state", "due_on"], unique=False)

    op.create_table(
        "stage_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("prospect_id", ID, nullable=False),
        sa.Column("from_stage_id", ID, nullable=True),
        sa.Column("to_stage_id", ID, nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", ID, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_stage_entry_created_in")),
        sa.ForeignKeyConstraint(["entered_by"], ["app_user.id"], name=op.f("fk_stage_entry_entered_by")),
        sa.ForeignKeyConstraint(["from_stage_id"], ["stage.id"], name=op.f("fk_stage_entry_from_stage_id")),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospect.id"], name=op.f("fk_stage_entry_prospect_id")),
        sa.ForeignKeyConstraint(["to_stage_id"], ["stage.id"], name=op.f("fk_stage_entry_to_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stage_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_entry_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_stage_entry_prospect_id", ["prospect_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stage_entry_to_stage_id"), ["to_stage_id"], unique=False)

    op.create_table(
        "standing",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("level_id", ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("cause_gift_id", ID, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("measure", sa.BigInteger(), nullable=True),
        sa.Column("rule_version", ID, nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_standing_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_standing_created_in")),
        sa.ForeignKeyConstraint(["level_id"], ["level.id"], name=op.f("fk_standing_level_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_standing_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index("ix_standing_constituent_id", ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_standing_track_id_level_id_to_on", ["track_id", "level_id", "to_on"], unique=False)
        batch_op.create_index(
            "uq_standing_current",
            ["constituent_id", "track_id"],
            unique=True,
            sqlite_where=sa.text("to_on IS NULL"),
            postgresql_where=sa.text("to_on IS NULL"),
        )

    op.create_table(
        "task",
        sa.Column("id", ID, nullable=False),
        sa.Column("constituent_id", ID, nullable=True),
        sa.Column("plan_id", ID, nullable=True),
        sa.Column("step_id", ID, nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", ID, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_in", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'open', 'done', 'cancelled')", name=op.f("ck_task_state")),
        sa.ForeignKeyConstraint(["constituent_id"], ["constituent.id"], name=op.f("fk_task_constituent_id")),
        sa.ForeignKeyConstraint(["created_in"], ["change_set.id"], name=op.f("fk_task_created_in")),
        sa.ForeignKeyConstraint(["done_by"], ["app_user.id"], name=op.f("fk_task_done_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_task_owner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["running_plan.id"], name=op.f("fk_task_plan_id")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_task_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_constituent_id"), ["constituent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_created_in"), ["created_in"], unique=False)
        batch_op.create_index("ix_task_owner_id_state_due_on", ["owner_id", "state", "due_on"], unique=False)
        batch_op.create_index("ix_task_state_due_on", ["state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_step_id"), ["step_id"], unique=False)
        batch_op.create_index(
            "ix_task_to_remind",
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open' AND reminds AND reminded_on IS NULL"),
            postgresql_where=sa.text("state = 'open' AND reminds AND reminded_on IS NULL"),
        )
        batch_op.create_index(
            "uq_task_plan_id_step_id",
            ["plan_id", "step_id"],
            unique=True,
            sqlite_where=sa.text("plan_id IS NOT NULL"),
            postgresql_where=sa.text("plan_id IS NOT NULL"),
        )

    for statement in TRIGGERS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in NO_TRIGGERS[op.get_context().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_task_plan_id_step_id",
            sqlite_where=sa.text("plan_id IS NOT NULL"),
            postgresql_where=sa.text("plan_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_task_to_remind",
            sqlite_where=sa.text("state = 'open' AND reminds AND reminded_on IS NULL"),
            postgresql_where=sa.text("state = 'open' AND reminds AND reminded_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_task_step_id"))
        batch_op.drop_index("ix_task_state_due_on")
        batch_op.drop_index("ix_task_owner_id_state_due_on")
        batch_op.drop_index(batch_op.f("ix_task_created_in"))
        batch_op.drop_index(batch_op.f("ix_task_constituent_id"))

    op.drop_table("task")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_standing_current", sqlite_where=sa.text("to_on IS NULL"), postgresql_where=sa.text("to_on IS NULL")
        )
        batch_op.drop_index("ix_standing_track_id_level_id_to_on")
        batch_op.drop_index(batch_op.f("ix_standing_created_in"))
        batch_op.drop_index("ix_standing_constituent_id")

    op.drop_table("standing")
    with op.batch_alter_table("stage_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_entry_to_stage_id"))
        batch_op.drop_index("ix_stage_entry_prospect_id")
        batch_op.drop_index(batch_op.f("ix_stage_entry_created_in"))

    op.drop_table("stage_entry")
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.drop_index("ix_move_prospect_id_state")
        batch_op.drop_index("ix_move_officer_id_state")
        batch_op.drop_index(batch_op.f("ix_move_follows_id"))
        batch_op.drop_index(batch_op.f("ix_move_created_in"))
        batch_op.drop_index("ix_move_constituent_id_state")

    op.drop_table("move")
    with op.batch_alter_table("gift_split", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gift_split_gift_id"))
        batch_op.drop_index(batch_op.f("ix_gift_split_fund_id"))
        batch_op.drop_index(batch_op.f("ix_gift_split_created_in"))

    op.drop_table("gift_split")
    with op.batch_alter_table("gift_adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gift_adjustment_gift_id"))
        batch_op.drop_index(batch_op.f("ix_gift_adjustment_created_in"))

    op.drop_table("gift_adjustment")
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_credit_shared",
            sqlite_where=sa.text("shared AND counts_to IS NULL"),
            postgresql_where=sa.text("shared AND counts_to IS NULL"),
        )
        batch_op.drop_index("ix_credit_given_on")
        batch_op.drop_index("ix_credit_gift_id")
        batch_op.drop_index(batch_op.f("ix_credit_created_in"))
        batch_op.drop_index("ix_credit_constituent_id")

    op.drop_table("credit")
    with op.batch_alter_table("track_version", schema=None) as batch_op:
        batch_op.drop_index("uq_track_version_track_id_number")
        batch_op.drop_index(batch_op.f("ix_track_version_created_in"))

    op.drop_table("track_version")
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.drop_index("uq_step_version_id_position")
        batch_op.drop_index(batch_op.f("ix_step_parent_id"))
        batch_op.drop_index(batch_op.f("ix_step_created_in"))

    op.drop_table("step")
    with op.batch_alter_table("running_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_running_plan_open",
            sqlite_where=sa.text("state IN ('starting', 'running')"),
            postgresql_where=sa.text("state IN ('starting', 'running')"),
        )
        batch_op.drop_index(batch_op.f("ix_running_plan_version_id"))
        batch_op.drop_index("ix_running_plan_template_id_state")
        batch_op.drop_index(
            "ix_running_plan_starting",
            sqlite_where=sa.text("state = 'starting'"),
            postgresql_where=sa.text("state = 'starting'"),
        )
        batch_op.drop_index(batch_op.f("ix_running_plan_created_in"))
        batch_op.drop_index("ix_running_plan_constituent_id")

    op.drop_table("running_plan")
    with op.batch_alter_table("prospect", schema=None) as batch_op:
        batch_op.drop_index("uq_prospect_constituent_id_pipeline_id")
        batch_op.drop_index(batch_op.f("ix_prospect_stage_id"))
        batch_op.drop_index("ix_prospect_pipeline_id_stage_id")
        batch_op.drop_index(batch_op.f("ix_prospect_created_in"))

    op.drop_table("prospect")
    op.drop_table("part_verdicts")
    with op.batch_alter_table("level", schema=None) as batch_op:
        batch_op.drop_index("uq_level_track_id_name")
        batch_op.drop_index(batch_op.f("ix_level_created_in"))

    op.drop_table("level")
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_import_row_import_id_verdict")

    op.drop_table("import_row")
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_gift_source_external_id",
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_gift_source_fingerprint")
        batch_op.drop_index("ix_gift_received_on_id")
        batch_op.drop_index(batch_op.f("ix_gift_created_in"))
        batch_op.drop_index("ix_gift_constituent_id_received_on")
        batch_op.drop_index(batch_op.f("ix_gift_campaign_id"))
        batch_op.drop_index(batch_op.f("ix_gift_appeal_id"))

    op.drop_table("gift")
    op.drop_table("file_part")
    with op.batch_alter_table("track", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_track_created_in"))

    op.drop_table("track")
    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.drop_index("uq_template_version_template_id_number")
        batch_op.drop_index(batch_op.f("ix_template_version_created_in"))

    op.drop_table("template_version")
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.drop_index("uq_stage_pipeline_id_name")
        batch_op.drop_index(batch_op.f("ix_stage_created_in"))

    op.drop_table("stage")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_session_user_id_ended_at")

    op.drop_table("sign_in_session")
    with op.batch_alter_table("sight_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sight_grant_created_in"))
        batch_op.drop_index("ix_sight_grant_constituent_id")

    op.drop_table("sight_grant")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shift_source_external_id",
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_shift_worked_on")
        batch_op.drop_index("ix_shift_source_fingerprint")
        batch_op.drop_index(batch_op.f("ix_shift_created_in"))
        batch_op.drop_index("ix_shift_constituent_id")
        batch_op.drop_index(batch_op.f("ix_shift_activity_id"))

    op.drop_table("shift")
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_index("uq_segment_subject_owner_id_name")
        batch_op.drop_index(batch_op.f("ix_segment_created_in"))

    op.drop_table("segment")
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.drop_index("ix_search_word_word")
        batch_op.drop_index("ix_search_word_backward")

    op.drop_table("search_word")
    with op.batch_alter_table("rollup_value", schema=None) as batch_op:
        batch_op.drop_index("ix_rollup_value_n08")
        batch_op.drop_index("ix_rollup_value_n07")
        batch_op.drop_index("ix_rollup_value_n06")
        batch_op.drop_index("ix_rollup_value_n05")
        batch_op.drop_index("ix_rollup_value_n04")
        batch_op.drop_index("ix_rollup_value_n03")
        batch_op.drop_index("ix_rollup_value_n02")
        batch_op.drop_index("ix_rollup_value_n01")

    op.drop_table("rollup_value")
    with op.batch_alter_table("rollup_fault", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rollup_fault_constituent_id"))

    op.drop_table("rollup_fault")
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relationship_other_id"))
        batch_op.drop_index(batch_op.f("ix_relationship_created_in"))
        batch_op.drop_index(batch_op.f("ix_relationship_constituent_id"))

    op.drop_table("relationship")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_user_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("postal_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_postal_address_postal_code"))
        batch_op.drop_index(batch_op.f("ix_postal_address_created_in"))
        batch_op.drop_index(batch_op.f("ix_postal_address_constituent_id"))

    op.drop_table("postal_address")
    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_digits"))
        batch_op.drop_index(batch_op.f("ix_phone_created_in"))
        batch_op.drop_index(batch_op.f("ix_phone_constituent_id"))

    op.drop_table("phone")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_todo", postgresql_where=sa.text("state = 'todo'"), sqlite_where=sa.text("state = 'todo'")
        )
        batch_op.drop_index(batch_op.f("ix_outbox_created_in"))
        batch_op.drop_index(batch_op.f("ix_outbox_constituent_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_user_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("household_membership", schema=None) as batch_op:
        batch_op.drop_index("ix_household_membership_household_id")
        batch_op.drop_index(batch_op.f("ix_household_membership_created_in"))
        batch_op.drop_index(batch_op.f("ix_household_membership_constituent_id"))

    op.drop_table("household_membership")
    with op.batch_alter_table("file_import", schema=None) as batch_op:
        batch_op.drop_index("ix_file_import_state")
        batch_op.drop_index("ix_file_import_signature")
        batch_op.drop_index("ix_file_import_digest")
        batch_op.drop_index(batch_op.f("ix_file_import_created_in"))
        batch_op.drop_index(batch_op.f("ix_file_import_applied_in"))

    op.drop_table("file_import")
    with op.batch_alter_table("external_id", schema=None) as batch_op:
        batch_op.drop_index("uq_external_id_source_value")
        batch_op.drop_index(batch_op.f("ix_external_id_created_in"))
        batch_op.drop_index(batch_op.f("ix_external_id_constituent_id"))

    op.drop_table("external_id")
    with op.batch_alter_table("email_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_email_address_folded"))
        batch_op.drop_index(batch_op.f("ix_email_address_created_in"))
        batch_op.drop_index(batch_op.f("ix_email_address_constituent_id"))

    op.drop_table("email_address")
    with op.batch_alter_table("dirty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dirty_change_set_id"))

    op.drop_table("dirty")
    op.drop_table("credential")
    with op.batch_alter_table("constituent_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_constituent_alias_created_in"))
        batch_op.drop_index(batch_op.f("ix_constituent_alias_constituent_id"))

    op.drop_table("constituent_alias")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_created_in"))
        batch_op.drop_index("ix_consent_constituent_id_channel")

    op.drop_table("consent")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_primary",
            sqlite_where=sa.text("to_on IS NULL AND role = 'primary'"),
            postgresql_where=sa.text("to_on IS NULL AND role = 'primary'"),
        )
        batch_op.drop_index("ix_assignment_officer_id")
        batch_op.drop_index(batch_op.f("ix_assignment_created_in"))
        batch_op.drop_index("ix_assignment_constituent_id")

    op.drop_table("assignment")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_created_in"))
        batch_op.drop_index(batch_op.f("ix_appeal_campaign_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.drop_index("ix_setting_key_id")
        batch_op.drop_index(batch_op.f("ix_setting_created_in"))

    op.drop_table("setting")
    with op.batch_alter_table("rollup_definition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rollup_definition_created_in"))

    op.drop_table("rollup_definition")
    with op.batch_alter_table("plan_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_template_created_in"))

    op.drop_table("plan_template")
    with op.batch_alter_table("pipeline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pipeline_created_in"))

    op.drop_table("pipeline")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_table_name_row_id")
        batch_op.drop_index("ix_journal_change_set_id_table_name_row_id")

    op.drop_table("journal")
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_created_in"))

    op.drop_table("fund")
    with op.batch_alter_table("everybody", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_everybody_change_set_id"))

    op.drop_table("everybody")
    with op.batch_alter_table("constituent", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_constituent_unknown_giver",
            sqlite_where=sa.text("is_unknown_giver"),
            postgresql_where=sa.text("is_unknown_giver"),
        )
        batch_op.drop_index("ix_constituent_sort_name_id")
        batch_op.drop_index("ix_constituent_search_text")
        batch_op.drop_index(batch_op.f("ix_constituent_created_in"))

    op.drop_table("constituent")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_created_in"))

    op.drop_table("campaign")
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_created_in"))

    op.drop_table("app_user")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_created_in"))

    op.drop_table("activity")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_network_at")
        batch_op.drop_index("ix_sign_in_attempt_account_at")

    op.drop_table("sign_in_attempt")
    op.drop_table("queue_state")
    op.drop_table("lease")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_run_todo", postgresql_where=sa.text("state = 'todo'"), sqlite_where=sa.text("state = 'todo'")
        )

    op.drop_table("job_run")
    with op.batch_alter_table("change_set", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_set_undoes_id"))
        batch_op.drop_index(batch_op.f("ix_change_set_at"))

    op.drop_table("change_set")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_what"))
        batch_op.drop_index("ix_audit_event_user_id_at")
        batch_op.drop_index(batch_op.f("ix_audit_event_at"))

    op.drop_table("audit_event")
