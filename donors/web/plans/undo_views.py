"""Taking back what was done to a plan or a task, right after it was done."""

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet
from donors.core.db import current_session
from donors.core.errors import NotFound
from donors.core.history import change_set
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.session import viewer, web_act
from donors.workflows.undo import undo_change

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
    session = current_session()
    found = change_set(session, change_set_id)
    own = found.by_id == viewer().id or viewer().may("changes.undo")
    if not found.kind.startswith(KINDS) or not own:
        raise NotFound("change", change_set_id)
    undo_change(session, found, act=web_act(), on=g.today)
    flash("It is taken back.", "good")
    back = url_for("plans.index") if found.kind in GONE else str((found.outcome or {}).get("location", ""))
    return redirect(local_path(request.form.get("next") or back, url_for("plans.index")), 303)
