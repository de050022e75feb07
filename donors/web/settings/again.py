"""Trying again what failed: of an effect, of a start rule."""

from collections.abc import Callable, Mapping

from flask import flash, redirect
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet, open_change
from donors.core.db import current_session
from donors.core.errors import Blocked
from donors.web.answer import done
from donors.web.session import web_act


def tried_again(kind: str, attempt: Callable[[ChangeSet], Mapping[str, int]], location: str) -> Response:
    """Makes the attempt in a change set of a kind, and says on a page how often it ended in which way."""
    try:
        within = open_change(current_session(), kind, act=web_act())
        outcomes = attempt(within)
    except Blocked as error:
        flash(" ".join(error.reasons), "danger")
        return redirect(location, 303)
    said = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.items()) or "nothing was left"
    return done(within, location, f"Tried again: {said}.", "warn" if outcomes.get("failed") else "good")
