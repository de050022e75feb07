"""Taking back what was just done: the button in the sentence that says so."""

from flask import flash, g, redirect, request
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet
from donors.core.db import current_session
from donors.core.errors import NotFound
from donors.core.history import change_set
from donors.web.door import local_path
from donors.web.session import viewer, web_act
from donors.workflows.undo import undo_change


def own_change(change_set_id: int, kinds: tuple[str, ...]) -> ChangeSet:
    """A change set of these kinds that the viewer made, or anybody's for those who undo what others did.

    `kinds` are the beginnings of their names. Raises NotFound.
    """
    found = change_set(current_session(), change_set_id)
    own = found.by_id == viewer().id or viewer().may("changes.undo")
    if not found.kind.startswith(kinds) or not own:
        raise NotFound("change", change_set_id)
    return found


def take_back(change: ChangeSet, back: str) -> Response:
    """Undoes a change set and goes back. Raises Blocked where something was built upon it."""
    undo_change(current_session(), change, act=web_act(), on=g.today)
    flash("It is taken back.", "good")
    return redirect(local_path(request.form.get("next"), back), 303)
