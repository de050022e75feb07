"""Leads of one e-mail or one phone: each is told of the others that wait, so that they are converted together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy.orm import Session

from donors.accounts.visible import Looking
from donors.leads.attempt import is_in_queue
from donors.leads.models import Lead
from donors.leads.queue import in_queue, leads, name_of

MOST = 500
"""So many leads of the addresses of a page are looked at: somebody wrote twice, a machine a thousand times."""
KEYS = {"email_key": "e-mail", "phone_key": "phone"}
"""What is compared, as it is kept → in words."""


@dataclass(frozen=True)
class Other:
    """Another lead that waits; `shared` is what it has in common: `e-mail`, `phone`, `e-mail and phone`."""

    lead: Lead
    shared: str

    @property
    def name(self) -> str:
        """What pages call it."""
        return name_of(self.lead)


def others_of(session: Session, asked: Sequence[Lead], *, looking: Looking) -> dict[int, tuple[Other, ...]]:
    """Lead → the other leads of the same e-mail or phone, the oldest first. Those that have ended neither have any nor
    are any."""
    waits = [lead for lead in asked if is_in_queue(lead, looking.on)]
    same = [getattr(Lead, name).in_(keys) for name in KEYS if (keys := _keys(waits, name))]
    if not same:
        return {}
    wanted = leads(looking.sees).where(in_queue(looking.on), or_(*same)).order_by(Lead.received_at, Lead.id)
    found = [row[0] for row in session.execute(wanted.limit(MOST))]
    return {lead.id: others for lead in waits if (others := tuple(_others(lead, found)))}


def shared(one: Lead, other: Lead) -> str:
    """What two leads have in common, in words; empty where it is nothing."""
    return " and ".join(word for name, word in KEYS.items() if getattr(one, name) == getattr(other, name) != "")


def _others(lead: Lead, found: Iterable[Lead]) -> Iterable[Other]:
    return (Other(one, words) for one in found if one.id != lead.id and (words := shared(lead, one)))


def _keys(some: Iterable[Lead], name: str) -> set[str]:
    return {getattr(lead, name) for lead in some} - {""}
