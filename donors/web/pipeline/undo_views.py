"""Taking back what was done to a prospect, an ask, a proposal or a move, right after it was done."""

from flask import url_for
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.take_back import own_change, take_back

KINDS = ("ask.", "hot.", "move.", "proposal.", "prospect.")
"""How the kinds of changes begin that are taken back here."""


def carried_out(within: ChangeSet, location: str, said: str, *, gone: str = "") -> Response:
    """As `done`, with a button that takes it back and leads to `location` again, or to `gone` where that goes too."""
    return done(within, location, said, undo=url_for("pipeline.undo", change_set_id=within.id), gone=gone)


def undo(change_set_id: int) -> Response:
    """Takes an act of the viewer's back, or anybody's for those who undo what others did.

    Raises NotFound, Blocked where something was built upon it.
    """
    found, board = own_change(change_set_id, KINDS), url_for("pipeline.board_page")
    kept = found.outcome or {}
    return take_back(found, local_path(str(kept.get("gone") or kept.get("location") or ""), board))
