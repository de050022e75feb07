"""Changing what the organization sets, with the figures that follow from it."""

from collections.abc import Callable
from datetime import time

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.core.public_holidays import countries, regions
from donors.core.settings import Organization, hold_settings_alone, organization, set_organization
from donors.giving.queries.gifts import has_gifts
from donors.leads.hosts import read_hosts
from donors.leads.late import TO as LATE_TO
from donors.mail.gate import caps_of
from donors.rollups.everybody import mark_all

YEAR_SETTINGS = {"fiscal_start_month", "fiscal_named_for_end"}
Change = Callable[[Organization], Organization]
"""Makes of the settings of now those that are wanted. Raises what the act raises."""


def change_organization(session: Session, change: Change, *, within: ChangeSet) -> tuple[str, ...]:
    """Keeps the settings that differ and returns their keys.

    The change is told the settings of now, which nobody else can change until the transaction ends: so two who change
    different settings, or add to the same list, at once lose nothing.

    After another fiscal year the refresh queue labels credits and shifts anew, and brings everybody in line.
    Raises Invalid for another currency once there are gifts: their base amounts are in the present one; for a country
    or region without known holidays, for quiet times that are none or would never end, for limits of contacts
    and of portfolios.
    """
    hold_settings_alone(session)
    before = organization(session)
    wanted = change(before)
    check_calendar(wanted)
    check_limits(wanted)
    check_leads(wanted)
    caps_of(wanted)
    if wanted.currency != before.currency and has_gifts(session):
        raise Invalid("currency", wanted.currency, "cannot replace the currency that gifts are kept in")
    changed = set_organization(session, wanted, within=within)
    if YEAR_SETTINGS & set(changed):
        mark_all(session, reason="fiscal year", at=within.at, change_set_id=within.id, labels=True)
    return changed


def check_limits(wanted: Organization) -> None:
    """Raises Invalid for limits of portfolios that would say nothing."""
    if wanted.portfolio_warning < 1:
        raise Invalid("portfolio_warning", wanted.portfolio_warning, "is less than one", "Practice says 75 to 150.")
    if wanted.portfolio_limit < wanted.portfolio_warning:
        raise Invalid(
            "portfolio_limit", wanted.portfolio_limit, "is less than where the warning begins", "Make it larger."
        )


def check_leads(wanted: Organization) -> None:
    """Raises Invalid for hosts that are none, and for late leads that would go to nobody known."""
    read_hosts(wanted.own_hosts)
    if wanted.late_leads_to not in LATE_TO:
        raise Invalid("late_leads_to", wanted.late_leads_to, "is not one of the choices", f"Say {', '.join(LATE_TO)}.")


def check_calendar(wanted: Organization) -> None:
    """Raises Invalid, by the name of the setting."""
    country, region = wanted.holiday_country, wanted.holiday_region
    if country and country not in countries():
        raise Invalid(
            "holiday_country", country, "is not a country whose holidays are known", "Choose one of the list."
        )
    if region and region not in dict(regions(country)):
        raise Invalid("holiday_region", region, "is not a region of this country", "Choose one of its list, or none.")
    for name, text in (("quiet_from", wanted.quiet_from), ("quiet_until", wanted.quiet_until)):
        if text and not _is_time(text):
            raise Invalid(name, text, "is not a time of day", "Write it like 20:00.")
    if bool(wanted.quiet_from) != bool(wanted.quiet_until):
        missing = "quiet_until" if wanted.quiet_from else "quiet_from"
        raise Invalid(missing, "", "is missing", "Give both times, or neither.")
    _check_weekdays(wanted.quiet_weekdays)


def _is_time(text: str) -> bool:
    try:
        return time.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _check_weekdays(days: tuple[int, ...]) -> None:
    if any(type(day) is not int or not 0 <= day <= 6 for day in days):
        raise Invalid("quiet_weekdays", list(days), "holds what is no weekday", "0 is Monday, 6 is Sunday.")
    if len(set(days)) == 7:
        raise Invalid("quiet_weekdays", "", "holds all seven days, so that no mail would ever leave", "Leave one free.")
