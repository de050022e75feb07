"""The pipeline knows evidence, opportunities, claims and goals; constituents have ratings.

Why: a stage was entered without asking what proves it, an ask was one amount of a prospect without a history, and no
odds were kept that could be compared with what happened later. Who left a pipeline left no row in its history. What
prospects were to be asked for becomes a planned opportunity of each; who has left gets the entry that says so.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_evidence_and_asks"
down_revision = "0019_plans_by_lot"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATUS = "status IN ('planned', 'asked', 'considering', 'committed', 'received', 'declined', 'deferred')"
ODDS = "odds BETWEEN 0 AND 100"
HOW = "how IN ('in', 'forward', 'back', 'again', 'released', 'disqualified', 'lost', 'done')"
KINDS = ("identification", "qualification", "cultivation", "solicitation", "stewardship")


def _id(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, ID, nullable=empty)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _day(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=empty)


def _money(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=empty)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _reference(table: str, column: str, target: str, *, empty: bool = False) -> sa.Column:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=empty)


def _table(name: str, *columns: sa.Column, checks: dict[str, str] | None = None, editable: bool = True) -> None:
    """A table with its id, its change set and, where people edit its rows, their version."""
    own = (_reference(name, "created_in", "change_set"), *((_id("version"),) if editable else ()))
    rules = (sa.CheckConstraint(rule, name=f"ck_{name}_{what}") for what, rule in (checks or {}).items())
    key = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    op.create_table(name, _id("id"), *columns, *own, *rules, key, sqlite_autoincrement=True)
    op.create_index(f"ix_{name}_created_in", name, ["created_in"])


def upgrade() -> None:
    _ratings()
    _evidence()
    _opportunities()
    _proposals()
    _claims_and_goals()
    _presence()
    _columns()
    _fill()


def _ratings() -> None:
    _table(
        "rating",
        _reference("rating", "constituent_id", "constituent"),
        _text("kind"),
        _id("score", empty=True),
        _money("amount", empty=True),
        _day("rated_on"),
        _text("source"),
        _text("note"),
        _reference("rating", "rated_by", "app_user", empty=True),
        _moment("recorded_at"),
        checks={
            "kind": "kind IN ('linkage', 'ability', 'interest', 'capacity', 'readiness')",
            "score": "score BETWEEN 0 AND 5",
        },
    )
    op.create_index("ix_rating_constituent_id", "rating", ["constituent_id", "kind", "rated_on", "id"])


def _evidence() -> None:
    _table(
        "evidence",
        _reference("evidence", "stage_id", "stage"),
        _id("position"),
        _text("name"),
        _text("source"),
        sa.Column("criteria", JSON, nullable=True),
        _id("at_least"),
        _id("within_days", empty=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_evidence_stage_id", "evidence", ["stage_id", "position"])
    _table(
        "evidence_kept",
        _reference("evidence_kept", "stage_entry_id", "stage_entry"),
        _reference("evidence_kept", "evidence_id", "evidence"),
        _text("how"),
        _text("source"),
        _id("row_id", empty=True),
        _text("reason"),
        checks={"how": "how IN ('proven', 'confirmed', 'claimed')"},
        editable=False,
    )
    for column in ("stage_entry_id", "evidence_id"):
        op.create_index(f"ix_evidence_kept_{column}", "evidence_kept", [column])


def _opportunities() -> None:
    _table(
        "opportunity",
        _reference("opportunity", "prospect_id", "prospect"),
        _reference("opportunity", "officer_id", "app_user", empty=True),
        _text("purpose"),
        _reference("opportunity", "fund_id", "fund", empty=True),
        _reference("opportunity", "campaign_id", "campaign", empty=True),
        _money("amount", empty=True),
        _text("status"),
        _day("status_since"),
        _day("ask_on", empty=True),
        _day("expected_on", empty=True),
        _id("odds", empty=True),
        _day("returns_on", empty=True),
        _text("reason"),
        _day("opened_on"),
        checks={"status": STATUS, "odds": ODDS},
    )
    op.create_index("ix_opportunity_prospect_id", "opportunity", ["prospect_id", "status"])
    op.create_index("ix_opportunity_status", "opportunity", ["status", "expected_on"])
    op.create_index("ix_opportunity_officer_id", "opportunity", ["officer_id", "status"])
    _table(
        "opportunity_entry",
        _reference("opportunity_entry", "opportunity_id", "opportunity"),
        _day("happened_on"),
        _moment("recorded_at"),
        _reference("opportunity_entry", "recorded_by", "app_user", empty=True),
        _reference("opportunity_entry", "stage_id", "stage", empty=True),
        _reference("opportunity_entry", "officer_id", "app_user", empty=True),
        _text("status"),
        _money("amount", empty=True),
        _day("ask_on", empty=True),
        _day("expected_on", empty=True),
        _id("odds", empty=True),
        _text("why"),
        checks={"status": STATUS, "odds": ODDS},
        editable=False,
    )
    op.create_index("ix_opportunity_entry_opportunity_id", "opportunity_entry", ["opportunity_id", "id"])
    op.create_index("ix_opportunity_entry_happened_on", "opportunity_entry", ["happened_on"])
    _table(
        "opportunity_gift",
        _reference("opportunity_gift", "opportunity_id", "opportunity"),
        _reference("opportunity_gift", "gift_id", "gift"),
        editable=False,
    )
    op.create_index("uq_opportunity_gift_gift_id", "opportunity_gift", ["gift_id", "opportunity_id"], unique=True)
    op.create_index("ix_opportunity_gift_opportunity_id", "opportunity_gift", ["opportunity_id"])


def _proposals() -> None:
    _table(
        "proposal",
        _reference("proposal", "opportunity_id", "opportunity"),
        _id("number"),
        _text("file_name"),
        _text("media_type"),
        _id("size"),
        _text("digest"),
        _text("note"),
        _text("state"),
        _reference("proposal", "uploaded_by", "app_user", empty=True),
        _moment("uploaded_at"),
        _reference("proposal", "decided_by", "app_user", empty=True),
        _day("decided_on", empty=True),
        _text("reason"),
        _day("sent_on", empty=True),
        _day("answer_due_on", empty=True),
        checks={"state": "state IN ('draft', 'approved', 'returned', 'sent')"},
    )
    op.create_index("uq_proposal_number", "proposal", ["opportunity_id", "number"], unique=True)
    _table(
        "proposal_file",
        _reference("proposal_file", "proposal_id", "proposal"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        editable=False,
    )
    op.create_index("uq_proposal_file_proposal_id", "proposal_file", ["proposal_id"], unique=True)


def _claims_and_goals() -> None:
    _table(
        "hot_claim",
        _reference("hot_claim", "prospect_id", "prospect"),
        _reference("hot_claim", "stage_id", "stage"),
        _reference("hot_claim", "claimed_by", "app_user", empty=True),
        _day("claimed_on"),
        _moment("recorded_at"),
        _day("until_on"),
        _money("amount"),
        _id("odds"),
        _text("why"),
        _day("withdrawn_on", empty=True),
        checks={"odds": ODDS},
    )
    op.create_index("ix_hot_claim_prospect_id", "hot_claim", ["prospect_id", "claimed_on"])
    op.create_index("ix_hot_claim_until_on", "hot_claim", ["until_on"])
    _table(
        "goal",
        _id("fiscal_year"),
        _text("measure"),
        _reference("goal", "officer_id", "app_user", empty=True),
        _reference("goal", "pipeline_id", "pipeline", empty=True),
        _money("target"),
        checks={"measure": "measure IN ('money', 'visits', 'moves', 'qualified', 'asks', 'strategies')"},
    )
    op.create_index("ix_goal_fiscal_year", "goal", ["fiscal_year", "measure"])


def _presence() -> None:
    _table(
        "presence",
        _reference("presence", "move_id", "move"),
        _reference("presence", "constituent_id", "constituent", empty=True),
        _reference("presence", "user_id", "app_user", empty=True),
        _text("name"),
        editable=False,
    )
    for column in ("move_id", "constituent_id"):
        op.create_index(f"ix_presence_{column}", "presence", [column])


def _columns() -> None:
    op.add_column("stage", sa.Column("kind", sa.Text(), nullable=False, server_default="identification"))
    op.add_column("stage", sa.Column("required", JSON, nullable=False, server_default="[]"))
    for name in ("closed_as", "strategy", "snoozed_why"):
        op.add_column("prospect", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("returns_on", "strategy_on", "snoozed_until"):
        op.add_column("prospect", _day(name, empty=True))
    op.add_column("prospect", sa.Column("is_confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("move", sa.Column("is_background", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("move", _id("minutes", empty=True))
    last = _last_entry()
    with _entries_anew() as batch:
        batch.add_column(sa.Column("how", sa.Text(), nullable=False, server_default="in"))
        batch.alter_column("to_stage_id", existing_type=ID, nullable=True)
        batch.create_check_constraint(op.f("ck_stage_entry_how"), HOW)
    _keep_last_entry(last)


def _entries_anew() -> Any:
    return op.batch_alter_table("stage_entry", table_kwargs={"sqlite_autoincrement": True})


def _last_entry() -> int | None:
    """SQLite writes the table anew: the number of its last row must outlive it, for ids are never given out again."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'stage_entry'"))


def _keep_last_entry(last: int | None) -> None:
    if last is not None:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'stage_entry'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('stage_entry', {last})")


def _fill() -> None:
    """What the new columns and tables say of the rows that are there."""
    for place, kind in enumerate(KINDS, start=1):
        named = f"lower(name) = '{kind}' OR (position = {place} AND lower(name) NOT IN {KINDS})"
        op.execute(f"UPDATE stage SET kind = '{kind}' WHERE {named}")
    op.execute(f"UPDATE stage SET kind = 'stewardship' WHERE position > {len(KINDS)} AND lower(name) NOT IN {KINDS}")
    place = "(SELECT position FROM stage WHERE stage.id = stage_entry.{})"
    before, now = place.format("from_stage_id"), place.format("to_stage_id")
    op.execute(
        f"UPDATE stage_entry SET how = CASE WHEN {now} < {before} THEN 'back' WHEN {now} > {before} THEN 'forward'"
        " ELSE 'again' END WHERE from_stage_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO stage_entry (prospect_id, from_stage_id, to_stage_id, how, entered_on, recorded_at, entered_by,"
        " why, created_in) SELECT p.id, p.stage_id, NULL, 'released', coalesce(p.closed_on, p.in_stage_since), c.at,"
        " NULL, p.closed_reason, p.created_in FROM prospect p JOIN change_set c ON c.id = p.created_in"
        " WHERE NOT p.is_active"
    )
    op.execute("UPDATE prospect SET closed_as = 'released' WHERE NOT is_active")
    since = "p.in_stage_since - DATE '1970-01-01'"
    if op.get_bind().dialect.name == "sqlite":
        since = "CAST(julianday(p.in_stage_since) - julianday('1970-01-01') AS INTEGER)"
    op.execute(
        "INSERT INTO opportunity (prospect_id, purpose, amount, status, status_since, reason, opened_on, created_in,"
        f" version) SELECT p.id, p.purpose, p.ask_amount, 'planned', {since}, '', {since}, p.created_in, 1"
        " FROM prospect p WHERE p.ask_amount IS NOT NULL AND p.is_active"
    )
    op.execute(
        "INSERT INTO opportunity_entry (opportunity_id, happened_on, recorded_at, stage_id, status, amount, why,"
        " created_in) SELECT o.id, o.opened_on, c.at, p.stage_id, o.status, o.amount, '', o.created_in"
        " FROM opportunity o JOIN prospect p ON p.id = o.prospect_id JOIN change_set c ON c.id = o.created_in"
    )


def downgrade() -> None:
    op.execute("DELETE FROM evidence_kept")
    op.execute("DELETE FROM stage_entry WHERE to_stage_id IS NULL")
    last = _last_entry()
    with _entries_anew() as batch:
        batch.drop_constraint(op.f("ck_stage_entry_how"), type_="check")
        batch.drop_column("how")
        batch.alter_column("to_stage_id", existing_type=ID, nullable=False)
    _keep_last_entry(last)
    for name in ("minutes", "is_background"):
        op.drop_column("move", name)
    for name in ("closed_as", "strategy", "snoozed_why", "returns_on", "strategy_on", "snoozed_until"):
        op.drop_column("prospect", name)
    op.drop_column("prospect", "is_confidential")
    for name in ("kind", "required"):
        op.drop_column("stage", name)
    for table in ("presence", "goal", "hot_claim", "proposal_file", "proposal", "opportunity_gift"):
        op.drop_table(table)
    for table in ("opportunity_entry", "opportunity", "evidence_kept", "evidence", "rating"):
        op.drop_table(table)
