"""Settings › Queues: where tasks wait for whoever takes them first, and who may take them."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from wtforms import BooleanField, Form, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from donors.accounts.queries import users
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Conflict, Invalid
from donors.plans.queries.queues import QueueLine, queue_line, queue_lines
from donors.plans.running.queues import add_queue, change_queue, set_members
from donors.web.accounts.views import Page
from donors.web.forms import number_in, option, refuse, typed
from donors.web.session import web_act

settings_queues = Blueprint("settings_queues", __name__, url_prefix="/settings/queues")


class QueueForm(Form):
    """A queue: its name and who takes from it."""

    name = StringField("Name", [InputRequired("Give the queue a name."), Length(max=200)])
    members = SelectMultipleField("Who takes tasks from it", coerce=int)
    is_active = BooleanField("Steps of plans may choose it", default=True)
    version = HiddenField()


@settings_queues.get("")
def queues_page() -> str:
    """All queues."""
    return render_template("settings/queues.html", lines=queue_lines(current_session()))


@settings_queues.route("/add", methods=["GET", "POST"])
def add() -> Page:
    """A new queue."""
    form = _form(None)
    if request.method == "GET":
        return _shown(form, None)
    if form.validate():
        session = current_session()
        try:
            within = open_change(session, "queue.add", act=web_act())
            queue = add_queue(session, typed(form.name), within=within)
            set_members(session, queue.id, form.members.data or [], within=within)
        except AlreadyDone:
            return redirect(url_for(".queues_page"), 303)
        except Invalid as error:
            refuse(form, error)
        else:
            flash(f"{queue.name} is made.", "good")
            return redirect(url_for(".queues_page"), 303)
    return _shown(form, None), 422


@settings_queues.route("/<int:task_queue_id>", methods=["GET", "POST"])
def edit(task_queue_id: int) -> Page:
    """Name and members of a queue."""
    session = current_session()
    line = queue_line(session, task_queue_id)
    form = _form(line)
    if request.method == "GET":
        return _shown(form, line)
    if not form.validate():
        return _shown(form, line), 422
    try:
        within = open_change(session, "queue.change", act=web_act())
        active, expect = bool(form.is_active.data), number_in(form.version)
        change_queue(session, line.queue, name=typed(form.name), active=active, expect=expect, within=within)
        set_members(session, task_queue_id, form.members.data or [], within=within)
    except Invalid as error:
        refuse(form, error)
        return _shown(form, line), 422
    except Conflict:
        theirs = queue_line(session, task_queue_id)
        form.version.data = str(theirs.queue.version)
        form.form_errors.append(
            f"Somebody else saved this queue in the meantime: {theirs.queue.name}, members:"
            f" {', '.join(theirs.members.values()) or 'nobody'}. Save again to replace it by what stands here."
        )
        return _shown(form, theirs), 409
    flash(f"{line.queue.name} is saved.", "good")
    return redirect(url_for(".queues_page"), 303)


def _form(line: QueueLine | None) -> QueueForm:
    first = {} if line is None else {
        "name": line.queue.name,
        "members": list(line.members),
        "is_active": line.queue.is_active,
        "version": str(line.queue.version),
    }  # fmt: skip
    form = QueueForm(request.form or None, data=first)
    known = line.members if line is not None else {}
    active = [each.user for each in users(current_session()) if each.user.active or each.user.id in known]
    form.members.choices = [option(user.id, user.name) for user in active]
    return form


def _shown(form: QueueForm, line: QueueLine | None) -> str:
    return render_template("settings/queue.html", form=form, line=line)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_queues)
