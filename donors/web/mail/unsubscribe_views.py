"""The page behind the unsubscribe link: it works without signing in, and it asks before it does anything.

Mail programs may press the button themselves (RFC 8058): they post without a form token, so the page takes none. What
it can do is to note that somebody wants no mail, and only with a signed link.
"""

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import Session, current_session
from donors.mail.unsubscribe import PATH, Links
from donors.web.security import csrf
from donors.workflows import unsubscribe as writing

unsubscribe = Blueprint("unsubscribe", __name__)


def links() -> Links:
    """What makes and reads the links of this installation."""
    house = current_app.config["HOUSE"]
    return Links(house.site_url, (house.secret_key, *house.secret_key_fallbacks))


@unsubscribe.get(f"{PATH}<token>")
def ask_page(token: str) -> str:
    """Asks whether it is meant, or says that it is done."""
    session = current_session()
    who = writing.subscriber(session, links().who(token))
    return render_template("mail/unsubscribe.html", token=token, wanted=writing.wants_mail(session, who, on=g.today))


@unsubscribe.post(f"{PATH}<token>")
def confirm(token: str) -> Response:
    """Notes it, or takes it back."""
    session = current_session()
    who = writing.subscriber(session, links().who(token))
    if request.form.get("again") == "yes":
        writing.subscribe_again(session, who, on=g.today, within=_change(session))
    elif writing.wants_mail(session, who, on=g.today):
        writing.unsubscribe(session, who, on=g.today, within=_change(session))
    return redirect(url_for(".ask_page", token=token), 303)


def _change(session: Session) -> ChangeSet:
    return open_change(session, "constituent.unsubscribe", act=Act(by=None, at=g.now, through="web"))


def register(app: Flask) -> None:
    """Adds the page, without a form token: the signed link stands for it."""
    csrf.exempt(unsubscribe)
    app.register_blueprint(unsubscribe)
