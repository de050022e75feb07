"""Somebody follows the link in a mail and wants no more of it, or has pressed it by mistake."""

from datetime import date

from sqlalchemy.orm import Session

from donors.constituents.consent import Said, give, withdraw
from donors.constituents.models import Constituent
from donors.constituents.queries import consents_now, current_id
from donors.core.changes import ChangeSet
from donors.core.errors import NotFound
from donors.workflows.optout import reaching_ends

SOURCE = "unsubscribe link"


def subscriber(session: Session, constituent_id: int) -> Constituent:
    """Who a link was made for, or what they became by a merge. Raises NotFound for one who was removed or erased."""
    row = session.get(Constituent, current_id(session, constituent_id))
    if row is None or row.deleted_at is not None or row.erased_on is not None:
        raise NotFound("link")
    return row


def wants_mail(session: Session, row: Constituent, *, on: date) -> bool:
    """Whether the newest word on mail is not a no."""
    said = consents_now(session, row.id, on=on).get("email")
    return said is None or said.granted


def unsubscribe(session: Session, row: Constituent, *, on: date, within: ChangeSet) -> bool:
    """Notes that they want no more mail, and returns whether that is new. What waits is kept back by the gate,
    and mails of plans are cancelled."""
    if not wants_mail(session, row, on=on):
        return False
    withdraw(session, row, said=Said("email", on, SOURCE), within=within)
    reaching_ends(session, [row.id], within=within)
    return True


def subscribe_again(session: Session, row: Constituent, *, on: date, within: ChangeSet) -> bool:
    """Takes back an unsubscription that was made by the link; one that was said elsewhere stays. Whether it did."""
    said = consents_now(session, row.id, on=on).get("email")
    if said is None or said.granted or said.source != SOURCE:
        return False
    give(session, row, said=Said("email", on, SOURCE, "Pressed by mistake."), within=within)
    return True
