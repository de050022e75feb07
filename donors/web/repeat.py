"""A form that met another one in the database is carried out anew, from its beginning, before anybody is bothered.

That is safe because a view has no effect outside its session and its cookie: the session is rolled back, the cookie is
put back, the request key stays the same. Uploads are left out: their streams have been read. A wait that ended in vain
is not repeated, for the person has waited long enough: the answer says so (503), and sending again does no harm.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial, wraps
from typing import Any

from flask import Flask, g, request
from flask import session as cookie

from donors.core.db import settle
from donors.core.retry import repeated
from donors.web.session import SAFE

View = Callable[..., Any]


def register(app: Flask) -> None:
    """Puts the repetition around all views that are there."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _again(view)


def _again(view: View) -> View:
    @wraps(view)
    def answer(**arguments: Any) -> Any:
        if request.method in SAFE or request.files:
            return view(**arguments)
        return repeated(partial(view, **arguments), undo=partial(_undo, deepcopy(dict(cookie))))

    return answer


def _undo(kept: dict[str, Any]) -> None:
    settle(keep=False)
    g.afterwards = []
    cookie.clear()
    cookie.update(deepcopy(kept))
