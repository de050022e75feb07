"""Officers' portfolios: what those who stand in them have given, and why."""

from donors.rollups.targets import Target
from donors.web.levels.why_views import owner, why_of
from donors.web.owners import list_of, page_of


def portfolios() -> str:
    """The officers with the figures of their portfolios."""
    return list_of(Target.PORTFOLIO)


def portfolio(user_id: int) -> str:
    """The figures of an officer's portfolio."""
    return page_of(Target.PORTFOLIO, user_id)


def portfolio_why(user_id: int, portfolio_key: str) -> str:
    """Why a figure of a portfolio is what it is."""
    return why_of(owner(Target.PORTFOLIO, user_id), portfolio_key)
