"""Weights for a charity that has learned none yet: how often values agree, by level, in sensible shares.

They also steady what is learned: a field that few pairs know stays near them.
"""

from dataclasses import dataclass

from donors.constituents.matching.levels import (
    BORN,
    DOMAIN,
    EMAIL,
    FAMILY,
    GENERATION,
    GIVEN,
    NAME,
    PHONE,
    PLACE,
    STREET,
    TAX_ID,
)

Five = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Shares:
    """How often two values of a field are the same, near, close, partly alike, other, by kind of pair.

    `one`: two records of one person, or of one organization. `home`: two people who share a home, such as spouses,
    parents and children, twins; two branches of an organization. `strangers`: two who have nothing to do with each
    other.
    """

    one: Five
    home: Five
    strangers: Five


SHARES: dict[str, Shares] = {
    GIVEN.key: Shares(
        one=(0.80, 0.07, 0.06, 0.03, 0.04),
        home=(0.008, 0.002, 0.03, 0.005, 0.955),
        strangers=(0.008, 0.004, 0.03, 0.008, 0.95),
    ),
    FAMILY.key: Shares(
        one=(0.86, 0.05, 0.04, 0.01, 0.04),
        home=(0.78, 0.01, 0.05, 0.000_1, 0.159_9),
        strangers=(0.002, 0.001, 0.011, 0.000_01, 0.985_99),
    ),
    BORN.key: Shares(
        one=(0.90, 0.05, 0.02, 0, 0.03),
        home=(0.004, 0.001, 0.03, 0, 0.965),
        strangers=(0.000_05, 0.000_6, 0.02, 0, 0.979_35),
    ),
    GENERATION.key: Shares(
        one=(0.60, 0, 0, 0.36, 0.04),
        home=(0.03, 0, 0, 0.70, 0.27),
        strangers=(0.02, 0, 0, 0.94, 0.04),
    ),
    EMAIL.key: Shares(
        one=(0.55, 0.04, 0.08, 0, 0.33),
        home=(0.15, 0.001, 0.009, 0, 0.84),
        strangers=(0.000_001, 0.000_001, 0.000_1, 0, 0.999_898),
    ),
    PHONE.key: Shares(
        one=(0.55, 0.04, 0, 0, 0.41),
        home=(0.5, 0.01, 0, 0, 0.49),
        strangers=(0.000_001, 0.000_01, 0, 0, 0.999_989),
    ),
    STREET.key: Shares(
        one=(0.62, 0.08, 0.04, 0.02, 0.24),
        home=(0.88, 0.03, 0.01, 0.01, 0.07),
        strangers=(0.000_02, 0.000_02, 0.003, 0.01, 0.986_96),
    ),
    PLACE.key: Shares(
        one=(0.72, 0.03, 0.07, 0.02, 0.16),
        home=(0.91, 0.01, 0.02, 0.01, 0.05),
        strangers=(0.01, 0.005, 0.06, 0.005, 0.92),
    ),
    TAX_ID.key: Shares(
        one=(0.93, 0.05, 0, 0, 0.02),
        home=(0.000_001, 0.000_01, 0, 0, 0.999_989),
        strangers=(0.000_001, 0.000_01, 0, 0, 0.999_989),
    ),
    NAME.key: Shares(
        one=(0.62, 0.10, 0.14, 0.09, 0.05),
        home=(0.01, 0.01, 0.03, 0.15, 0.80),
        strangers=(0.000_1, 0.000_1, 0.001, 0.003, 0.995_8),
    ),
    DOMAIN.key: Shares(
        one=(0.88, 0, 0, 0, 0.12),
        home=(0.8, 0, 0, 0, 0.2),
        strangers=(0.001, 0, 0, 0, 0.999),
    ),
}

DUPLICATES, HOMES = 0.05, 0.5
"""How many duplicates, and how many others of the same home, a constituent is taken to have."""
