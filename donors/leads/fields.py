"""The fields of leads that lists and criteria can name."""

from typing import Any

from sqlalchemy import Date, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from donors.accounts.models import User
from donors.core.fields import Field, Join, Kind, Option
from donors.leads.models import OPEN, SOURCES, Lead, LeadAttempt, LeadForm
from donors.leads.terms import FITS, STATUSES

SUBJECT = "lead"
OWNER_ROW = aliased(User, name="lead_owner")
OWNER = Join(OWNER_ROW, OWNER_ROW.id == Lead.owner_id)
FORM = Join(LeadForm, LeadForm.id == Lead.form_id)
WAITS = case((Lead.answered_at.is_(None) & Lead.status.in_(OPEN), Lead.answer_due_at))
"""When the answer is due, of those that nobody has answered."""

TRIED = select(func.max(LeadAttempt.tried_at)).where(LeadAttempt.lead_id == Lead.id).correlate(Lead).scalar_subquery()
"""When somebody tried last."""


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, permission="leads.read", **more)


def _options(words: dict[str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, word) for code, word in words.items())


def _day(column: Any) -> Any:
    """The day of an instant, in UTC."""
    return type_coerce(func.date(column), Date)


FIELDS = (
    _field("id", "Id", Kind.ID, Lead.id),
    _field("name", "Name", Kind.TEXT, Lead.sort_name, order=Lead.sort_name),
    _field("given_name", "Given name", Kind.TEXT, Lead.given_name),
    _field("family_name", "Family name", Kind.TEXT, Lead.family_name),
    _field("organization", "Organization", Kind.TEXT, Lead.organization, help="As it was typed."),
    _field("status", "Status", Kind.CHOICE, Lead.status, options=_options(STATUSES)),
    _field("source", "Source", Kind.CHOICE, Lead.source, options=_options(SOURCES)),
    _field("source_note", "More on the source", Kind.TEXT, Lead.source_note),
    _field("form", "Form", Kind.TEXT, LeadForm.name, joins=(FORM,)),
    _field("owner", "Owner", Kind.TEXT, OWNER_ROW.name, joins=(OWNER,)),
    _field("owner_id", "Owner id", Kind.ID, Lead.owner_id),
    _field("received_on", "Received on", Kind.DATE, _day(Lead.received_at), order=Lead.received_at),
    _field("answer_due_on", "Answer due on", Kind.DATE, _day(WAITS), order=WAITS, help="Of those not answered yet."),
    _field("answered_on", "Answered on", Kind.DATE, _day(Lead.answered_at), order=Lead.answered_at),
    _field("tried_on", "Last tried on", Kind.DATE, _day(TRIED), order=TRIED),
    _field("follow_up_on", "Follow up on", Kind.DATE, Lead.follow_up_on),
    *(_field(name, word, Kind.NUMBER, getattr(Lead, name), help="0 (none) to 5.") for name, word in FITS.items()),
    _field("email", "E-mail", Kind.TEXT, Lead.email),
    _field("phone", "Phone", Kind.TEXT, Lead.phone),
    _field("city", "City", Kind.TEXT, Lead.city),
    _field("postal_code", "Postal code", Kind.TEXT, Lead.postal_code),
    _field("country", "Country", Kind.TEXT, Lead.country, help="ISO 3166 code, such as US."),
    _field("message", "Message", Kind.TEXT, Lead.message),
    _field("introduced_by", "Introduced by", Kind.TEXT, Lead.introduced_by, help="A name that is not in the file."),
    _field("introducer_id", "Introducer id", Kind.ID, Lead.introducer_id),
    _field("closed_reason", "Why disqualified", Kind.TEXT, Lead.closed_reason),
    _field("returns_on", "Returns on", Kind.DATE, Lead.returns_on),
    _field("constituent_id", "Constituent id", Kind.ID, Lead.constituent_id),
    _field("reason", "Suggested because", Kind.TEXT, Lead.reason),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""
