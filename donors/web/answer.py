"""Answers to forms that were carried out."""

from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet


def done(
    within: ChangeSet, location: str, said: str = "", tone: str = "good", *, undo: str = "", gone: str = ""
) -> Response:
    """Goes on to a page, and says what was done. The same form sent again is led to the same page.

    `undo` is the address to which a button beside that sentence posts; `gone` where that leads instead of `location`,
    which goes with what is taken back.
    """
    within.outcome = {"location": location} | ({"gone": gone} if gone else {})
    message: Any = {"text": said, "undo": undo} if undo else said
    if said:
        flash(message, tone)
    return redirect(location, 303)
