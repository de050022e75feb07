"""From errors to answers: one table from class to status, one page for all of them.

A page error is shown with its own sentence; anything unforeseen shows a number that also stands in the log.
"""

import logging
import secrets

from flask import Flask, g, json, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from donors.accounts import audit
from donors.accounts.permissions import PERMISSIONS
from donors.core.db import settle
from donors.core.errors import AlreadyDone, Blocked, Conflict, HouseError, Invalid, NotAllowed, NotFound
from donors.core.retry import is_busy, is_overtaken
from donors.web.door import local_path
from donors.web.session import afterwards, doing

log = logging.getLogger("donors.web")

STATUS: dict[type[HouseError], int] = {
    NotFound: 404,
    Invalid: 422,
    NotAllowed: 403,
    Conflict: 409,
    Blocked: 409,
    AlreadyDone: 409,
}
"""Class of error → status of the answer."""

TITLES = {
    400: "That request does not look right",
    401: "Please sign in",
    403: "Your role does not allow this",
    404: "There is nothing here",
    405: "That is not done this way",
    409: "Something stands in the way",
    413: "That file is too large",
    422: "Something is not right yet",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "Please send that once more",
}


OVERTAKEN = "Somebody else wrote this at the same moment. Nothing of yours was kept: go back, look, and send it again."
BUSY = "Somebody else was writing for too long. Nothing of yours was kept, and nothing is broken: send it again."


def register(app: Flask) -> None:
    """Answers every error with its page."""
    app.register_error_handler(HouseError, _house)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(InternalServerError, _unforeseen)
    app.register_error_handler(HTTPException, _http)


def _house(error: HouseError) -> AnyResponse:
    if isinstance(error, AlreadyDone) and error.outcome.get("location"):
        return redirect(local_path(str(error.outcome["location"])), 303)
    if isinstance(error, NotAllowed):
        _note_refusal(error)
        return _page(403, message=_what_it_takes(error))
    return _page(next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400), message=error.message)


def _stale_form(_error: CSRFError) -> AnyResponse:
    return _page(
        400, message="This form has gone stale, or it did not come from here. Reload the page and send it again."
    )


def _http(error: HTTPException) -> AnyResponse:
    if error.response is not None or (error.code or 0) < 400:
        return AnyResponse.force_type(error.get_response(request.environ), request.environ)
    answer = _page(error.code or 500)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _unforeseen(error: InternalServerError) -> AnyResponse:
    cause = error.original_exception
    if is_overtaken(cause):
        log.warning("overtaken on %s", request.endpoint, exc_info=cause)
        return _page(409, message=OVERTAKEN)
    if is_busy(cause):
        log.warning("busy on %s", request.endpoint, exc_info=cause)
        answer = _page(503, message=BUSY)
        answer.headers["Retry-After"] = "2"
        return answer
    receipt = secrets.token_hex(4)
    log.error("error %s on %s", receipt, request.endpoint, exc_info=cause or error)
    return _page(500, receipt=receipt)


def _page(status: int, *, message: str = "", receipt: str = "") -> AnyResponse:
    """The page of an error, as HTML or JSON; in plain words where even the page fails."""
    settle(keep=False)
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        body = json.dumps({"error": title, "message": message, "receipt": receipt})
        return AnyResponse(body, status, content_type="application/json")
    known = None if status in TITLES else title
    try:
        body = render_template(
            [f"errors/{status}.html", "errors/error.html"], title=known, message=message, receipt=receipt
        )
    except (TemplateError, HouseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        log.exception("the page of error %s failed", status)
        body = f"{title}. {message} {receipt}".strip()
        return AnyResponse(body, status, content_type="text/plain; charset=utf-8")
    return AnyResponse(body, status, content_type="text/html; charset=utf-8")


def _what_it_takes(error: NotAllowed) -> str:
    words = PERMISSIONS.get(error.permission)
    return f"It takes the permission “{words}”." if words else ""


def _note_refusal(error: NotAllowed) -> None:
    if g.get("viewer") is None:
        return
    about, endpoint = doing(), request.endpoint or ""
    afterwards(
        lambda session: audit.note(
            session, "access refused", doing=about, endpoint=endpoint, permission=error.permission
        )
    )
