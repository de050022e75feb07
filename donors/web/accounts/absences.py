"""Both pages of absences: one's own (`of` is whose), and that of all users (`of` none)."""

from flask import flash, g, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from donors.accounts.absences import AbsenceDraft, absences, remove_absence
from donors.accounts.queries import users
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.web.accounts.views import Page
from donors.web.filters import plural
from donors.web.forms import option, refuse, typed
from donors.web.session import web_act
from donors.workflows.absences import go_away


class AbsenceForm(Form):
    """From when until when, and who stands in. `user` is offered to administrators only."""

    user = SelectField("Who", coerce=int)
    from_on = DateField("First day away", [InputRequired("Enter a day.")])
    to_on = DateField("Last day away", [InputRequired("Enter a day.")])
    stand_in = SelectField("Stand-in", coerce=int, description="Gets what falls due in that time.")
    reason = StringField("Reason", [Length(max=200)], description="Seen by colleagues; may stay empty.")
    hands_over = BooleanField("Hand over what is due then already", default=True)


def absences_shown(template: str, here: str, *, of: int | None) -> Page:
    """The absences of now and later, and a form for one more, which this request may carry; `here` is the page."""
    form = _form(of)
    if request.method == "POST" and form.validate():
        try:
            flash(_note(form, of or form.user.data), "good")
        except AlreadyDone:
            return redirect(here, 303)
        except Invalid as error:
            refuse(form, error)
        else:
            return redirect(here, 303)
    page = render_template(template, form=form, lines=absences(current_session(), since=g.today, user_id=of))
    return page, (200 if request.method == "GET" else 422)


def absence_removed(absence_id: int, here: str, *, of: int | None) -> Response:
    """Takes an absence back; what was handed over stays so. Raises NotFound."""
    session = current_session()
    remove_absence(session, absence_id, within=open_change(session, "absence.remove", act=web_act()), user_id=of)
    flash("The absence is removed. Tasks that were handed over stay where they are.", "good")
    return redirect(here, 303)


def _form(of: int | None) -> AbsenceForm:
    form = AbsenceForm(
        request.form or None, data={"from_on": g.today, "to_on": g.today, "stand_in": 0, "user": of or 0}
    )
    active = [(line.user.id, line.user.name) for line in users(current_session()) if line.user.active]
    form.stand_in.choices = [option(0, "Nobody")] + [option(id_, name) for id_, name in active if id_ != of]
    if of is None:
        form.user.choices = [option(id_, name) for id_, name in active]
    else:
        del form.user
    return form


def _note(form: AbsenceForm, user_id: int) -> str:
    """Carries a valid form out and says what was done. Raises Invalid."""
    session = current_session()
    within = open_change(session, "absence.add", act=web_act())
    draft = AbsenceDraft(
        user_id,
        form.from_on.data or g.today,
        form.to_on.data or g.today,
        form.stand_in.data or None,
        typed(form.reason),
    )
    _absence, count = go_away(session, draft, hands_over=bool(form.hands_over.data), within=within)
    return "The absence is noted." + (f" {plural(count, 'task')} went to the stand-in." if count else "")
