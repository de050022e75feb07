"""Funds and campaigns with what they have received, and why."""

from donors.rollups.targets import Target
from donors.web.levels.why_views import owner, why_of
from donors.web.owners import list_of, page_of


def funds() -> str:
    """The funds."""
    return list_of(Target.FUND)


def fund(fund_id: int) -> str:
    """The figures of a fund."""
    return page_of(Target.FUND, fund_id)


def fund_why(fund_id: int, fund_key: str) -> str:
    """Why a figure of a fund is what it is."""
    return why_of(owner(Target.FUND, fund_id), fund_key)


def campaigns() -> str:
    """The campaigns."""
    return list_of(Target.CAMPAIGN)


def campaign(campaign_id: int) -> str:
    """The figures of a campaign."""
    return page_of(Target.CAMPAIGN, campaign_id)


def campaign_why(campaign_id: int, campaign_key: str) -> str:
    """Why a figure of a campaign is what it is."""
    return why_of(owner(Target.CAMPAIGN, campaign_id), campaign_key)
