"""One-time links: asking for one, and setting a password with one."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts import links, throttle
from donors.accounts.models import User
from donors.accounts.passwords import matches
from donors.accounts.queries import link as find_link
from donors.accounts.queries import user_by_email
from donors.accounts.secret import digest
from donors.core.changes import Act, open_change
from donors.core.db import current_session, separate_reading
from donors.core.errors import Invalid
from donors.mail.outbox import Letter, post
from donors.web.accounts.forms import ForgotForm, PasswordForm
from donors.web.accounts.views import Page, accounts
from donors.web.forms import refuse, typed
from donors.web.session import address, afterwards, doing

TEXT = """Somebody, hopefully you, wants to set a new password for {email} at {organization}.

Open this address within the hour:

{url}

If it was not you, do nothing: your password stays as it is.
"""


@accounts.route("/forgot", methods=["GET", "POST"])
def forgot() -> Page:
    """A link by mail. The answer says nothing about who has an account, and takes as long either way."""
    form = ForgotForm(request.form)
    if request.method == "GET":
        return render_template("accounts/forgot.html", form=form, sent="sent" in request.args)
    if not form.validate():
        return render_template("accounts/forgot.html", form=form), 422
    tried = throttle.Try(digest(f"link for {throttle.network(address())}"), "", False, g.now)
    with separate_reading() as look:
        wait = throttle.seconds_to_wait(look, tried)
        user = user_by_email(look, typed(form.email))
    if wait:
        flash(f"Too many tries. Wait {wait} seconds and try again.", "warn")
        return render_template("accounts/forgot.html", form=form), 429, {"Retry-After": str(wait)}
    # The time of one password check hides whether a mail was written.
    matches(None, typed(form.email))
    afterwards(lambda session: throttle.remember(session, tried, succeeded=False))
    if user is not None and user.active and not user.practice:
        _mail_link(user)
    return redirect(url_for("accounts.forgot", sent=1), 303)


@accounts.route("/link/<token>", methods=["GET", "POST"])
def link(token: str) -> Page:
    """Setting a password with a one-time link."""
    form = PasswordForm(request.form)
    if request.method == "GET":
        found, user = find_link(current_session(), token, at=g.now)
        return render_template("accounts/link.html", form=form, email=user.email, purpose=found.purpose)
    if form.validate():
        try:
            with separate_reading() as look:
                password_hash = links.hash_for_link(look, token, typed(form.password), at=g.now)
            links.use_link(current_session(), token, password_hash, doing=doing())
        except Invalid as error:
            refuse(form, error)
        else:
            return _done()
    found, user = find_link(current_session(), token, at=g.now)
    return render_template("accounts/link.html", form=form, email=user.email, purpose=found.purpose), 422


def link_url(token: str) -> str:
    """The full address of a one-time link; never taken from the request, whose host anybody can choose."""
    return f"{current_app.config['HOUSE'].site_url}{links.PATH}{token}"


def _mail_link(user: User) -> None:
    session = current_session()
    if links.asks_too_often(session, user, at=g.now):
        return
    token = links.make_link(session, user, purpose=links.RESET, doing=doing())
    within = open_change(session, "user.link", act=Act(by=None, at=g.now, through="web"))
    text = TEXT.format(email=user.email, organization=g.organization.name, url=link_url(token))
    key = f"link/{digest(token)[:16]}"
    not_after = g.now + links.LASTS[links.RESET]
    post(session, Letter(key, user.email, "Set a new password", text, not_after=not_after), within=within)


def _done() -> Response:
    flash("Your password is set. Sign in with it.", "good")
    return redirect(url_for("accounts.sign_in"), 303)
