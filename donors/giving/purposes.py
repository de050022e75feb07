"""Writing what gifts are for and what brought them: funds, campaigns, appeals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, label
from donors.core.errors import Invalid
from donors.giving.models import Appeal, Campaign, Fund

Purpose = Fund | Campaign | Appeal


@dataclass(frozen=True)
class CampaignInput:
    """A campaign as somebody writes it; `goal` in minor units of the organization's currency."""

    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    goal: int | None = None


def add_fund(session: Session, name: str, *, within: ChangeSet, code: str = "") -> Fund:
    """Adds a fund. Raises Invalid (name)."""
    return insert(session, Fund(name=_free(session, Fund, name), code=code.strip()), within=within)


def add_campaign(session: Session, given: CampaignInput, *, within: ChangeSet) -> Campaign:
    """Adds a campaign. Raises Invalid (name, ends_on, goal)."""
    if given.starts_on and given.ends_on and given.ends_on < given.starts_on:
        raise Invalid("ends_on", given.ends_on, "lies before the beginning", "Choose a later day.")
    if given.goal is not None and given.goal <= 0:
        raise Invalid("goal", given.goal, "must be more than zero", "Leave it empty for no goal.")
    row = Campaign(
        name=_free(session, Campaign, given.name), starts_on=given.starts_on, ends_on=given.ends_on, goal=given.goal
    )
    return insert(session, row, within=within)


def add_appeal(
    session: Session, name: str, *, within: ChangeSet, campaign_id: int | None = None, sent_on: date | None = None
) -> Appeal:
    """Adds an appeal. Raises Invalid (name)."""
    row = Appeal(name=_free(session, Appeal, name), campaign_id=campaign_id, sent_on=sent_on)
    return insert(session, row, within=within)


def rename(session: Session, row: Purpose, name: str, *, within: ChangeSet, expect: int | None = None) -> None:
    """Gives a fund, campaign or appeal another name. Raises Invalid, Conflict."""
    amend(session, row, within=within, expect=expect, name=_free(session, type(row), name, but=row.id))


def set_active(session: Session, row: Purpose, *, active: bool, within: ChangeSet, expect: int | None = None) -> None:
    """Offers a fund, campaign or appeal for new gifts, or no longer. Raises Conflict."""
    amend(session, row, within=within, expect=expect, is_active=active)


def _free(session: Session, kind: type[Any], name: str, *, but: int = 0) -> str:
    """The name without surplus spaces, when it is not empty and nobody else's."""
    clean = " ".join(name.split())
    if not clean:
        raise Invalid("name", name, "is empty", "Give it a name.")
    if session.scalar(select(kind.id).where(kind.name == clean, kind.id != but)) is not None:
        raise Invalid("name", clean, f"is the name of another {label(kind(name=clean))}", "Choose another one.")
    return clean
