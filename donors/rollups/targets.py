"""Whose figures there are."""

from collections.abc import Container, Mapping
from enum import StrEnum


class Target(StrEnum):
    """Whose figure it is. Constituents are persons, households and organizations alike.

    A portfolio is an officer's: the rows of all constituents who stand in it on the day.
    """

    CONSTITUENT = "constituent"
    PERSON = "person"
    HOUSEHOLD = "household"
    ORGANIZATION = "organization"
    FUND = "fund"
    CAMPAIGN = "campaign"
    PORTFOLIO = "portfolio"

    @property
    def owner(self) -> "Target":
        """What kind of owner has the figure: people, households and organizations are all constituents."""
        return self if self in OF_MANY else Target.CONSTITUENT


OF_MANY = (Target.FUND, Target.CAMPAIGN, Target.PORTFOLIO)
"""Whose figures are made of the rows of many constituents. They are few, and refreshed by a queue of their own."""
SOURCES_OF: Mapping[Target, Container[str]] = {
    Target.FUND: ("allocations", "formula"),
    Target.CAMPAIGN: ("hard", "allocations", "formula"),
}
"""What rows they can be made of, by the words of `definition.Source`; the others of any."""
