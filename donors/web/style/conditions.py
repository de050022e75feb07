"""Conditions for the style guide, over fields that stand in no database."""

from typing import Any

from donors.core.fields import Field, FieldSet, Kind, Option
from donors.core.settings import Organization
from donors.web.criteria.builder import ShownGroup, shown
from donors.web.criteria.tokens import read

NOWHERE: Any = None
LEVELS = (Option("Supporter", "Supporter"), Option("Patron", "Patron"), Option("Benefactor", "Benefactor"))
KNOWN = FieldSet(
    "constituent",
    (
        Field("given", "Given in 12 months", Kind.MONEY, "constituent", NOWHERE),
        Field("level", "Level", Kind.CHOICE, "constituent", NOWHERE, options=LEVELS),
        Field("last", "Last gift", Kind.DATE, "constituent", NOWHERE),
    ),
)
TOKENS = ("given|at least|1,000", "any(", "level|any of|Patron", "last|less|2026-01-01", ")", "given|between|5~50", "|")


def tree() -> ShownGroup:
    """A group within a group, and a line that is still to be chosen."""
    return shown(read(TOKENS), KNOWN, Organization())
