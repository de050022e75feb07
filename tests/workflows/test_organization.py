"""Settings of the calendar are checked before they are kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.errors import Invalid
from donors.core.settings import Organization, organization
from donors.workflows.organization import change_organization
from donors.workflows.rules.apply import apply

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
CALENDAR: dict[str, Any] = {
    "holiday_country": "AT",
    "holiday_region": "9",
    "closed_days": ["--12-24 Christmas Eve", "2026-08-03/2026-08-14"],
    "quiet_from": "20:00",
    "quiet_until": "08:30",
    "quiet_weekdays": [5, 6],
    "quiet_when_closed": True,
}


def test_a_document_sets_the_calendar(session: Session) -> None:
    within = open_change(session, "rules.apply", act=Act(by=None, at=AT, through="cli"))
    apply(session, {"organization": CALENDAR | {"zone": "Europe/Vienna"}}, within=within)
    here = organization(session)
    days = here.closed.in_year(2026)
    assert {f"{on:%m-%d}" for on in days} >= {"10-26", "12-24", "08-03", "08-14", "12-25"}
    assert here.quiet.open_from(datetime(2026, 10, 25, 19, tzinfo=UTC)) == datetime(2026, 10, 27, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"holiday_country": "XX"}, "holiday_country"),
        ({"holiday_country": "AT", "holiday_region": "CA"}, "holiday_region"),
        ({"holiday_region": "CA"}, "holiday_region"),
        ({"quiet_from": "late", "quiet_until": "08:00"}, "quiet_from"),
        ({"quiet_from": "20:00"}, "quiet_until"),
        ({"quiet_weekdays": (7,)}, "quiet_weekdays"),
        ({"quiet_weekdays": tuple(range(7))}, "quiet_weekdays"),
    ],
)
def test_what_cannot_be_is_refused(session: Session, values: dict[str, Any], field: str) -> None:
    within = open_change(session, "organization.change", act=Act(by=None, at=AT, through="web"))
    with pytest.raises(Invalid) as refusal:
        change_organization(session, lambda _: Organization(**values), within=within)
    assert refusal.value.field == field
