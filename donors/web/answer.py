"""Answers to forms that were carried out."""

from flask import flash, redirect
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet


def done(within: ChangeSet, location: str, said: str = "", tone: str = "good") -> Response:
    """Goes on to a page, and says what was done. The same form sent again is led to the same page."""
    within.outcome = {"location": location}
    if said:
        flash(said, tone)
    return redirect(location, 303)
