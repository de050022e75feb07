"""Keeps by what leads of one e-mail or one phone are found: the folded address, and the last digits of the number.

Why: somebody who wrote twice stood in the queue twice, and neither lead knew of the other.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0028_leads_of_one_address"
down_revision = "0027_duplicates"
branch_labels = None
depends_on = None

NAMES = ("email_key", "phone_key")
EXTENSION = re.compile(r"(?:x|ext\.?|#)\s*\d{1,6}\s*$", re.IGNORECASE)
LAST = 9


def upgrade() -> None:
    for name in NAMES:
        op.add_column("lead", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT id, email, phone FROM lead WHERE email <> '' OR phone <> ''")).all()
    keys = [{"id": one, "email": _folded(email), "phone": _last_digits(phone)} for one, email, phone in known]
    if keys:
        connection.execute(sa.text("UPDATE lead SET email_key = :email, phone_key = :phone WHERE id = :id"), keys)
    for name in NAMES:
        op.create_index(f"ix_lead_{name}", "lead", [name])


def downgrade() -> None:
    for name in NAMES:
        op.drop_index(f"ix_lead_{name}", "lead")
        op.drop_column("lead", name)


def _folded(email: str) -> str:
    return email.lower().replace("ς", "σ")


def _last_digits(phone: str) -> str:
    return "".join(re.findall(r"\d", EXTENSION.sub("", phone))).removeprefix("00")[-LAST:]
