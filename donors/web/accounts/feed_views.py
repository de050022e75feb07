"""My calendar address: making, showing once and revoking it, and what stands at it; and the mail in the morning."""

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.feeds import feed_of, make_feed, revoke_feed, user_of_feed
from donors.accounts.queries import user
from donors.accounts.users import want_digest
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.web.accounts.views import accounts
from donors.web.session import doing, practice_allowed, viewer, web_act
from donors.workflows.feed import feed

FRESH_FOR = 15 * 60
"""Seconds for which a calendar program need not ask again."""


@accounts.get("/calendar")
def calendar_page() -> str:
    """What the address is for, and whether there is one."""
    return render_template("accounts/calendar.html", kept=feed_of(current_session(), viewer().id), address="")


@accounts.post("/calendar")
def make_calendar() -> str:
    """Makes a new address and shows it, this once; the old one is void."""
    token = make_feed(current_session(), viewer().id, doing=doing())
    return render_template(
        "accounts/calendar.html", kept=feed_of(current_session(), viewer().id), address=_address(token)
    )  # fmt: skip


@accounts.post("/calendar/revoke")
def revoke_calendar() -> Response:
    """Makes the address void."""
    revoke_feed(current_session(), viewer().id, doing=doing())
    flash("The address is void. Calendars that used it get nothing more.", "good")
    return redirect(url_for("accounts.calendar_page"), 303)


@accounts.get("/calendar/<token>.ics")
def calendar_file(token: str) -> Response:
    """The calendar behind an address: whoever knows it reads it. Anything else is not there."""
    owner = user_of_feed(current_session(), token)
    if owner.practice and not practice_allowed():
        abort(404)
    text = feed(current_session(), owner, on=g.today, site=current_app.config["HOUSE"].site_url)
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="tasks.ics"'
    answer.headers["Cache-Control"] = f"private, max-age={FRESH_FOR}"
    return answer


@accounts.post("/morning-mail")
def morning_mail() -> Response:
    """Turns the mail in the morning on or off."""
    session, wanted = current_session(), request.form.get("wanted") == "yes"
    within = open_change(session, "user.digest", act=web_act())
    want_digest(session, user(session, viewer().id), wanted=wanted, within=within)
    flash("You get a mail in the morning." if wanted else "You get no mail in the morning any more.", "good")
    return redirect(url_for("accounts.me"), 303)


def _address(token: str) -> str:
    """The full address; never taken from the request, whose host anybody can choose."""
    return f"{current_app.config['HOUSE'].site_url}{url_for('accounts.calendar_file', token=token)}"
