"""The door: every request is checked against the table of access, and then its CSRF token."""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donors.accounts.permissions import ADMINISTRATOR
from donors.core.errors import NotAllowed
from donors.web.access import FRESH, FRESH_FOR, WORDS, need_of

LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(wanted: str | None, otherwise: str = "/today") -> str:
    """A path on this site to go on to, or `otherwise` for anything that could lead elsewhere."""
    if not wanted or not LOCAL.fullmatch(wanted):
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted


def register(app: Flask) -> None:
    """Checks every request against the table, and then its CSRF token."""
    app.before_request(_check)


def _check() -> AnyResponse | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    answer = _door(endpoint, need_of(endpoint))
    if answer is None and current_app.config["WTF_CSRF_ENABLED"]:
        current_app.extensions["csrf"].protect(apply_exemptions=True)
    return answer


def _door(endpoint: str, need: str | None) -> AnyResponse | None:
    """None lets the request in; a response sends it elsewhere. Raises NotAllowed."""
    if need in {"bare", "public"}:
        return None
    viewer = g.viewer
    if viewer is None:
        return _to_sign_in()
    if need == "half":
        return None
    if need is None or (need not in WORDS and not viewer.may(need)):
        raise NotAllowed(need or "undeclared")
    return _owed(endpoint)


def _owed(endpoint: str) -> AnyResponse | None:
    """Sends the viewer to what they have to prove or set up first."""
    if not g.viewer.complete:
        return redirect(url_for("accounts.second_factor"), 303)
    if _owes_second_factor() and not endpoint.startswith("accounts."):
        return redirect(url_for("accounts.set_up_second_factor"), 303)
    if endpoint in FRESH and g.now - g.viewer.strong_at > FRESH_FOR:
        return redirect(url_for("accounts.confirm", next=_here()), 303)
    return None


def _owes_second_factor() -> bool:
    viewer, asked_of = g.viewer, g.organization.second_factor_for
    if viewer.second_factor or viewer.practice or asked_of == "nobody":
        return False
    return bool(asked_of == "everybody" or viewer.role == ADMINISTRATOR)


def _to_sign_in() -> AnyResponse:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        abort(Response("", 401))
    here = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("accounts.sign_in", next=here if here != "/" else None), 303)


def _here() -> str:
    """Where to go on after the password was given again: this page, or for a form the viewer's own page."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("accounts.me")
