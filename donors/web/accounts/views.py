"""Sign-in, the second factor, and sign-out."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from donors.accounts import audit, throttle
from donors.accounts.audit import Doing
from donors.accounts.credentials import Proof, keep_hash, prove
from donors.accounts.models import User
from donors.accounts.queries import credential, sign_in_session
from donors.accounts.second_factor import accept_code
from donors.accounts.sessions import begin, end, strengthen
from donors.core.db import current_session, separate_reading
from donors.web.accounts import device
from donors.web.accounts.forms import CodeForm, ConfirmForm, SignInForm
from donors.web.door import local_path
from donors.web.forms import typed
from donors.web.session import (
    address,
    afterwards,
    browser,
    carry,
    doing,
    from_this_machine,
    let_go,
    practice_allowed,
    safe,
    session_limit,
)

accounts = Blueprint("accounts", __name__, url_prefix="/accounts")
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]

WRONG = "This e-mail address and this password do not belong together."
WRONG_CODE = "This is not the code of now, or it was used already."


@accounts.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Page:
    """The door."""
    form = SignInForm(request.form)
    if request.method == "GET":
        return redirect(_onward(), 303) if g.viewer and g.viewer.complete else _door(form)
    if not form.validate():
        return _door(form), 422
    tried = throttle.sign_in_try(
        typed(form.email), address=address(), known_device=device.is_known(typed(form.email)), at=g.now
    )
    with separate_reading() as look:
        proof = prove(look, typed(form.email), typed(form.password), tried=tried, practice=practice_allowed())
    if proof.wait:
        return _wait(form, proof.wait, "accounts/sign_in.html")
    if proof.user is None:
        _note_failure(tried, "sign-in refused")
        form.password.errors = [WRONG]
        return _door(form), 422
    return _let_in(proof, proof.user, tried)


def _let_in(proof: Proof, user: User, tried: throttle.Try) -> Response:
    session = current_session()
    throttle.remember(session, tried, succeeded=True)
    if proof.fresh_hash:
        keep_hash(session, user.id, proof.fresh_hash)
    token = begin(
        session, user.id, browser=browser(), at=g.now, limit=session_limit(), complete=not proof.needs_code
    )  # fmt: skip
    onward = _onward()
    if proof.needs_code:
        onward = url_for("accounts.second_factor", next=onward)
    else:
        audit.note(session, "sign-in", doing=Doing(g.now, user.id, address()))
    _carry_anew(token)
    response = redirect(onward, 303)
    device.remember(response, user.email)
    return response


@accounts.route("/second-factor", methods=["GET", "POST"])
def second_factor() -> Page:
    """The second half of signing in."""
    if g.viewer.complete:
        return redirect(_onward(), 303)
    form = CodeForm(request.form)
    if request.method == "GET":
        return render_template("accounts/second_factor.html", form=form)
    if not form.validate():
        return render_template("accounts/second_factor.html", form=form), 422
    tried = throttle.code_try(g.viewer.id, address=address(), at=g.now)
    session = current_session()
    wait = throttle.seconds_to_wait(session, tried)
    if wait:
        return _wait(form, wait, "accounts/second_factor.html")
    if not accept_code(session, g.viewer.id, typed(form.code), safe=safe(), doing=doing()):
        _note_failure(tried, "second factor refused")
        form.code.errors = [WRONG_CODE]
        return render_template("accounts/second_factor.html", form=form), 422
    throttle.remember(session, tried, succeeded=True)
    audit.note(session, "sign-in", doing=doing())
    _strengthen()
    return redirect(_onward(), 303)


@accounts.post("/sign-out")
def sign_out() -> Response:
    """Ends this session."""
    session = current_session()
    end(session, g.viewer.session_id, user_id=g.viewer.id, why="signed out", at=g.now)
    audit.note(session, "sign-out", doing=doing())
    let_go()
    cookie.clear()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@accounts.route("/confirm", methods=["GET", "POST"])
def confirm() -> Page:
    """The password again, before something that an open browser alone should not be able to do."""
    form = ConfirmForm(request.form)
    if request.method == "GET":
        return render_template("accounts/confirm.html", form=form)
    if not form.validate():
        return render_template("accounts/confirm.html", form=form), 422
    tried = throttle.sign_in_try(g.viewer.email, address=address(), known_device=True, at=g.now)
    with separate_reading() as look:
        proof = prove(look, g.viewer.email, typed(form.password), tried=tried, practice=practice_allowed())
    if proof.wait:
        return _wait(form, proof.wait, "accounts/confirm.html")
    problem = _unconfirmed(form, proof)
    if problem:
        _note_failure(tried, "sign-in refused")
        return render_template("accounts/confirm.html", form=form), 422
    throttle.remember(current_session(), tried, succeeded=True)
    audit.note(current_session(), "identity confirmed", doing=doing())
    _strengthen()
    return redirect(local_path(request.args.get("next"), url_for("accounts.me")), 303)


def _unconfirmed(form: ConfirmForm, proof: Proof) -> bool:
    """Whether the password or the code that it needs was wrong; says so on the form."""
    if proof.user is None:
        form.password.errors = ["This is not your password."]
        return True
    needs_code = credential(current_session(), g.viewer.id).totp_secret is not None
    if needs_code and not accept_code(current_session(), g.viewer.id, typed(form.code), safe=safe(), doing=doing()):
        form.code.errors = [WRONG_CODE]
        return True
    return False


def _strengthen() -> None:
    row = sign_in_session(current_session(), g.viewer.session_id)
    _carry_anew(strengthen(current_session(), row, at=g.now, limit=session_limit()))


def _carry_anew(token: str) -> None:
    """A new token goes with a new CSRF token: nothing that was known before the sign-in is worth anything after it."""
    cookie.clear()
    carry(token)


def _onward() -> str:
    return local_path(request.args.get("next"))


def _door(form: SignInForm) -> str:
    return render_template(
        "accounts/sign_in.html", form=form, plain=not request.is_secure and not from_this_machine()
    )  # fmt: skip


def _note_failure(tried: throttle.Try, what: str) -> None:
    about = doing()
    afterwards(lambda session: throttle.remember(session, tried, succeeded=False))
    afterwards(lambda session: audit.note(session, what, doing=about))


def _wait(form: SignInForm | CodeForm | ConfirmForm, seconds: int, template: str) -> Page:
    flash(f"Too many tries. Wait {seconds} seconds and try again.", "warn")
    return render_template(template, form=form), 429, {"Retry-After": str(seconds)}
