"""Settings › Users: who may sign in, with which role, and the links that let them."""

from dataclasses import replace

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts import links, second_factor, users
from donors.accounts.models import User
from donors.accounts.permissions import CARRIES, PERMISSIONS, ROLES
from donors.accounts.queries import credential
from donors.accounts.queries import user as find_user
from donors.accounts.queries import users as user_lines
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.web.accounts.link_views import link_url
from donors.web.accounts.views import Page
from donors.web.forms import refuse, typed
from donors.web.session import doing, web_act
from donors.web.settings.keep import keep
from donors.web.settings.users_forms import NewUserForm, PolicyForm, UserForm

settings_users = Blueprint("settings_users", __name__, url_prefix="/settings/users")


@settings_users.get("")
def users_page() -> str:
    """All users."""
    return render_template(
        "settings/users.html",
        lines=user_lines(current_session()),
        roles=ROLES,
        policy=PolicyForm(data={"second_factor_for": g.organization.second_factor_for}),
        permissions=PERMISSIONS,
        carries=CARRIES,
    )


@settings_users.route("/add", methods=["GET", "POST"])
def add() -> Page:
    """Adds a user and shows the link that lets them choose a password."""
    form = NewUserForm(request.form)
    if request.method == "GET":
        return render_template("settings/users_add.html", form=form)
    if form.validate():
        session = current_session()
        try:
            within = open_change(session, "user.add", act=web_act())
            new = users.NewUser(typed(form.email), typed(form.name), typed(form.role))
            return _show_link(users.add_user(session, new, within=within), purpose=links.INVITE)
        except AlreadyDone:
            return redirect(url_for(".users_page"), 303)
        except Invalid as error:
            refuse(form, error)
    return render_template("settings/users_add.html", form=form), 422


@settings_users.route("/<int:user_id>", methods=["GET", "POST"])
def edit(user_id: int) -> Page:
    """Name and role of a user."""
    session = current_session()
    row = find_user(session, user_id)
    form = UserForm(request.form, obj=row)
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "user.change", act=web_act())
            users.change_user(
                session, row, name=typed(form.name), role=typed(form.role), expect=form.version.data or 0, within=within
            )
        except Invalid as error:
            refuse(form, error)
        else:
            flash(f"{row.name} is saved.", "good")
            return redirect(url_for(".users_page"), 303)
    page = render_template(
        "settings/users_edit.html", form=form, user=row, credential=credential(session, user_id)
    )  # fmt: skip
    return page, (200 if request.method == "GET" else 422)


@settings_users.post("/<int:user_id>/deactivate")
def deactivate(user_id: int) -> Response:
    """Keeps a user out from now on."""
    session = current_session()
    row = find_user(session, user_id)
    users.deactivate_user(session, row, within=open_change(session, "user.deactivate", act=web_act()))
    flash(f"{row.name} can no longer sign in.", "good")
    return redirect(url_for(".users_page"), 303)


@settings_users.post("/<int:user_id>/reactivate")
def reactivate(user_id: int) -> Response:
    """Lets a user in again."""
    session = current_session()
    row = find_user(session, user_id)
    users.reactivate_user(session, row, within=open_change(session, "user.reactivate", act=web_act()))
    flash(f"{row.name} can sign in again.", "good")
    return redirect(url_for(".users_page"), 303)


@settings_users.post("/<int:user_id>/link")
def send_link(user_id: int) -> Page:
    """Makes a one-time link and shows it once."""
    session = current_session()
    has_password = credential(session, user_id).password_hash is not None
    return _show_link(find_user(session, user_id), purpose=links.RESET if has_password else links.INVITE)


@settings_users.post("/<int:user_id>/second-factor/remove")
def remove_second_factor(user_id: int) -> Response:
    """For somebody who lost their phone and their recovery codes."""
    session = current_session()
    row = find_user(session, user_id)
    second_factor.remove_second_factor(session, row, doing=doing())
    flash(f"{row.name} signs in with the password only until a new second factor is set up.", "good")
    return redirect(url_for(".edit", user_id=user_id), 303)


@settings_users.post("/second-factor")
def policy() -> Response:
    """Who must sign in with a second factor."""
    form = PolicyForm(request.form)
    who = typed(form.second_factor_for)
    if not form.validate():
        raise Invalid("second factor", who, "is not one of the choices")
    keep(lambda here: replace(here, second_factor_for=who), form, "The rule for second factors is saved.")
    return redirect(url_for(".users_page"), 303)


def _show_link(row: User, *, purpose: str) -> str:
    token = links.make_link(current_session(), row, purpose=purpose, doing=doing())
    return render_template("settings/users_link.html", user=row, url=link_url(token), purpose=purpose)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_users)
