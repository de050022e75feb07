"""My account: password, second factor, recovery codes, and where one is signed in."""

from io import BytesIO

import segno
from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts import audit, second_factor
from donors.accounts.absences import absences
from donors.accounts.credentials import accepted_hash, is_password_of, set_password
from donors.accounts.feeds import feed_of
from donors.accounts.models import SignInSession
from donors.accounts.permissions import CARRIES, PERMISSIONS, ROLES
from donors.accounts.queries import credential, recovery_codes, sessions_of, sign_in_session, user
from donors.accounts.sessions import end, end_all
from donors.core.db import current_session, separate_reading
from donors.core.errors import Invalid, NotFound
from donors.web.accounts import device
from donors.web.accounts.forms import ChangePasswordForm, CodeForm
from donors.web.accounts.views import Page, accounts
from donors.web.forms import refuse, typed
from donors.web.session import doing, idle_limit, safe


@accounts.get("/me")
def me() -> str:
    """What a user keeps about themselves."""
    session, own = current_session(), g.viewer
    return render_template(
        "accounts/me.html",
        role=ROLES[own.role],
        permissions=[words for name, words in PERMISSIONS.items() if name in CARRIES[own.role]],
        credential=credential(session, own.id),
        codes_left=len(recovery_codes(session, own.id)),
        described=device.described,
        wants_digest=user(session, own.id).wants_digest,
        has_feed=feed_of(session, own.id) is not None,
        absence=next(iter(absences(session, since=g.today, user_id=own.id)), None),
        sessions=sessions_of(session, own.id, at=g.now, idle=idle_limit()),
    )


@accounts.route("/password", methods=["GET", "POST"])
def change_password() -> Page:
    """A new password; all other sessions end."""
    form = ChangePasswordForm(request.form)
    if request.method == "GET":
        return render_template("accounts/password.html", form=form)
    if form.validate() and _is_current(form):
        try:
            with separate_reading() as look:
                password_hash = accepted_hash(look, user(look, g.viewer.id), typed(form.password))
            _change_password(password_hash)
        except Invalid as error:
            refuse(form, error)
        else:
            flash("Your password is changed. Other browsers are signed out.", "good")
            return redirect(url_for("accounts.me"), 303)
    return render_template("accounts/password.html", form=form), 422


def _change_password(password_hash: str) -> None:
    session, own = current_session(), g.viewer
    set_password(session, user(session, own.id), password_hash, doing=doing(), keep_session=own.session_id)


@accounts.route("/second-factor/set-up", methods=["GET", "POST"])
def set_up_second_factor() -> Page:
    """A picture for the app, then the first code; ends with recovery codes that are shown once."""
    form = CodeForm(request.form)
    if request.method == "GET":
        return _set_up_page(form)
    if "begin" in request.form:
        second_factor.begin_setup(current_session(), _own_session(), safe=safe())
        return redirect(url_for("accounts.set_up_second_factor"), 303)
    if form.validate():
        drawn = second_factor.draw_recovery_codes()
        try:
            _finish_setup(typed(form.code), drawn)
        except Invalid as error:
            refuse(form, error)
        else:
            return render_template("accounts/recovery_codes.html", codes=drawn.shown)
    return _set_up_page(form), 422


def _finish_setup(code: str, drawn: second_factor.RecoveryCodes) -> None:
    second_factor.finish_setup(current_session(), _own_session(), code, drawn, safe=safe(), doing=doing())


@accounts.get("/second-factor/picture.svg")
def second_factor_picture() -> Response:
    """The code that the app photographs."""
    secret = second_factor.pending_secret(_own_session(), safe=safe())
    if secret is None:
        raise NotFound("picture")
    drawn = BytesIO()
    picture = segno.make(second_factor.address(secret, email=g.viewer.email), error="m")
    picture.save(drawn, kind="svg", scale=5, border=4, light="#fff", dark="#000")
    return Response(drawn.getvalue(), content_type="image/svg+xml")


@accounts.post("/second-factor/remove")
def remove_second_factor() -> Response:
    """Takes the second factor away."""
    session = current_session()
    second_factor.remove_second_factor(session, user(session, g.viewer.id), doing=doing())
    flash("Signing in needs your password only from now on.", "good")
    return redirect(url_for("accounts.me"), 303)


@accounts.post("/recovery-codes")
def make_recovery_codes() -> Page:
    """Ten new recovery codes; the old ones are void."""
    drawn, session = second_factor.draw_recovery_codes(), current_session()
    if credential(session, g.viewer.id).totp_secret is None:
        raise NotFound("second factor")
    second_factor.new_recovery_codes(session, g.viewer.id, drawn, doing=doing())
    return render_template("accounts/recovery_codes.html", codes=drawn.shown)


@accounts.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """Signs one other browser out."""
    end(current_session(), session_id, user_id=g.viewer.id, why="ended by its user", at=g.now)
    audit.note(current_session(), "session ended", doing=doing(), number=session_id)
    flash("That browser is signed out.", "good")
    return redirect(url_for("accounts.me"), 303)


@accounts.post("/sessions/end-others")
def end_other_sessions() -> Response:
    """Signs all other browsers out."""
    ended = end_all(
        current_session(), g.viewer.id, why="ended by its user", at=g.now, but=g.viewer.session_id
    )  # fmt: skip
    audit.note(current_session(), "session ended", doing=doing(), count=ended)
    flash("All other browsers are signed out.", "good")
    return redirect(url_for("accounts.me"), 303)


def _own_session() -> SignInSession:
    return sign_in_session(current_session(), g.viewer.session_id)


def _set_up_page(form: CodeForm) -> str:
    secret = second_factor.pending_secret(_own_session(), safe=safe())
    return render_template("accounts/set_up_second_factor.html", form=form, secret=secret)


def _is_current(form: ChangePasswordForm) -> bool:
    with separate_reading() as look:
        right = is_password_of(look, g.viewer.id, typed(form.current))
    if not right:
        form.current.errors = ["This is not your password."]
    return right
