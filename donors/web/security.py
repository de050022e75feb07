"""Headers, cookies, hosts and proxies: what holds for every answer, whatever page gave it.

Headers are set at the outer edge (WSGI), so that errors and static files carry them as well.
Sources: OWASP ASVS 5.0, chapters 3.3, 3.4 and 4.1.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
SHORTEST_KEY = 32
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
csrf = CSRFProtect()


def is_secure(config: Config) -> bool:
    """Whether the site is reached through TLS."""
    return config.public_url.startswith("https://")


def cookie_name(config: Config, plain: str) -> str:
    """The name of a cookie: with the prefix that binds it to this host, where TLS allows it."""
    return f"__Host-{plain}" if is_secure(config) else plain


def cookie_settings(config: Config) -> dict[str, Any]:
    """What every cookie of ours is set with."""
    return {"secure": is_secure(config), "httponly": True, "samesite": "Lax", "path": "/"}


def register(app: Flask, config: Config) -> None:
    """Sets cookies, hosts, proxies, CSRF and headers. Call it after everything else that wraps the WSGI application.

    Raises ValueError for a secret key that could be guessed.
    """
    if len(config.secret_key) < SHORTEST_KEY:
        raise ValueError(f"SECRET_KEY must have at least {SHORTEST_KEY} characters")
    app.config.update(
        SESSION_COOKIE_NAME=cookie_name(config, "perennial"),
        SESSION_COOKIE_SECURE=is_secure(config),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        TRUSTED_HOSTS=trusted_hosts(config),
        # A token lasts as long as its session; access.py asks for it once it knows that the page may be opened.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    csrf.init_app(app)
    hops = config.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask says so
    app.wsgi_app = _with_headers(app.wsgi_app, headers_of(config))  # type: ignore[method-assign,assignment]  # Flask says so


def headers_of(config: Config) -> dict[str, str]:
    """The headers of every answer; a view or file that sets one of them itself keeps its own."""
    return HEADERS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if is_secure(config) else {})


def trusted_hosts(config: Config) -> list[str] | None:
    """Host names that requests may carry; None where the program cannot know them."""
    public = urlsplit(config.public_url).hostname
    if public:
        return [public, *LOOPBACK]
    return list(LOOPBACK) if config.host in {"127.0.0.1", "::1", "localhost"} else None


def _with_headers(inner: "WSGIApplication", wanted: dict[str, str]) -> "WSGIApplication":
    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given = Headers(headers)
            for name, value in wanted.items():
                given.setdefault(name, value)
            return start_response(status, given.to_wsgi_list(), *more)

        return inner(environ, start)

    return serve
