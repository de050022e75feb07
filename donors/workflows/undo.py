"""Undoing an act, with all that hangs on it: search words, figures, levels."""

from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet
from donors.core.errors import Blocked
from donors.core.undo import undo
from donors.mail.queries import have_left
from donors.rollups.everybody import drop_orders
from donors.workflows.merging.unmerge import is_merge, unmerge
from donors.workflows.undone import ALONG, bring_up_to_date


def undo_change(session: Session, change: ChangeSet, *, act: Act, on: date) -> ChangeSet:
    """Undoes a change set in this transaction, and brings figures, levels and search up to it.

    Raises Blocked, with the reasons, when later changes stand in the way, or a record is restricted. Later changes
    never do for a merge: what was done since is kept.
    """
    if is_merge(session, change):
        return unmerge(session, change, act=act, on=on)
    left = have_left(session, change.id)
    if left:
        raise Blocked("This cannot be undone", tuple(f"The mail to {mail.to_address} has left." for mail in left))
    drop_orders(session, change.id)
    undoing = undo(session, change, act=act, along=ALONG)
    bring_up_to_date(session, undoing, on=on)
    return undoing
