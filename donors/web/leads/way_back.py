"""The way back from a conversion, at any later time: it stands on the lead, and on whom it became."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from donors.core.db import Session
from donors.core.errors import NotFound
from donors.leads.story import conversions, count_converted
from donors.web.session import viewer
from donors.web.take_back import own_change

OWN = ("lead.", "leads.", "suggestion.")
"""How the kinds of changes begin that are taken back on pages of leads."""


@dataclass(frozen=True)
class WayBack:
    """A conversion that may be taken back, and how many leads it converted."""

    change_id: int
    leads: int

    @property
    def words(self) -> str:
        """What its button says: nobody takes back more than they know of."""
        return "Undo the conversion" + (f" of all {self.leads} leads" if self.leads > 1 else "")


def ways_back(session: Session, lead_ids: Sequence[int]) -> dict[int, WayBack]:
    """Lead → the way back from its conversion, for those which the viewer may take back."""
    if not lead_ids or not viewer().may("leads.write"):
        return {}
    found = conversions(session, lead_ids)
    counts = count_converted(session, list(_own(found.values())))
    return {lead_id: WayBack(change, counts[change]) for lead_id, change in found.items() if change in counts}


def _own(changes: Iterable[int]) -> Iterable[int]:
    for change in set(changes):
        try:
            yield own_change(change, OWN).id
        except NotFound:
            continue
