"""The changes of level that the viewer is told of: all of them, page by page, and that they were seen."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.db import current_session
from donors.levels.effects.notices import count_notices, mark_seen, notices
from donors.web.forms import number
from donors.web.session import viewer

PER_PAGE = 50


def notices_page() -> str:
    """The viewer's notices, the newest first."""
    session, sees = current_session(), viewer().sees
    total = count_notices(session, viewer().id, sees=sees, seen=True)
    last = max(1, -(-total // PER_PAGE))
    number = min(max(request.args.get("page", 1, int), 1), last)
    offset = (number - 1) * PER_PAGE
    return render_template(
        "today/notices.html",
        lines=notices(session, viewer().id, sees=sees, seen=True, limit=PER_PAGE, offset=offset),
        total=total,
        page=number,
        per_page=PER_PAGE,
    )


def see_notices() -> Response:
    """Takes the notices up to the newest that was shown as seen."""
    up_to = number(request.form.get("up_to", "")) or 0
    count = mark_seen(current_session(), viewer().id, on=g.today, up_to=up_to)
    flash("Seen." if count else "There was nothing new.", "good")
    return redirect(url_for(".today_page"), 303)
