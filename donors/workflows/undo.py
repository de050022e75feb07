"""Undoing an act, with all that hangs on it: search words, figures, levels."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.constituents import household
from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.bulk import among
from donors.core.changes import Act, ChangeSet, JournalEntry
from donors.core.errors import Blocked
from donors.core.undo import undo, values_touched
from donors.mail.queries import have_left
from donors.rollups.everybody import drop_orders
from donors.workflows.merging.pass_on import pass_on
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
    homes = _homes(session, change)
    undoing = undo(session, change, act=act, along=ALONG)
    pass_on(session, undoing, on=on)
    moved = values_touched(session, undoing, table=HouseholdMembership.__tablename__, column="constituent_id")
    household.refuse_two_homes(session, moved, what="This cannot be undone")
    there = session.scalars(select(Constituent).where(among(session, Constituent.id, homes)))
    household.rename(session, there.all(), within=undoing)
    bring_up_to_date(session, undoing, on=on)
    return undoing


def _homes(session: Session, change: ChangeSet) -> list[int]:
    """The households named by their members to which a change set has brought somebody, or from which it took them."""
    stay = HouseholdMembership
    moved = select(JournalEntry.row_id).where(
        JournalEntry.change_set_id == change.id, JournalEntry.table_name == stay.__tablename__
    )
    touched = select(stay.household_id).where(or_(stay.created_in == change.id, stay.id.in_(moved)))
    homes = session.scalars(select(Constituent).where(Constituent.id.in_(touched)))
    return [home.id for home in homes if household.follows(session, home)]
