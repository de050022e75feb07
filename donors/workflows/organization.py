"""Changing what the organization sets, with the figures that follow from it."""

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.core.settings import Organization, organization, set_organization
from donors.giving.queries.gifts import has_gifts
from donors.rollups.everybody import mark_all

YEAR_SETTINGS = {"fiscal_start_month", "fiscal_named_for_end"}


def change_organization(session: Session, wanted: Organization, *, within: ChangeSet) -> tuple[str, ...]:
    """Keeps the settings that differ and returns their keys.

    After another fiscal year the refresh queue labels credits and shifts anew, and brings everybody in line.
    Raises Invalid for another currency once there are gifts: their base amounts are in the present one.
    """
    if wanted.currency != organization(session).currency and has_gifts(session):
        raise Invalid("currency", wanted.currency, "cannot replace the currency that gifts are kept in")
    changed = set_organization(session, wanted, within=within)
    if YEAR_SETTINGS & set(changed):
        mark_all(session, reason="fiscal year", at=within.at, change_set_id=within.id, labels=True)
    return changed
