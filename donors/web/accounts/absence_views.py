"""My absences: noting when one is away and who stands in, and taking it back."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.absences import absences, remove_absence
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.web.accounts.absences import AbsenceForm, absence_form, note_absence
from donors.web.accounts.views import Page, accounts
from donors.web.forms import refuse
from donors.web.session import viewer, web_act


@accounts.route("/absences", methods=["GET", "POST"])
def own_absences() -> Page:
    """The viewer's absences of now and later, and a form for one more."""
    form = absence_form(request.form, of=viewer().id)
    if request.method == "GET":
        return _shown(form)
    if form.validate():
        try:
            flash(note_absence(form, viewer().id), "good")
        except AlreadyDone:
            pass
        except Invalid as error:
            refuse(form, error)
            return _shown(form), 422
        return redirect(url_for("accounts.own_absences"), 303)
    return _shown(form), 422


@accounts.post("/absences/<int:absence_id>/remove")
def remove_own_absence(absence_id: int) -> Response:
    """Takes an absence of the viewer's back; what was handed over stays so."""
    session = current_session()
    within = open_change(session, "absence.remove", act=web_act())
    remove_absence(session, absence_id, within=within, user_id=viewer().id)
    flash("The absence is removed. Tasks that were handed over stay where they are.", "good")
    return redirect(url_for("accounts.own_absences"), 303)


def _shown(form: AbsenceForm) -> str:
    lines = absences(current_session(), since=g.today, user_id=viewer().id)
    return render_template("accounts/absences.html", form=form, lines=lines)
