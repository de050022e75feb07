"""The viewer of a request and its transaction: Flask-Login over our own session table.

Order of a request: look (who is it, which organization; last-seen is touched in a transaction of its own), for GET
and HEAD with a session that cannot write; then the access check and the view; then commit below status 400 or roll
back; then what must outlive a rollback.
"""

import secrets
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from donors.accounts import audit
from donors.accounts.audit import Doing
from donors.accounts.permissions import carries
from donors.accounts.queries import live_session
from donors.accounts.safe import Safe
from donors.accounts.sessions import TOUCH_EVERY, Browser, touch
from donors.accounts.visible import Looking, Sight, sight
from donors.core import clock
from donors.core.changes import Act
from donors.core.db import current_session, read_only, separate_reading, separate_transaction, settle
from donors.core.settings import organization
from donors.web.access import need_of
from donors.web.filters import initials

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@dataclass(frozen=True)
class Viewer:
    """Who looks at this page. `complete` is false while the second factor is owed; templates see complete ones only."""

    token: str
    session_id: int
    id: int
    name: str
    email: str
    role: str
    practice: bool
    complete: bool
    second_factor: bool
    strong_at: datetime
    last_seen_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the session's token."""
        return self.token

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return initials(self.name)

    @property
    def sees(self) -> Sight:
        """Which rows the viewer may see."""
        return sight(self.id, self.role)

    def may(self, permission: str) -> bool:
        """Whether the viewer's role carries a permission."""
        return carries(self.role, permission)


def safe() -> Safe:
    """What seals second factors: the key of this installation, and those before it."""
    house = current_app.config["HOUSE"]
    return Safe((house.secret_key, *house.secret_key_fallbacks))


def viewer() -> Viewer:
    """The viewer of a page that only signed-in users reach."""
    found: Viewer = g.viewer
    return found


def looking() -> Looking:
    """How the viewer looks at a list today."""
    return Looking(viewer().sees, g.today, g.organization.fiscal)


def web_act(why: str = "") -> Act:
    """The act of this request, for `open_change`: its viewer, its instant, and the request key of its form."""
    key = request.form.get("request_key", "")[:80]
    return Act(by=g.viewer.id, at=g.now, through="web", request_key=f"{g.viewer.id}:{key}" if key else None, why=why)


def doing() -> Doing:
    """The same for the audit record."""
    return Doing(g.now, g.viewer.id if g.viewer else None, address())


def afterwards(write: Callable[[Any], None]) -> None:
    """Runs `write(session)` in a transaction of its own once this request is settled, however it ends."""
    g.afterwards.append(write)


def note_export(name: str, **detail: Any) -> None:
    """Leaves the audit row of an export: what was taken out, with ids and counts but no personal values."""
    about = doing()
    afterwards(lambda session: audit.note(session, "export", doing=about, name=name, **detail))


def address() -> str:
    """The address that the request came from; forwarding headers count only when proxies are configured."""
    return request.remote_addr or ""


def browser() -> Browser:
    """Where a sign-in comes from."""
    return Browser(address(), request.user_agent.string)


def from_this_machine() -> bool:
    """Whether the request came from this very machine and not through a proxy that stands on it unannounced."""
    if current_app.config["HOUSE"].trusted_proxies == 0 and any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(address()).is_loopback
    except ValueError:
        return False


def practice_allowed() -> bool:
    """Whether practice users may come in with this request."""
    return bool(current_app.config["HOUSE"].practice_logins) and from_this_machine()


def idle_limit() -> timedelta:
    """How long a session may lie unused."""
    return timedelta(seconds=current_app.config["HOUSE"].idle_limit)


def session_limit() -> timedelta:
    """How long a session may last in all."""
    return timedelta(seconds=current_app.config["HOUSE"].session_limit)


def carry(token: str) -> None:
    """Gives the browser the token of its session."""
    login_user(_Token(token), force=True)


def let_go() -> None:
    """Takes the token away from the browser."""
    logout_user()


def register(app: Flask) -> None:
    """Puts look and settle around every request, and the viewer into every template."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_viewer_of)
    app.before_request(_look)
    app.after_request(_settle)
    app.context_processor(_shared)


@dataclass(frozen=True)
class _Token:
    token: str
    is_active = True

    def get_id(self) -> str:
        return self.token


def _look() -> None:
    g.now, g.afterwards, g.viewer = clock.now(), [], None
    if request.method in SAFE:
        read_only()
    if need_of(request.endpoint or "") == "bare":
        return
    with nullcontext(current_session()) if request.method in SAFE else separate_reading() as session:
        g.look = session
        g.viewer = current_user._get_current_object() if current_user.is_authenticated else None
        _set_organization(organization(session))
    if g.viewer is not None and g.now - g.viewer.last_seen_at >= TOUCH_EVERY:
        with separate_transaction() as session:
            touch(session, g.viewer.session_id, at=g.now)


def _set_organization(found: Any) -> None:
    g.organization = found
    g.today = clock.local_date(g.now, found.zone)
    g.zone, g.locale, g.currency = ZoneInfo(found.zone), found.locale, found.currency


def _viewer_of(token: str) -> Viewer | None:
    found = live_session(g.look, token, at=g.now, idle=idle_limit())
    if found is None:
        return None
    row, user, credential = found
    if user.practice and not practice_allowed():
        return None
    return Viewer(
        token=token,
        session_id=row.id,
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role,
        practice=user.practice,
        complete=row.complete,
        second_factor=credential.totp_secret is not None,
        strong_at=row.strong_at,
        last_seen_at=row.last_seen_at,
    )


def _settle(response: Response) -> Response:
    settle(keep=response.status_code < 400)
    writes, g.afterwards = g.get("afterwards", []), []
    if writes:
        with separate_transaction() as session:
            for write in writes:
                write(session)
    return response


def _shared() -> dict[str, Any]:
    seen = g.get("viewer")
    found = g.get("organization")
    return {
        "viewer": seen if seen is not None and seen.complete else None,
        "organization_name": found.name if found else "",
        "today": g.get("today"),
        "request_key": request.form.get("request_key") or secrets.token_urlsafe(16),
    }
