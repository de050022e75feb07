"""The rules of suggestion that a new organization starts with: a starting point, every line of it a setting."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert
from donors.leads.models import SuggestionRule
from donors.leads.suggestion_rules import RuleDraft

CAPABLE = {"field": "capacity", "operator": "at least", "value": "10000"}
"""In units of the organization's currency, to all causes in five years."""


def _is(field: str, operator: str, value: str | None = None) -> dict[str, Any]:
    return {"field": field, "operator": operator} | ({} if value is None else {"value": value})


GAVE_LITTLE = {"any": [_is("lifetime_total", "is empty"), _is("lifetime_total", "less", "1000")]}
NEVER_GAVE = {"any": [_is("lifetime_total", "is empty"), _is("lifetime_total", "at most", "0")]}

STANDARD = (
    RuleDraft(
        "Untapped", "Rated able, has given little so far, and is asked for nothing", {"all": [CAPABLE, GAVE_LITTLE]}
    ),
    RuleDraft(
        "Emerging",
        "Gives more this year than in all of the last one",
        {
            "all": [
                _is("change_on_last_year", "greater", "0"),
                _is("last_fiscal_year_total", "greater", "0"),
                _is("this_fiscal_year_total", "at least", "250"),
            ]
        },
    ),
    RuleDraft(
        "Volunteer who never gave",
        "Has helped for twenty hours and more, and has never given",
        {"all": [_is("volunteer_minutes", "at least", "20"), NEVER_GAVE]},
    ),
    RuleDraft(
        "Lapsed with capacity",
        "Rated able, and has not given since the fiscal year before last",
        {"all": [CAPABLE, _is("last_gift_on", "at most", "2 fiscal years ago")]},
    ),
)


def install_standard(session: Session, *, within: ChangeSet) -> None:
    """Adds the rules where there are none at all: what people took away does not come back."""
    if session.scalar(select(SuggestionRule.id).limit(1)) is not None:
        return
    for position, draft in enumerate(STANDARD, start=1):
        row = SuggestionRule(name=draft.name, reason=draft.reason, criteria=draft.criteria, position=position)
        insert(session, row, within=within)
