"""One person with a row in every table that may hold them, and a word planted in every text."""

from sqlalchemy.orm import Session

from donors.plans.dates import DateRule
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from tests.constituents.people import change


def template(session: Session) -> int:
    """A plan of one call in two days."""
    return create(session, TemplateDraft("Welcome", (Draft("Call", 2),), rule=DateRule()), within=change(session)).id
