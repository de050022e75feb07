"""Settings › Mail: where mail comes from and goes back to, and how often one constituent is contacted at most."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for

from donors.core.settings import Organization
from donors.mail.gate import caps_of
from donors.web.accounts.views import Page
from donors.web.forms import typed
from donors.web.settings.keep import keep
from donors.web.settings.mail_forms import LIMITS, MailForm

settings_mail = Blueprint("settings_mail", __name__, url_prefix="/settings/mail")


@settings_mail.get("")
def mail_page() -> str:
    """What is set."""
    form = MailForm(obj=g.organization)
    form.show(caps_of(g.organization))
    return _shown(form)


@settings_mail.post("")
def save_mail() -> Page:
    """Keeps what was changed."""
    form = MailForm(request.form)
    if form.validate() and keep(partial(_changed, form), form, "Saved."):
        return redirect(url_for(".mail_page"), 303)
    return _shown(form), 422


def _changed(form: MailForm, here: Organization) -> Organization:
    return replace(
        here,
        sender_address=typed(form.sender_address).strip(),
        reply_address=typed(form.reply_address).strip(),
        bounce_address=typed(form.bounce_address).strip(),
        contact_caps=form.caps(caps_of(here)),
    )


def _shown(form: MailForm) -> str:
    return render_template("settings/mail.html", form=form, limits=LIMITS)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_mail)
