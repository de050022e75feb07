"""Weights for a charity that has learned none yet: how often values agree, by level, in sensible shares.

Order of the numbers: same, near, close, part, other. They also steady what is learned: a field that few pairs know
stays near them.
"""

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

Shares = tuple[float, float, float, float, float]

OF_ONE: dict[str, Shares] = {
    GIVEN.key: (0.80, 0.07, 0.06, 0.03, 0.04),
    FAMILY.key: (0.86, 0.05, 0.04, 0.01, 0.04),
    BORN.key: (0.90, 0.05, 0.02, 0, 0.03),
    GENERATION.key: (0.60, 0, 0, 0.36, 0.04),
    EMAIL.key: (0.55, 0.04, 0.08, 0, 0.33),
    PHONE.key: (0.55, 0.04, 0, 0, 0.41),
    STREET.key: (0.62, 0.08, 0.04, 0.02, 0.24),
    PLACE.key: (0.72, 0.03, 0.07, 0.02, 0.16),
    TAX_ID.key: (0.93, 0.05, 0, 0, 0.02),
    NAME.key: (0.62, 0.10, 0.14, 0.09, 0.05),
    DOMAIN.key: (0.88, 0, 0, 0, 0.12),
}
"""Two records of one person, or of one organization."""

OF_A_HOME: dict[str, Shares] = {
    GIVEN.key: (0.008, 0.002, 0.03, 0.005, 0.955),
    FAMILY.key: (0.78, 0.01, 0.05, 0.000_1, 0.159_9),
    BORN.key: (0.004, 0.001, 0.03, 0, 0.965),
    GENERATION.key: (0.03, 0, 0, 0.70, 0.27),
    EMAIL.key: (0.15, 0.001, 0.009, 0, 0.84),
    PHONE.key: (0.5, 0.01, 0, 0, 0.49),
    STREET.key: (0.88, 0.03, 0.01, 0.01, 0.07),
    PLACE.key: (0.91, 0.01, 0.02, 0.01, 0.05),
    TAX_ID.key: (0.000_001, 0.000_01, 0, 0, 0.999_989),
    NAME.key: (0.01, 0.01, 0.03, 0.15, 0.80),
    DOMAIN.key: (0.8, 0, 0, 0, 0.2),
}
"""Two people who share a home: spouses, parents and children, twins. Two branches of an organization."""

OF_STRANGERS: dict[str, Shares] = {
    GIVEN.key: (0.008, 0.004, 0.03, 0.008, 0.95),
    FAMILY.key: (0.002, 0.001, 0.011, 0.000_01, 0.985_99),
    BORN.key: (0.000_05, 0.000_6, 0.02, 0, 0.979_35),
    GENERATION.key: (0.02, 0, 0, 0.94, 0.04),
    EMAIL.key: (0.000_001, 0.000_001, 0.000_1, 0, 0.999_898),
    PHONE.key: (0.000_001, 0.000_01, 0, 0, 0.999_989),
    STREET.key: (0.000_02, 0.000_02, 0.003, 0.01, 0.986_96),
    PLACE.key: (0.01, 0.005, 0.06, 0.005, 0.92),
    TAX_ID.key: (0.000_001, 0.000_01, 0, 0, 0.999_989),
    NAME.key: (0.000_1, 0.000_1, 0.001, 0.003, 0.995_8),
    DOMAIN.key: (0.001, 0, 0, 0, 0.999),
}
"""Two who have nothing to do with each other."""

DUPLICATES, HOMES = 0.05, 0.5
"""How many duplicates, and how many others of the same home, a constituent is taken to have."""
