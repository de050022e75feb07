"""Leads: forms, the rota, leads with what was consented to and tried, and rules that suggest constituents.

Why: people who asked for something had to be entered as constituents before anybody knew who they are, and nobody could
say where donors had come from, how long they had waited for an answer, or who had brought them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_leads"
down_revision = "0023_asks_said_in_full"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SORTED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
STATUS = "status IN ('new', 'working', 'converted', 'disqualified')"
FITS = ("linkage", "ability", "interest")
TABLES = (
    "lead_arrival",
    "suggestion_rule",
    "lead_attempt",
    "lead_consent",
    "lead_entry",
    "lead",
    "lead_rota_place",
    "lead_form",
)


def _whole(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, ID, nullable=empty)


def _texts(*names: str) -> tuple[sa.Column, ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _day(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=empty)


def _moment(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _json(name: str) -> sa.Column:
    return sa.Column(name, JSON, nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _reference(table: str, column: str, target: str, *, empty: bool = False) -> sa.Column:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=empty)


def _table(
    name: str, *columns: sa.Column, checks: dict[str, str] | None = None, unique: str = "", editable: bool = True
) -> None:
    """A table with its id, its change set and, where people edit its rows, their version."""
    own = (_reference(name, "created_in", "change_set"), *((_whole("version"),) if editable else ()))
    rules = (sa.CheckConstraint(rule, name=f"ck_{name}_{what}") for what, rule in (checks or {}).items())
    once = (sa.UniqueConstraint(unique, name=f"uq_{name}_{unique}"),) if unique else ()
    key = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    op.create_table(name, _whole("id"), *columns, *own, *rules, *once, key, sqlite_autoincrement=True)
    op.create_index(f"ix_{name}_created_in", name, ["created_in"])


def upgrade() -> None:
    _forms()
    _leads()
    _of_leads()
    _suggestions()
    _arrivals()


def _forms() -> None:
    _table(
        "lead_form",
        *_texts("token", "name", "title", "intro"),
        *(_json(name) for name in ("asks", "interests", "consents")),
        *_texts("source", "thanks", "redirect_to"),
        _whole("answer_hours"),
        _flag("is_active"),
        unique="token",
    )
    _table(
        "lead_rota_place",
        _reference("lead_rota_place", "user_id", "app_user"),
        _whole("position"),
        unique="user_id",
        editable=False,
    )


def _leads() -> None:
    _table(
        "lead",
        *_texts("status", "title", "given_name", "family_name", "organization"),
        *(sa.Column(name, SORTED, nullable=False) for name in ("sort_name", "search_text")),
        *_texts("email", "phone", "street", "city", "region", "postal_code", "country"),
        _json("interests"),
        *_texts("message", "source", "source_note"),
        _reference("lead", "introducer_id", "constituent", empty=True),
        *_texts("introduced_by"),
        _reference("lead", "form_id", "lead_form", empty=True),
        sa.Column("key", sa.Text(), nullable=True),
        _reference("lead", "owner_id", "app_user", empty=True),
        _moment("received_at"),
        *(_moment(name, empty=True) for name in ("answer_due_at", "answered_at", "escalated_at")),
        _day("follow_up_on", empty=True),
        *(_whole(name, empty=True) for name in FITS),
        _reference("lead", "constituent_id", "constituent", empty=True),
        *_texts("reason"),
        _day("closed_on", empty=True),
        *_texts("closed_reason"),
        _day("returns_on", empty=True),
        checks={"status": STATUS, **{fit: f"{fit} BETWEEN 0 AND 5" for fit in FITS}},
    )
    op.create_index("ix_lead_status", "lead", ["status", "received_at", "id"])
    op.create_index("ix_lead_owner_id", "lead", ["owner_id", "status"])
    op.create_index("ix_lead_sort_name", "lead", ["sort_name", "id"])
    op.create_index("ix_lead_answer_due_at", "lead", ["status", "answer_due_at"])
    op.create_index("ix_lead_introducer_id", "lead", ["introducer_id"])
    op.create_index("ix_lead_constituent_id", "lead", ["constituent_id"])
    op.create_index("uq_lead_key", "lead", ["key"], unique=True)


def _of_leads() -> None:
    _table(
        "lead_entry",
        _reference("lead_entry", "lead_id", "lead"),
        *_texts("status"),
        _reference("lead_entry", "owner_id", "app_user", empty=True),
        _day("happened_on"),
        _moment("recorded_at"),
        _reference("lead_entry", "entered_by", "app_user", empty=True),
        *_texts("why"),
        editable=False,
    )
    _table(
        "lead_consent",
        _reference("lead_consent", "lead_id", "lead"),
        *_texts("channel"),
        _flag("granted"),
        *_texts("wording"),
        _day("given_on"),
        editable=False,
    )
    _table(
        "lead_attempt",
        _reference("lead_attempt", "lead_id", "lead"),
        _moment("tried_at"),
        _reference("lead_attempt", "tried_by", "app_user", empty=True),
        *_texts("method", "outcome", "note"),
    )
    op.create_index("ix_lead_entry_lead_id", "lead_entry", ["lead_id", "id"])
    op.create_index("ix_lead_consent_lead_id", "lead_consent", ["lead_id", "id"])
    op.create_index("ix_lead_attempt_lead_id", "lead_attempt", ["lead_id", "tried_at", "id"])


def _suggestions() -> None:
    _table(
        "suggestion_rule",
        *_texts("name", "reason"),
        _json("criteria"),
        _whole("position"),
        _flag("is_active"),
        unique="name",
    )


def _arrivals() -> None:
    op.create_table(
        "lead_arrival",
        _whole("id"),
        _moment("at"),
        *_texts("network"),
        _whole("form_id"),
        *_texts("outcome"),
        sa.PrimaryKeyConstraint("id", name="pk_lead_arrival"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lead_arrival_network_at", "lead_arrival", ["network", "at"])


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
