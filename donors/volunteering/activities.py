"""Writing the kinds of volunteer work."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid
from donors.volunteering.models import Activity


def add_activity(session: Session, name: str, *, within: ChangeSet) -> Activity:
    """Adds an activity. Raises Invalid (name)."""
    return insert(session, Activity(name=_free(session, name)), within=within)


def rename_activity(
    session: Session, row: Activity, name: str, *, within: ChangeSet, expect: int | None = None
) -> None:
    """Gives an activity another name. Raises Invalid, Conflict."""
    amend(session, row, within=within, expect=expect, name=_free(session, name, but=row.id))


def set_active(session: Session, row: Activity, *, active: bool, within: ChangeSet, expect: int | None = None) -> None:
    """Offers an activity for new shifts, or no longer. Raises Conflict."""
    amend(session, row, within=within, expect=expect, is_active=active)


def _free(session: Session, name: str, *, but: int = 0) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise Invalid("name", name, "is empty", "Give it a name.")
    if session.scalar(select(Activity.id).where(Activity.name == clean, Activity.id != but)) is not None:
        raise Invalid("name", clean, "is the name of another activity", "Choose another one.")
    return clean
