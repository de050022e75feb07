"""Settings › Access record: sign-ins, refusals, exports, changes of rights."""

from flask import Blueprint, Flask, render_template, request

from donors.accounts.audit import EVENTS
from donors.accounts.queries import audit_events, users
from donors.core.db import current_session

settings_events = Blueprint("settings_events", __name__, url_prefix="/settings/access")

AT_ONCE = 50


@settings_events.get("")
def events_page() -> str:
    """The record, the newest first: of one kind, of one user, older than an event."""
    session = current_session()
    what = request.args.get("what", "") if request.args.get("what") in EVENTS else ""
    names = {line.user.id: line.user.name for line in users(session)}
    user_id = request.args.get("user", None, int)
    found = audit_events(
        session,
        what=what,
        user_id=user_id if user_id in names else None,
        before=request.args.get("before", None, _row_id),
        limit=AT_ONCE + 1,
    )
    return render_template(
        "settings/events.html",
        events=found[:AT_ONCE],
        older=found[AT_ONCE - 1].id if len(found) > AT_ONCE else None,
        what=what,
        user_id=user_id,
        kinds=EVENTS,
        names=names,
    )


def _row_id(text: str) -> int:
    """An id that every database can compare. Raises ValueError."""
    return min(int(text), 2**63 - 1)


def register(app: Flask) -> None:
    """Adds the page."""
    app.register_blueprint(settings_events)
