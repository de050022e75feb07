"""Leads for tests, and the people who work on them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import EVERYTHING, Looking, Sight
from donors.constituents.decide import sort_name, spaced
from donors.core.calendar import FiscalCalendar
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.search_text import search_text
from donors.leads.models import Lead, LeadConsent

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = AT.date()
CALENDAR = FiscalCalendar(1)


def act(by: int | None = None) -> Act:
    """An act of that morning."""
    return Act(by=by, at=AT, through="web")


def change(session: Session, by: int | None = None) -> ChangeSet:
    """A change set of that morning."""
    return open_change(session, "lead.test", act=act(by))


def user(session: Session, name: str = "Maren Holt", role: str = "officer") -> int:
    """An active user."""
    row = User(email=f"{name.split(maxsplit=1)[0].lower()}@example.org", name=name, role=role)
    return insert(session, row, within=change(session)).id


def lead(session: Session, name: str = "Ann Lee", *, consents: tuple[tuple[str, str], ...] = (), **more: Any) -> Lead:
    """A lead that came in an hour ago. `consents` are channels and wordings."""
    given, _, family = name.rpartition(" ")
    values: dict[str, Any] = {
        "given_name": given,
        "family_name": family,
        "source": "web_form",
        "received_at": AT - timedelta(hours=1),
        "search_text": search_text(spaced(name, more.get("organization", ""))),
        "sort_name": sort_name(family=family, given=given, middle="", whole=name),
    }
    within = change(session)
    made = insert(session, Lead(**values | more), within=within)
    for channel, wording in consents:
        said = LeadConsent(lead_id=made.id, channel=channel, granted=True, wording=wording, given_on=TODAY)
        insert(session, said, within=within)
    return made


def looking(sees: Sight = EVERYTHING) -> Looking:
    """Who looks, today."""
    return Looking(sees, TODAY, CALENDAR)
