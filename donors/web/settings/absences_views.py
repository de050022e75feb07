"""Settings › Absences: who is away and who stands in, of all users."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.absences import absences, remove_absence
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.web.accounts.absences import AbsenceForm, absence_form, note_absence
from donors.web.accounts.views import Page
from donors.web.forms import refuse
from donors.web.session import web_act

settings_absences = Blueprint("settings_absences", __name__, url_prefix="/settings/absences")


@settings_absences.route("", methods=["GET", "POST"])
def absences_page() -> Page:
    """The absences of now and later, and a form for one more."""
    form = absence_form(request.form, of=None)
    if request.method == "GET":
        return _shown(form)
    if form.validate():
        try:
            flash(note_absence(form, form.user.data), "good")
        except AlreadyDone:
            pass
        except Invalid as error:
            refuse(form, error)
            return _shown(form), 422
        return redirect(url_for(".absences_page"), 303)
    return _shown(form), 422


@settings_absences.post("/<int:absence_id>/remove")
def remove(absence_id: int) -> Response:
    """Takes an absence back; what was handed over stays so."""
    session = current_session()
    remove_absence(session, absence_id, within=open_change(session, "absence.remove", act=web_act()))
    flash("The absence is removed. Tasks that were handed over stay where they are.", "good")
    return redirect(url_for(".absences_page"), 303)


def _shown(form: AbsenceForm) -> str:
    return render_template("settings/absences.html", form=form, lines=absences(current_session(), since=g.today))


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_absences)
