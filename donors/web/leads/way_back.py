"""The way back from a conversion, at any later time: it stands on the lead, and on whom it became."""

from collections.abc import Iterable, Sequence

from donors.core.db import Session
from donors.core.errors import NotFound
from donors.leads.story import conversions
from donors.web.session import viewer
from donors.web.take_back import own_change

OWN = ("lead.", "leads.", "suggestion.")
"""How the kinds of changes begin that are taken back on pages of leads."""


def ways_back(session: Session, lead_ids: Sequence[int]) -> dict[int, int]:
    """Lead → the change that converted it, of those which the viewer may take back."""
    if not lead_ids or not viewer().may("leads.write"):
        return {}
    found = conversions(session, lead_ids)
    own = set(_own(found.values()))
    return {lead_id: change for lead_id, change in found.items() if change in own}


def _own(changes: Iterable[int]) -> Iterable[int]:
    for change in set(changes):
        try:
            yield own_change(change, OWN).id
        except NotFound:
            continue
