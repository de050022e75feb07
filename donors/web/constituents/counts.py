"""Counts of what hangs on records, as far as the viewer may see it."""

from collections.abc import Mapping

from donors.web.session import viewer
from donors.workflows.merging.holdings import WORDS

PERMISSIONS: Mapping[str, str] = {
    "gift": "giving.read",
    "credit": "giving.read",
    "shift": "volunteering.read",
    "move": "pipeline.read",
    "prospect": "pipeline.read",
    "assignment": "pipeline.read",
    "rating": "pipeline.read",
    "running_plan": "plans.read",
    "task": "plans.read",
    "ruling": "levels.read",
    "lead": "leads.read",
}
"""Table → what its rows ask for; those of others are seen with the record."""
NEEDED = {WORDS[table]: permission for table, permission in PERMISSIONS.items()}
UNSEEN = "What you may not see"


def seen(counts: Mapping[str, int]) -> dict[str, int]:
    """Words → rows; those of which the viewer may not know stand together under one word."""
    may = {words: viewer().may(NEEDED[words]) if words in NEEDED else True for words in counts}
    found = {words: rows for words, rows in counts.items() if may[words]}
    hidden = sum(rows for words, rows in counts.items() if not may[words])
    return found | ({UNSEEN: hidden} if hidden else {})
