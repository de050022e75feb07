"""What stands before the public form: it takes cookies off, counts, and reads small bodies only, in a short time.

It is WSGI and knows no session and no database: whatever it refuses has cost next to nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from socket import SHUT_RD
from threading import Timer
from typing import TYPE_CHECKING, Any

from flask import Flask

from donors.accounts.throttle import network
from donors.core.clock import Clock, now
from donors.web.lead_form.limits import Limits

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/f/"
LARGEST_BODY = 64 * 1024
PATIENCE = 5.0
"""Seconds within which a body must have arrived."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further: the status, and what a person reads."""

    status: str
    title: str
    words: str
    wait: int = 0


TOO_MANY = Refusal(
    "429 Too Many Requests",
    "A little too often",
    "Many messages came from your network in a short time. Wait a minute, go back, and send it again.",
    60,
)
CROWDED = Refusal(
    "503 Service Unavailable",
    "Many are writing just now",
    "Your message was not taken yet. Wait a minute, go back, and send it again.",
    60,
)
TOO_LARGE = Refusal(
    "413 Content Too Large", "That is too long", "Nothing was taken. Go back, shorten your message, and send it again."
)
NO_LENGTH = Refusal("411 Length Required", "That cannot be read", "Say how long the message is (Content-Length).")
CUT_OFF = Refusal(
    "400 Bad Request", "The message was cut off", "It did not arrive whole, and nothing was taken. Send it again."
)


class Guard:
    """Stands in front of the application for all addresses of the public form."""

    def __init__(
        self, inner: "WSGIApplication", page: Callable[[Refusal], str], limits: Limits, *, clock: Clock
    ) -> None:
        self._inner, self._page, self._limits, self._clock = inner, page, limits, clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answers a request, or hands it on."""
        if not str(environ.get("PATH_INFO", "")).startswith(PREFIX):
            return self._inner(environ, start_response)
        environ.pop("HTTP_COOKIE", None)
        refusal = self._count(environ) or _read_body(environ)
        if refusal is None:
            return self._inner(environ, start_response)
        return self._refuse(refusal, environ, start_response)

    def _count(self, environ: "WSGIEnvironment") -> Refusal | None:
        limits, at = self._limits, self._clock().timestamp()
        place = network(str(environ.get("REMOTE_ADDR", "")))
        if environ["REQUEST_METHOD"] in READS:
            own, everybody = limits.pages, [limits.all_pages]
        else:
            is_program = str(environ.get("HTTP_AUTHORIZATION", "")).startswith("Bearer ")
            own, everybody = limits.programs if is_program else limits.posts, [limits.burst, limits.all_posts]
        if not own.take(place, at):
            return TOO_MANY
        return None if all(limit.take("", at) for limit in everybody) else CROWDED

    def _refuse(self, refusal: Refusal, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if wants_json(environ):
            kind = "application/json"
            body = json.dumps({"error": refusal.title, "message": refusal.words}).encode()
        else:
            kind, body = "text/html; charset=utf-8", self._page(refusal).encode()
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        headers += [("Retry-After", str(refusal.wait))] if refusal.wait else []
        start_response(refusal.status, headers)
        return [body]


def wants_json(environ: Any) -> bool:
    """Whether a program asks, and not a browser."""
    return "json" in f"{environ.get('CONTENT_TYPE', '')} {environ.get('HTTP_ACCEPT', '')}".lower()


def _read_body(environ: "WSGIEnvironment") -> Refusal | None:
    """Puts the whole body in place of the stream that it comes from, when it is small and all of it is there."""
    if environ["REQUEST_METHOD"] in READS:
        return None
    text = str(environ.get("CONTENT_LENGTH") or "")
    if not (text.isascii() and text.isdigit()):
        return NO_LENGTH
    length = int(text[:9])
    if length > LARGEST_BODY or len(text) > 9:
        return TOO_LARGE
    try:
        with _in_time(environ.get("gunicorn.socket")):
            body = environ["wsgi.input"].read(length)
    except OSError:
        return CUT_OFF
    environ["wsgi.input"] = BytesIO(body)
    return None if len(body) == length else CUT_OFF


@contextmanager
def _in_time(socket: Any) -> Iterator[None]:
    """Ends the reading of a socket after a while: whoever sends a letter a second keeps no worker."""
    if socket is None:
        yield
        return
    timer = Timer(PATIENCE, socket.shutdown, (SHUT_RD,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def register(app: Flask) -> None:
    """Puts the guard in front of the application. What it refuses is said on a page that needs nothing else."""
    limits = Limits()
    app.extensions["lead_form_limits"] = limits

    def page(refusal: Refusal) -> str:
        return app.jinja_env.get_template("lead_form/refused.html").render(title=refusal.title, words=refusal.words)

    app.wsgi_app = Guard(app.wsgi_app, page, limits, clock=now)  # type: ignore[method-assign]  # Flask says so
