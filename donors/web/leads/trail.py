"""The queue from which somebody came to a lead: it is kept in addresses, and leads on to who is next in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from donors.core.db import Session
from donors.leads.next_lead import next_lead, waiting
from donors.leads.queue import LeadRow
from donors.web.forms import number
from donors.web.leads.asked import asked
from donors.web.session import looking

THEN = "then"
"""In an address: who was next before the lead was dealt with, for then it may stand elsewhere, or nowhere."""


@dataclass(frozen=True)
class Trail:
    """What leads back to the queue (nothing, where somebody came from elsewhere), and who is next in it.

    From elsewhere it is the queue of new leads.
    """

    keep: dict[str, Any]
    following: LeadRow | None

    @property
    def onward(self) -> dict[str, Any]:
        """What the addresses of a lead carry along."""
        return self.keep | ({} if self.following is None else {THEN: self.following.lead.id})

    def at(self, lead_id: int) -> str:
        """The page of a lead that was dealt with."""
        return url_for("leads.lead_page", lead_id=lead_id, **self.onward)

    @property
    def next_at(self) -> str:
        """The page of who is next; empty where nobody is."""
        return "" if self.following is None else url_for("leads.lead_page", lead_id=self.following.lead.id, **self.keep)


def trail(session: Session, lead_ids: Sequence[int]) -> Trail:
    """The trail of this request, on which somebody has come to these leads."""
    wanted, then = asked(session), number(request.args.get(THEN, ""))
    following = None
    if then is not None and then not in lead_ids:
        following = waiting(session, then, wanted.sieve, looking=looking())
    if following is None:
        sort = wanted.paging.sort
        following = next_lead(session, lead_ids[0], wanted.sieve, sort, looking=looking(), passing=lead_ids)
    return Trail(wanted.keep if "tab" in request.args else {}, following)
