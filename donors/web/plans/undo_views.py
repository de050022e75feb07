"""Taking back what was done to a plan or a task, right after it was done."""

from flask import url_for
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.take_back import own_change, take_back

KINDS = ("plan.", "task.", "template.")
"""How the kinds of changes begin that are taken back here."""
GONE = ("plan.start", "plan.restart", "template.create", "task.add")
"""Acts whose page is gone when they are taken back."""


def carried_out(within: ChangeSet, location: str, said: str) -> Response:
    """As `done`, with a button that takes it back."""
    return done(within, location, said, undo=url_for("plans.undo", change_set_id=within.id))


def undo(change_set_id: int) -> Response:
    """Takes an act of the viewer's back, or anybody's for those who undo what others did.

    Raises NotFound, Blocked where something was built upon it.
    """
    found, index = own_change(change_set_id, KINDS), url_for("plans.index")
    location = "" if found.kind in GONE else str((found.outcome or {}).get("location", ""))
    return take_back(found, local_path(location, index))
