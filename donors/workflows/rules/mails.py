"""Mail templates in a document: texts as they were written, with their fields."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.mail.models import MailTemplate
from donors.mail.queries import mail_templates
from donors.mail.template import Draft, add_template, change_template, switch_template

MAIL = {
    "name": str,
    "subject": str,
    "text": str,
    "look": str,
    "html": str,
    "purpose": str,
    "policy": str,
    "active": bool,
}
COLUMNS = {"text": "text_body", "html": "html_body"}
"""Key of a document → column, where they differ."""


def exported_mails(session: Session) -> list[dict[str, Any]]:
    """All mail templates by name; what nobody has to say is left out."""
    plain = Draft("", "", "")
    names = {name: COLUMNS.get(name, name) for name in MAIL if name != "active"}
    return [
        {
            name: getattr(row, column)
            for name, column in names.items()
            if name in ("name", "subject", "text") or getattr(row, column) != getattr(plain, column)
        }
        | ({} if row.is_active else {"active": False})
        for row in mail_templates(session)
    ]


def apply_mail(session: Session, table: dict[str, Any], *, within: ChangeSet) -> None:
    """Makes a mail template what the document says; what it does not say stays. Raises Invalid."""
    row = session.scalar(select(MailTemplate).where(MailTemplate.name == table["name"]))
    said = {COLUMNS.get(name, name): value for name, value in table.items() if name != "active"}
    kept = ("subject", "text_body", "look", "html_body", "purpose", "policy")
    before = {} if row is None else {name: getattr(row, name) for name in kept}
    draft = Draft(**{"subject": "", "text_body": "", **before, **said})
    if row is None:
        row = add_template(session, draft, within=within)
    else:
        change_template(session, row.id, draft, within=within)
    if "active" in table:
        switch_template(session, row.id, active=table["active"], within=within)
